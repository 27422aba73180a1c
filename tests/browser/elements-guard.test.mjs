// <countersign-guard>: shows what stands in it only to whom a tag or a policy lets in, and closes whenever that is not known for certain.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAccounts, eventually } from "../support/accounts.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { mount } from "./elements-stage.mjs";
import { look, raiseStage } from "./stage.mjs";

const REFUSALS = { except: "status of 4" };

/** What a guard has in it. */
const guarded = (attributes) => `
  <countersign-guard ${attributes}>
    <p>For members</p><p slot="waiting">One moment</p><p slot="otherwise">Not for you</p>
  </countersign-guard>`;

let runtime;
let stage;
let accounts;
let people;
let admin;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.main);
  accounts = createAccounts(runtime);
  people = await startPeople(runtime, "main");
  admin = await people.admin();
});

after(async () => {
  await stage?.close();
  await people?.close();
  await runtime?.close();
});

test("a tag: whoever carries it is let in, in each tier, and follows the session", async () => {
  const { page, leave, form } = await teacher();
  for (const at of ["", 'at="carried"', 'at="replicated"', 'at="decided"']) {
    await mount(page, guarded(`tag="groups:teacher" ${at}`));
    await shows(page, "For members");
    assert.equal(await held(page), true);
    await mount(page, guarded(`tag="groups:janitor" ${at}`));
    await shows(page, "Not for you");
    assert.equal(await held(page), false);
  }
  await mount(page, guarded('tag="groups:teacher" at="decided"'));
  await shows(page, "For members");
  await look(page, "element-guard");
  await page.evaluate("createClient().signOut()");
  await shows(page, "Not for you");
  await page.evaluate(signingIn(form));
  await shows(page, "For members");
  await leave(REFUSALS);
});

test("a policy, as an attribute and as a property; with a tag both must hold", async () => {
  const { page, leave } = await teacher();
  await mount(page, guarded(`policy='{"has_tag":"groups:teacher"}'`));
  await shows(page, "For members");
  await set(page, "policy", { not: { has_tag: "groups:teacher" } });
  await shows(page, "Not for you");
  await set(page, "policy", "signed_in");
  await shows(page, "For members");
  await set(page, "tag", "groups:janitor");
  await shows(page, "Not for you");
  await set(page, "tag", null);
  await shows(page, "For members");
  await set(page, "policy", { condition: "open" });
  await shows(page, "Not for you");
  await set(page, "conditions", { open: true });
  await shows(page, "For members");
  await set(page, "at", "decided");
  await shows(page, "For members");
  await set(page, "conditions", { open: false });
  await shows(page, "Not for you");
  await leave(REFUSALS);
});

test("a property that was set before the element was defined counts", async () => {
  const { page, leave } = await teacher();
  const script = "document.title = 'defined';";
  await mount(page, "<p id=here></p>", { script });
  await page.evaluate(() => {
    const guard = document.createElement("countersign-guard");
    Object.assign(guard, { policy: { has_tag: "groups:teacher" }, innerHTML: "<p>For members</p>" });
    here.append(guard);
  });
  await shows(page, "For members");
  await leave();
});

test("until it is known nothing of it is shown, and an error lets in nobody", async () => {
  const { page, leave } = await teacher();
  let answer;
  await page.route("**/auth/check?**", async (route) => ((await new Promise((resolve) => (answer = resolve))) ? route.continue() : route.abort()));
  await mount(page, guarded('tag="groups:teacher" at="decided"'));
  await shows(page, "One moment");
  assert.equal(await held(page), undefined);
  while (!answer) await page.waitForTimeout(20);
  answer(false);
  await shows(page, "Not for you");
  assert.deepEqual(await page.evaluate("errors"), ["network_unavailable"]);

  answer = undefined;
  await page.evaluate("dispatchEvent(new Event('online'))");
  while (!answer) await page.waitForTimeout(20);
  answer(true);
  await shows(page, "For members");
  await leave({ except: "http" });
});

test("a session that cannot be asked for lets in nobody", async () => {
  const { page, leave } = await teacher();
  await page.route("**/auth/session*", (route) => route.abort());
  await mount(page, guarded('policy="anyone"'));
  await shows(page, "Not for you");
  await leave({ except: "http" });
});

test("what is malformed, or asks for nothing, lets in nobody, and the developer hears of it", async () => {
  const { page, leave } = await teacher();
  for (const attributes of ["", "policy='{'", `policy='{"has_tog":"a"}'`, 'policy="everybody"', 'tag="teacher"', 'tag=""', 'tag="groups:teacher" at="sometimes"']) {
    await mount(page, guarded(attributes));
    await shows(page, "Not for you");
    assert.equal((await page.evaluate("errors")).length, 1, attributes);
  }
  await leave({ except: "http" });
});

test("one person's verdict is not another one's, and an answer that comes late is not the next question's", async () => {
  const { page, leave } = await teacher();
  await mount(page, guarded('tag="groups:teacher" at="decided"'));
  await shows(page, "For members");
  const waiting = [];
  await page.route("**/auth/check?**", (route) => new Promise((resolve) => waiting.push(() => resolve(route.continue()))));
  const { form } = await accounts.member();
  await page.evaluate(signingIn(form));
  await shows(page, "One moment");
  await page.evaluate("guard.tag = 'groups:janitor'; ");
  while (waiting.length < 2) await page.waitForTimeout(20);
  waiting.forEach((go) => go());
  await shows(page, "Not for you");
  await leave(REFUSALS);
});

const held = (page) => page.evaluate("guard.held");

/** This is seen, and nothing else of what is guarded. */
async function shows(page, text) {
  await page.getByText(text).waitFor();
  for (const other of ["For members", "One moment", "Not for you"].filter((other) => other !== text)) {
    assert.equal(await page.getByText(other).isVisible(), false, `${other} beside ${text}`);
  }
}

const set = (page, name, value) => page.evaluate(([name, value]) => (globalThis.guard[name] = value), [name, value]);

const signingIn = ({ email: login, password }) => `createClient().signInWithPassword(${JSON.stringify({ login, password })})`;

/** Somebody with the tag of teachers, signed in. On each page that she sees, `guard` is the element and `errors` are the codes of what went wrong. */
async function teacher() {
  const member = await accounts.member();
  await admin.giveTags(member, "teacher/physics");
  const answer = await eventually(() => member.check("replicated", "groups:teacher"), ({ status }) => status === 200);
  assert.equal(answer.status, 200);
  const person = await stage.person();
  await person.page.addInitScript(() => {
    globalThis.errors = [];
    addEventListener("countersign-error", ({ detail }) => globalThis.errors.push(detail.code ?? detail.name));
    Object.defineProperty(globalThis, "guard", { get: () => document.querySelector("countersign-guard") });
  });
  await mount(person.page, "");
  await person.page.evaluate(signingIn(member.form));
  return { ...person, form: member.form };
}
