// Attacks by other sites on accounts with a password: requests that a browser sends, but not at the wish of its person.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, Site, address, expect, startAdmin, stranger } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const evil = "https://evil.example";
const callers = {
  "from another origin": () => ({ origin: evil, "sec-fetch-site": "cross-site" }),
  "from another origin that claims to be the same": () => ({ origin: evil, "sec-fetch-site": "same-origin" }),
  "from a sandboxed frame (`null`)": () => ({ origin: "null" }),
  "from a host that begins like this one": (own) => ({ origin: `${own}.evil.example` }),
  "from this origin as a user name": (own) => ({ origin: `${own}@evil.example` }),
  "cross-site, without an origin": () => ({ "sec-fetch-site": "cross-site" }),
  "same-site, without an origin": () => ({ "sec-fetch-site": "same-site" }),
  "typed in by nobody": () => ({ "sec-fetch-site": "none" }),
  "with a referrer as its only proof": (own) => ({ referer: `${own}/` }),
  "that proves nothing": () => ({}),
};

describe("attacks by other sites", () => {
  let runtime, site, admin, person, token;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
    person = await site.signedIn((await admin.known()).email);
    expect(await site.post("request_reset_password", { login: person.email }), 202);
    token = await site.token(person.email, "reset_password");
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  /** Everything that changes something, with a body that would do it. */
  const changes = {
    register: () => ["POST", { email: address("csrf"), password: PASSWORD }],
    verify_email: () => ["POST", { token }],
    login: () => ["POST", { login: person.email, password: PASSWORD }],
    profile: () => ["POST", { first_name: "Mallory" }],
    change_password: () => ["POST", { new_password: OTHER_PASSWORD, old_password: PASSWORD }],
    change_email: () => ["POST", { email: address("csrf"), password: PASSWORD }],
    undo_email_change: () => ["POST", { token }],
    request_reset_password: () => ["POST", { login: person.email }],
    reset_password: () => ["POST", { token, password: OTHER_PASSWORD }],
    remind_user_name: () => ["POST", { email: person.email }],
    delete_account: () => ["POST", { password: PASSWORD }],
    accounts: () => ["POST", { email: address("csrf") }, admin],
    "accounts/{account}/status": () => ["PUT", { status: "blocked" }, admin],
  };
  const pathOf = (path) => path.replace("{account}", person.account);
  const links = ["verify_email", "undo_email_change", "reset_password"];

  /** Sends what a browser would, with its cookies, keeping nothing. */
  function send(path, headers, body, { method = "POST", browser = person.browser } = {}) {
    const sent = { cookie: browser.cookies.header(site.origin), "sec-fetch-mode": "no-cors", ...headers };
    return stranger().request(site.url(pathOf(path)), { method, headers: sent, body, follow: false });
  }

  for (const [path, change] of Object.entries(changes)) {
    it(`attack: ${path} by a request of another site`, async () => {
      const [method, body, who] = change();
      for (const [caller, claims] of Object.entries(callers)) {
        const headers = { "content-type": "application/json", ...claims(site.origin) };
        const page = await send(path, headers, JSON.stringify(body), { method, browser: who?.browser });
        assert.equal(page.status, 403, `${caller}: ${page.text}`);
        assertProblem(page, 403, "cross_site");
        assert.deepEqual(page.headers.getSetCookie(), []);
      }
    });

    it(`attack: ${path} by a form whose body is JSON, or that is none`, async () => {
      const [method, body, who] = change();
      const types = ["text/plain", "text/plain;application/json", "multipart/form-data; boundary=x", "application/jsonx", "text/json", ""];
      if (!links.includes(path)) types.push("application/x-www-form-urlencoded");
      for (const type of types) {
        const text = JSON.stringify(body);
        for (const sent of [text, `${text}=`, new URLSearchParams(body).toString()]) {
          const page = await send(path, { origin: site.origin, "content-type": type }, sent, { method, browser: who?.browser });
          assert.equal(expect(page, 415, "content_type_unsupported").headers.getSetCookie().length, 0, type);
        }
      }
    });

    it(`attack: ${path} by a link or a picture, which is a GET`, async () => {
      const [, body, who] = change();
      const top = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", accept: "text/html" };
      for (const query of [new URLSearchParams(body), `_method=POST&${new URLSearchParams(body)}`]) {
        const page = await send(`${path}?${query}`, top, undefined, { method: "GET", browser: who?.browser });
        assert.ok([200, 400, 405].includes(page.status), page.text);
        assert.deepEqual(page.headers.getSetCookie(), []);
      }
    });
  }

  for (const path of links) {
    it(`attack: the form behind a link of ${path}, sent by another site`, async () => {
      const body = new URLSearchParams({ token, password: OTHER_PASSWORD }).toString();
      for (const [caller, claims] of Object.entries(callers)) {
        const headers = { "content-type": "application/x-www-form-urlencoded", accept: "text/html", ...claims(site.origin) };
        const page = await send(path, headers, body);
        assert.equal(page.status, 403, `${caller}: ${page.text}`);
        assert.deepEqual([page.headers.getSetCookie(), page.location], [[], null]);
      }
      const page = await stranger().get(`${site.url(path)}?${new URLSearchParams({ token })}`);
      assert.match(page.headers.get("content-security-policy"), /form-action 'self'/);
      assert.equal(page.form().action.origin, site.origin);
    });
  }

  it("attack: a login that another site causes makes nobody Mallory, and takes nobody's session", async () => {
    const mallory = await admin.known();
    const trick = `{"login":"${mallory.email}","password":"${PASSWORD}","x":"=y"}`;
    for (const type of ["text/plain", "application/json", "application/x-www-form-urlencoded"]) {
      for (const browser of [person.browser, stranger()]) {
        const page = await send("login", { origin: evil, "content-type": type }, trick, { browser });
        assert.deepEqual([page.status, page.headers.getSetCookie()], [403, []]);
      }
    }
    assert.equal((await site.check(person)).status, 200);
  });

  it("attack: another site reads no answer", async () => {
    for (const path of Object.keys(changes)) {
      const asked = { origin: evil, "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
      const { headers } = await send(path, asked, undefined, { method: "OPTIONS" });
      assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), [], path);
    }
  });

  it("after all that everything is as it was, and the link still works", async () => {
    const { email, first_name, status } = await site.profile(person);
    assert.deepEqual([email, first_name, status], [person.email, null, "active"]);
    assert.equal(await site.enters(person.email), true);
    const sent = (await site.mails(person.email)).map(({ subject }) => subject);
    assert.equal(sent.length, 1, `only what she asked for: ${sent}`);
    expect(await site.use("reset_password", token), 200);
  });
});
