// The row "crash" of the attacks: a panic on one request breaks the requests beside it (workers-rs #166). Run against a
// Worker that panics when it is told to: the same build as the shipped one, with the Cargo feature `panics`.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildPanics } from "../../scripts/build.mjs";
import { root } from "../../scripts/paths.mjs";
import { assertProblem, watchLog } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { expectJson, startPeople } from "../support/people.mjs";
import { startRuntime } from "../support/runtime.mjs";

const ASKED = 25;
const MARK = "panic-in-the-object";

describe("attack: a panic on one request breaks the requests beside it (workers-rs #166)", () => {
  let runtime, origin, people, admin;

  before(async () => {
    await buildPanics();
    runtime = await startRuntime({ folder: join(root, "build", "panics"), only: ["main"], log: "panics.log" });
    origin = runtime.main;
    people = await startPeople(runtime);
    admin = await people.admin();
  });

  after(async () => {
    await people?.close();
    await runtime?.close();
  });

  const breaking = (way) => new Browser().get(`${origin}/auth/session`, { headers: { "x-break": way } });
  const refresh = (person) => person.send("POST", "/auth/refresh");

  async function persons(count) {
    const list = [];
    while (list.length < count) list.push(await people.person());
    return list;
  }

  /** What a person may ask, each with its right answer: from memory, from KV, from her object, and a rotation in it. */
  const questions = [
    async (person) => assert.equal(expectJson(await person.get("/auth/session")).session.account, person.account),
    async (person) => assert.equal(expectJson(await person.check("replicated")).allowed, true),
    async (person) => assert.equal(expectJson(await person.check("decided")).allowed, true),
    async (person) => assert.ok(expectJson(await person.get("/auth/jwks.json")).keys.length),
    async (person) => assert.equal(expectJson(await refresh(person)).session.sid, person.sid),
  ];

  const ask = (person, index) => questions[index % questions.length](person);

  const askAll = (list) => Array.from({ length: ASKED }, (_, index) => ask(list[Math.floor(index / questions.length)], index));

  async function assertAllAnswered(asked) {
    const failed = (await Promise.allSettled(asked)).filter(({ status }) => status === "rejected");
    assert.deepEqual(failed.map(({ reason }) => reason.message), []);
  }

  it(`${2 * ASKED} requests in flight beside panics at once and panics beyond an await are all answered rightly, and after it too`, async () => {
    const list = await persons(ASKED / questions.length);
    const asked = askAll(list);
    const broken = ["panic", "panic-later", "panic", "panic-later"].map(breaking);
    asked.push(...askAll(list));
    await assertAllAnswered(asked);
    for (const page of await Promise.all(broken)) assertProblem(page, 500, "internal");
    await assertAllAnswered(askAll(list));
  });

  it("the refresh family of a session in flight is unharmed", async () => {
    const [person] = await persons(1);
    const tabs = Array.from({ length: 10 }, () => person.browser.clone());
    const rotations = tabs.map((tab) => tab.post(`${origin}/auth/refresh`));
    const panics = Array.from({ length: 5 }, () => breaking("panic-later"));
    const pages = await Promise.all([...rotations, ...panics]);
    assert.deepEqual(pages.map(({ status }) => status), [...Array(10).fill(200), ...Array(5).fill(500)]);
    const successors = tabs.map((tab) => tab.cookies.named(origin, "countersign-refresh").value);
    assert.equal(new Set(successors).size, 1, "one successor for all");
    assert.equal((await tabs[0].post(`${origin}/auth/refresh`)).status, 200, "which works");
    assert.equal(expectJson(await person.check("decided")).allowed, true, "and nobody is taken for a thief");
  });

  it("the log has the place of each panic, and nothing of a message that holds values", async () => {
    const logged = await watchLog(runtime);
    const begin = (await runtime.log()).length;
    await breaking("panic");
    await breaking("panic-later");
    await logged("internal", /^panic: injected$/);
    await logged("internal", /^panic: its message holds values$/);
    const log = (await runtime.log()).slice(begin);
    assert.equal(log.match(/"place":"src\/edge\/injected\.rs:\d+:\d+"/g)?.length, 2, log);
    assert.doesNotMatch(log, /an injected secret/);
  });

  it("in an object, the command is rolled back, its caller is told, and the commands beside it and after it are carried out", async () => {
    const [person] = await persons(1);
    const logged = await watchLog(runtime);
    const path = `/auth/api/tags/groups/account/${person.account}`;
    const broken = () => admin.send("PUT", path, { tags: [MARK] });
    const beside = () => Array.from({ length: 20 }, (_, index) => ask(person, index));
    const work = [...beside(), broken(), broken(), ...beside()];
    const pages = await Promise.all(work);
    for (const page of pages.filter(Boolean)) assertProblem(page, 500, "internal");
    assert.equal(pages.filter(Boolean).length, 2);
    await logged("internal", /^panic: injected into a command$/);
    assert.deepEqual(expectJson(await admin.get(path)).tags, [], "nothing of it is there");
    await admin.giveTags(person, "plain");
    assert.deepEqual(expectJson(await admin.get(path)).tags, ["plain"]);
    assert.equal(expectJson(await person.check("decided", "groups:plain")).allowed, true);
  });

  it("after an abort, which nothing can unwind, the next requests meet a new instance with everything that was decided", async () => {
    const list = await persons(ASKED / questions.length);
    assert.equal((await breaking("abort")).status, 500);
    await assertAllAnswered(askAll(list));
  });
});
