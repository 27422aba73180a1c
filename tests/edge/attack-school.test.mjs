// The school's own routes, guarded by the package: what comes of it if somebody asks for more than is hers.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { words as said } from "../../www/words.js";

const LETTER = "/api/documents/pond-excursion"; // of class 7b
const DRAFT = "/api/documents/class-trip"; // of class 7b, not published
const words = { title: "To the pond", body: "Boots." };

describe("the school's routes", () => {
  const at = withPeople("oak");
  let admin;
  let pupil; // of 7b
  let teacher; // of 7a

  before(async () => {
    admin = await at.people.admin();
    await admin.giveTags(admin, "office");
    await admin.send("POST", "/auth/refresh");
    [pupil, teacher] = [await tagged("class/7b"), await tagged("teacher/7a")];
  });

  /** Somebody new whose token carries these tags. */
  async function tagged(...tags) {
    const person = await at.people.person();
    if (tags.length > 0) await admin.giveTags(person, ...tags);
    await person.send("POST", "/auth/refresh");
    return person;
  }

  const draftsOf = async (person) =>
    (await person.get("/api/documents")).json.documents.filter(({ published }) => !published).map(({ id }) => id);

  const change = (person, path, json, headers) => person.send("PUT", path, json, { headers: { "if-match": '"1"', ...headers } });
  const coded = (page, status, code) => assert.deepEqual([page.status, page.json.code], [status, code], page.text);

  test("who is signed out reads what is public, and nothing else", async () => {
    const nobody = new Browser();
    const { documents } = (await nobody.get(`${at.origin}/api/documents`)).json;
    assert.ok(documents.length > 0 && documents.every(({ audience, published }) => audience === "public" && published));
    assert.equal((await nobody.get(`${at.origin}/api/documents/school-rules`)).status, 200);
    for (const path of [LETTER, "/api/classes/7b", "/api/classes/7b/register"])
      coded(await nobody.get(at.origin + path), 401, "unauthenticated");
  });

  test("attack: whether there is a document is told by status, text or headers", async () => {
    const stranger = await tagged();
    for (const browser of [new Browser(), stranger.browser, pupil.browser]) {
      const [hidden, missing] = await Promise.all(
        [DRAFT, "/api/documents/no-such-thing"].map((path) => browser.get(at.origin + path)),
      );
      assert.deepEqual([hidden.status, hidden.text], [missing.status, missing.text]);
      assert.ok([401, 404].includes(hidden.status));
      const names = ({ headers }) => [...headers.keys()].sort();
      assert.deepEqual(names(hidden), names(missing));
    }
    const change = await stranger.send("PUT", LETTER, words, { headers: { "if-match": '"1"' } });
    coded(change, 404, "document_unknown");
  });

  test("attack: a list shows the titles of what one may not read", async () => {
    const ids = async (person) => (await person.get("/api/documents")).json.documents.map(({ id }) => id);
    assert.ok((await ids(pupil)).includes("herbarium"));
    for (const hidden of ["class-trip", "staff-meeting", "library-morning"])
      assert.ok(!(await ids(pupil)).includes(hidden), hidden);
  });

  test("attack: another class's document, note or register is read or changed", async () => {
    coded(await pupil.get("/api/documents/library-morning"), 404, "document_unknown");
    coded(await pupil.get("/api/classes/7a"), 403, "policy_refused");
    coded(await pupil.get("/api/classes/7b/register"), 403, "policy_refused");
    coded(await teacher.get(LETTER), 404, "document_unknown");
    coded(await change(teacher, "/api/classes/7b", { note: "mine" }), 403, "policy_refused");
    coded(await change(pupil, LETTER, words), 403, "policy_refused");
    coded(await change(pupil, `${LETTER}/published`, { published: false }), 403, "policy_refused");
    coded(
      await pupil.send("POST", "/api/documents", { ...words, kind: "news", audience: "public", class: null }),
      403,
      "policy_refused",
    );
    coded(
      await teacher.send("POST", "/api/documents", { ...words, kind: "news", audience: "class", class: "7b" }),
      403,
      "policy_refused",
    );
  });

  test("attack: a tag prefix without the slash: `teacher/7a` is not asked for by `teacher/7`, nor `class/7b` by `teacher`", async () => {
    const near = await tagged("teacher/7", "teachers/7b", "classes/7b");
    coded(await near.get("/api/classes/7b"), 403, "policy_refused");
    coded(await change(near, "/api/classes/7b", { note: "mine" }), 403, "policy_refused");
  });

  for (const origin of ["https://evil.example", "null", "http://localhost", "", undefined]) {
    test(`attack: a change from elsewhere (Origin: ${origin})`, async () => {
      const ours = await tagged("teacher/7b");
      const headers = { "content-type": "application/json", "if-match": '"1"', ...(origin !== undefined && { origin }) };
      for (const [method, path, json] of [
        ["PUT", LETTER, words],
        ["POST", "/api/documents", {}],
        ["PUT", "/api/classes/7b", { note: "x" }],
        ["DELETE", `/api/classes/7b/register/${ours.account}`],
      ]) {
        const body = json && JSON.stringify(json);
        coded(await ours.browser.request(`${at.origin}${path}`, { method, body, headers }), 403, "origin_refused");
      }
    });
  }

  test("attack: a form of another type than JSON, or a GET, changes something", async () => {
    const ours = await tagged("teacher/7b");
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]) {
      const sent = {
        method: "PUT",
        body: JSON.stringify({ note: "x" }),
        headers: { origin: at.origin, "content-type": type, "if-match": '"1"' },
      };
      coded(await ours.browser.request(`${at.origin}/api/classes/7b`, sent), 415, "media_type_refused");
    }
    coded(await ours.get("/api/documents/pond-excursion/published"), 405, "method_refused");
  });

  test("ids and paths that are malformed are nobody's", async () => {
    for (const path of [
      "/api/",
      "/api/classes/7B",
      "/api/classes/%37b",
      "/api/classes/7b/",
      "/api//classes",
      "/api/documents/A",
      "/api/documents/..%2fclasses",
      `/api/documents/${"a".repeat(65)}`,
      "/api/documents/x'--",
      "/api/classes/7b/register/x",
    ]) {
      coded(await admin.get(path), 404, "not_found");
    }
    coded(await admin.get("/api/classes/99z"), 404, "class_unknown");
  });

  test("a body that is malformed is refused, field by field, and sets nothing that the form does not name", async () => {
    const ours = await tagged("teacher/7b");
    const put = (json) => change(ours, LETTER, json);
    const fields = async (json, expected) => {
      const page = await put(json);
      coded(page, 422, "fields_invalid");
      assert.deepEqual(Object.fromEntries(page.json.fields.map(({ field, code }) => [field, code])), expected);
    };
    await fields({}, { title: "missing", body: "missing" });
    await fields({ title: " ", body: 7 }, { title: "missing", body: "malformed" });
    await fields({ title: "a\u0000b", body: "x".repeat(20_001) }, { title: "malformed", body: "too_long" });
    await fields(
      { ...words, published: true, audience: "public", id: "school-rules", author: "The head" },
      { published: "unknown", audience: "unknown", id: "unknown", author: "unknown" },
    );
    await fields({ ...words, title: "x".repeat(121) }, { title: "too_long" });
    for (const json of [[], "text", 7, null]) coded(await put(json), 400, "body_invalid");
    coded(await put({ title: "x", body: "y".repeat(70_000) }), 413, "too_large");
    const raw = {
      method: "PUT",
      body: '{"title":',
      headers: { origin: at.origin, "content-type": "application/json", "if-match": '"1"' },
    };
    coded(await ours.browser.request(at.origin + LETTER, raw), 400, "body_invalid");
    assert.equal((await ours.get(LETTER)).headers.get("etag"), '"1"', "nothing was changed");
  });

  test("of two editors, who is late is told so, and covers nothing", async () => {
    const [one, other] = [await tagged("teacher/9c"), await tagged("teacher/9c")];
    const path = "/api/documents/work-experience";
    const { version } = (await one.get(path)).json;
    const put = (person, title) => change(person, path, { ...words, title }, { "if-match": `"${version}"` });
    const answers = await Promise.all([put(one, "First"), put(other, "Second")]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
    const late = answers.find(({ status }) => status === 412);
    coded(late, 412, "version_stale");
    const kept = (await one.get(path)).json;
    assert.equal(kept.version, version + 1);
    assert.equal(kept.title, answers.find(({ status }) => status === 200).json.title);
    for (const stamp of ["*", "1", 'W/"1"', ""])
      coded(await change(one, path, words, { "if-match": stamp }), 428, "version_missing");
  });

  test("publishing takes a proof that is fresh, and is decided", async () => {
    const ours = await tagged("teacher/7b");
    const draft = await ours.send("POST", "/api/documents", { ...words, kind: "letter", audience: "class", class: "7b" });
    assert.deepEqual([draft.status, draft.json.published], [201, false]);
    const path = `/api/documents/${draft.json.id}`;
    coded(await pupil.get(path), 404, "document_unknown");
    // The provider says when that was, and it was just now.
    const publish = () => change(ours, `${path}/published`, { published: true });
    await ours.unconfirm();
    const refused = await publish();
    coded(refused, 401, "confirmation_required");
    assert.equal(refused.json.max_age, 600);
    assert.match(refused.headers.get("www-authenticate"), /insufficient_user_authentication/);
    const again = await at.people.again(ours.browser);
    const published = await change(again, `${path}/published`, { published: true });
    assert.equal(published.status, 200, published.text);
    assert.equal((await pupil.get(path)).status, 200);
  });

  test("attack: who was blocked a moment ago still takes a letter back, by the token that is left", async () => {
    const ours = await tagged("teacher/7b");
    const left = ours.bearer();
    assert.equal((await admin.send("PUT", `/auth/api/accounts/${ours.account}/status`, { status: "blocked" })).status, 200);
    // The token carries until it runs out; that is the bound of this tier.
    assert.equal((await left.get("/api/classes/7b")).status, 200);
    const refused = await change(left, `${LETTER}/published`, { published: false });
    assert.equal(refused.status, 401, refused.text);
    assert.equal((await pupil.get(LETTER)).json.published, true);
  });

  test("attack: who was in the office a moment ago makes a class, by the token that is left", async () => {
    const former = await tagged("office");
    const left = former.bearer();
    await admin.takeTags(former, "office");
    const form = { id: "8z", name: "Class 8z", room: "None", tutor: "Nobody" };
    const page = await eventually(
      () => left.send("POST", "/api/classes", form),
      ({ status }) => status !== 201,
    );
    assert.ok([401, 403].includes(page.status), page.text);
    coded(
      await left.send("PUT", `/api/classes/7b/register/${former.account}`, { name: "Me", role: "teacher" }),
      page.status,
      page.json.code,
    );
    assert.ok(!(await admin.get("/api/classes")).json.classes.some(({ id }) => id === "8z"));
  });

  test("what a group of hers was granted lets her edit, at the tier that knows it", async () => {
    const secretary = await tagged();
    const { json: group } = await admin.send("POST", "/auth/api/groups", {
      name: `secretaries/${secretary.account}`,
      description: "",
    });
    assert.equal((await admin.send("PUT", `/auth/api/groups/${group.group}/members/${secretary.account}`)).status, 204);
    assert.equal(
      (
        await admin.send("PUT", `/auth/api/groups/${group.group}/permissions`, {
          name: "edit",
          kind: "document",
          record: "lunch",
        })
      ).status,
      204,
    );
    const { json: lunch } = await secretary.get("/api/documents/lunch");
    const put = () =>
      change(secretary, "/api/documents/lunch", { title: lunch.title, body: lunch.body }, { "if-match": `"${lunch.version}"` });
    assert.equal((await eventually(put, ({ status }) => status !== 403)).status, 200);
    assert.ok(!(await draftsOf(secretary)).includes("class-trip"));
    const trip = { name: "edit", kind: "document", record: "class-trip" };
    assert.equal((await admin.send("PUT", `/auth/api/groups/${group.group}/permissions`, trip)).status, 204);
    const drafts = await eventually(() => draftsOf(secretary), (ids) => ids.length > 0);
    assert.deepEqual(drafts, ["class-trip"], "a draft is listed for whoever may change that one");
    coded(await change(secretary, "/api/documents/school-rules", words), 403, "policy_refused");
  });

  test("attack: who carries no more than `admin/read-only` does what the office does", async () => {
    const reader = await tagged("admin/read-only");
    const form = { id: "8y", name: "Class 8y", room: "None", tutor: "Nobody" };
    coded(await reader.send("POST", "/api/classes", form), 403, "policy_refused");
    const line = { name: "Me", role: "teacher" };
    coded(await reader.send("PUT", `/api/classes/7b/register/${reader.account}`, line), 403, "policy_refused");
    coded(await change(reader, "/api/classes/7b", { note: "mine" }), 403, "policy_refused");
    for (const path of ["/api/classes/7b", "/api/classes/7b/register"]) coded(await reader.get(path), 403, "policy_refused");
    assert.ok((await reader.get("/api/documents")).json.documents.every(({ audience }) => audience === "public"));
  });

  test("attack: who taught here a minute ago writes the note and reads the register, by the token that is left", async () => {
    const former = await tagged("teacher/9c");
    const left = former.bearer();
    const write = () => change(left, "/api/classes/9c", { note: "mine" }, { "if-match": '"99"' });
    const ask = () => Promise.all([write(), left.get("/api/classes/9c/register")]);
    assert.deepEqual((await ask()).map(({ status }) => status), [412, 200]);
    await admin.takeTags(former, "teacher/9c");
    const pages = await eventually(ask, ([write, register]) => write.status === 403 && register.status === 403);
    for (const page of pages) coded(page, 403, "policy_refused");
  });

  test("attack: an author signs with a name or an address of her own choosing", async () => {
    const ours = await at.people.person({ name: "The head teacher", email: "head@school.example" });
    await admin.giveTags(ours, "teacher/7b");
    await ours.send("POST", "/auth/refresh");
    const letter = { ...words, kind: "letter", audience: "class", class: "7b" };
    const author = async () => (await ours.send("POST", "/api/documents", letter)).json.author;
    assert.equal(await author(), "A member of staff");
    const line = { name: "Mr Brandt", role: "teacher" };
    assert.equal((await admin.send("PUT", `/api/classes/7b/register/${ours.account}`, line)).status, 204);
    assert.equal(await author(), "Mr Brandt", "the office has entered it");
    await admin.send("DELETE", `/api/classes/7b/register/${ours.account}`);
  });

  test("attack: writing something uses up what the browser renews its session by", async () => {
    const ours = await tagged("teacher/7b");
    await admin.giveTags(ours, "choir");
    const kept = ours.refreshToken;
    const letter = { ...words, kind: "letter", audience: "class", class: "7b" };
    assert.equal((await ours.send("POST", "/api/documents", letter)).status, 201);
    assert.equal(ours.refreshToken, kept);
    await sleep(11_000); // for so long a token that was used may come once more
    assert.equal((await ours.send("POST", "/auth/refresh")).json.session?.account, ours.account);
  });

  test("attack: a body without end is read", async () => {
    const ours = await tagged("teacher/7b");
    // More than is taken, and then nothing more, and no end.
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(100_000).fill(32)) });
    const headers = { authorization: `Bearer ${ours.token}`, "content-type": "application/json", "if-match": '"1"' };
    const stop = AbortSignal.timeout(10_000);
    const sent = { method: "PUT", headers, body, duplex: "half", signal: stop };
    const answer = await fetch(`${at.origin}/api/classes/7b`, sent).then(
      ({ status }) => status,
      (error) => error.cause?.code ?? error.name,
    );
    assert.ok([413, "UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(answer), String(answer));
  });

  test("attack: any `Authorization` stands for where a change comes from", async () => {
    const ours = await tagged("teacher/7b");
    const where = { authorization: "Basic eDp5", origin: "https://evil.example" };
    const headers = { ...where, "content-type": "application/json", "if-match": '"1"' };
    const sent = { method: "PUT", body: JSON.stringify(words), headers };
    coded(await ours.browser.request(at.origin + LETTER, sent), 403, "origin_refused");
  });

  test("attack: a code that every object has is taken for one that there are words for", () => {
    assert.equal(said({ code: "constructor", title: "no" }), "No. (constructor)");
  });

  test("who may change a published document by a grant reads it, too", async () => {
    const secretary = await tagged();
    const { json: group } = await admin.send("POST", "/auth/api/groups", { name: `readers/${secretary.account}`, description: "" });
    assert.equal((await admin.send("PUT", `/auth/api/groups/${group.group}/members/${secretary.account}`)).status, 204);
    const grant = { name: "edit", kind: "document", record: "herbarium" };
    assert.equal((await admin.send("PUT", `/auth/api/groups/${group.group}/permissions`, grant)).status, 204);
    const read = () => secretary.get("/api/documents/herbarium");
    assert.equal((await eventually(read, ({ status }) => status === 200)).status, 200);
    coded(await secretary.get("/api/documents/library-morning"), 404, "document_unknown");
  });

  test("the one page is there for every path of the site", async () => {
    for (const path of ["/classes/7b", "/admin/people", "/nowhere/at/all"]) {
      const page = await new Browser().get(at.origin + path);
      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
    }
  });

  test("the school's own code is not served", async () => {
    for (const path of ["/worker/index.js", "/worker/seed.js"]) {
      const page = await new Browser().get(at.origin + path);
      assert.doesNotMatch(page.text, /import|export/);
    }
  });
});
