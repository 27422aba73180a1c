// `countersign/vue` in Vue itself: on a server, and with a renderer of a few lines in place of a page.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it, mock } from "node:test";
import { createRenderer, createSSRApp, defineComponent, effectScope, h as make, nextTick, reactive, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { Guard, createCountersign, provideCountersign, useCan, useClient, useHas, useSession } from "countersign/vue";
import { aClient } from "./bindings.mjs";
import { aSession, json, problem, session, setUp, signedOut, tick } from "./fake.mjs";

const id = "a".repeat(32);
const ada = aSession();
const renewed = aSession({ issued_at: ada.issued_at + 1, tags: {} });
const ben = aSession({ account: "ben", sid: "s2", tags: {} });

const routes = (answer) => ({ "GET /auth/session": answer, "POST /auth/api/logout": () => json(204) });

const component = (setup) => defineComponent({ setup });
const Who = component(() => {
  const current = useSession();
  return () => make("p", current.value === undefined ? "unknown" : (current.value?.account ?? "nobody"));
});
const hasTag = (tag) => component(() => shown(useHas(tag)));
const allows = (policy, options) => component(() => shown(useCan(policy, options)));
const shown = (answer) => () => make("p", `${answer.value}`);
const slots = { default: () => "open", waiting: () => "waiting", otherwise: () => "closed" };
const Door = (demand) => make(Guard, demand, slots);

/** A component that is these, one after the other. */
const all = (...parts) => component(() => () => parts.map((part) => (typeof part === "function" ? part() : make(part))));

/** Vue with a page of plain objects. */
const { createApp } = createRenderer({
  createElement: () => ({ children: [] }),
  createText: (text) => ({ text, children: [] }),
  createComment: () => ({ children: [] }),
  setText: (node, text) => void (node.text = text),
  setElementText: (node, text) => void Object.assign(node, { text, children: [] }),
  insert(child, parent, next) {
    child.parent?.children.splice(child.parent.children.indexOf(child), 1);
    parent.children.splice(next ? parent.children.indexOf(next) : parent.children.length, 0, child);
    child.parent = parent;
  },
  remove: (node) => void node.parent.children.splice(node.parent.children.indexOf(node), 1),
  parentNode: ({ parent }) => parent ?? null,
  nextSibling: (node) => node.parent.children[node.parent.children.indexOf(node) + 1] ?? null,
  patchProp() {},
});

const textOf = ({ text = "", children }) => text + children.map(textOf).join("");

let apps;
let complaints;
let page;

beforeEach(() => {
  apps = [];
  complaints = ["warn", "error"].map((kind) => mock.method(console, kind, () => {}));
  page = { children: [] };
});

afterEach(() => {
  apps.forEach((app) => app.unmount());
  const calls = complaints.flatMap((complaint) => complaint.mock.calls);
  complaints.forEach((complaint) => complaint.mock.restore());
  assert.deepEqual(calls.map((call) => call.arguments.join(" ")), []);
});

async function show(client, ...parts) {
  const app = createApp(all(...parts)).use(createCountersign({ client }));
  app.mount(page);
  apps.push(app);
  await settled();
  return app;
}

const text = () => textOf(page);

/** Until answers that are there have been heard, and are shown. */
async function settled() {
  await tick();
  await nextTick();
}

async function answer(client, value) {
  client.asked.at(-1).answer(value);
  await settled();
}

async function become(client, session) {
  client.become(session);
  await settled();
}

/** Until the page says so. */
async function becomes(wanted) {
  for (let attempt = 0; attempt < 500 && text() !== wanted; attempt += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal(text(), wanted);
}

describe("on a server", () => {
  it("there is no window, nothing is asked, and nobody listens", async () => {
    assert.equal(typeof window, "undefined");
    const rendered = (provided, ...parts) => renderToString(createSSRApp(all(...parts)).use(createCountersign(provided)));
    const client = aClient(undefined);
    const html = await rendered({ client, session: ada }, Who, hasTag("groups:teacher"), () => Door({ tag: "groups:teacher" }));
    assert.equal(html.replaceAll(/<!--.*?-->/g, ""), "<p>ada</p><p>undefined</p>waiting");
    assert.match(await rendered({ client, session: null }, Who), /<p>nobody</);
    assert.match(await rendered({ client }, Who), /<p>unknown</);
    assert.deepEqual([client.sessionCalls, client.asked, client.listeners.size], [0, [], 0]);
  });

  it("attack: what a client that many people share knows of one of them is not rendered for another", async () => {
    const rendered = (provided) => renderToString(createSSRApp(Who).use(createCountersign({ client: aClient(ben), ...provided })));
    assert.deepEqual([await rendered({ session: ada }), await rendered({ session: null }), await rendered({})], ["<p>ada</p>", "<p>nobody</p>", "<p>unknown</p>"]);
  });

  it("without a client every composable says what is missing", () => {
    for (const composable of [useClient, useSession, () => useHas("groups:a"), () => useCan("anyone")]) {
      assert.throws(() => createApp(Who).runWithContext(composable), /createCountersign/);
    }
  });
});

describe("in a page", () => {
  before(() => void (globalThis.window = {}));
  after(() => delete globalThis.window);

  it("the session is asked for once, and followed", async () => {
    let answering = session();
    const { client, asked } = setUp(routes(() => answering()));
    await show(client, Who, hasTag("groups:admin"), Who);
    await becomes("adafalseada");
    assert.deepEqual(asked, ["GET /auth/session"]);
    await client.signOut();
    await becomes("nobodyfalsenobody");
    answering = session({ account: "ben", sid: "s2" });
    await client.session({ fresh: true });
    await becomes("benfalseben");
  });

  it("tags and policies are judged by the client's own Wasm, and anew for somebody else", async () => {
    const { client } = setUp(routes(session({ account: id })));
    const policy = { and: ["verified", { condition: "open" }] };
    await show(client, hasTag("groups:teacher"), allows(policy, { conditions: { open: true } }), () => Door({ tag: "groups:teacher" }));
    await becomes("truetrueopen");
    await client.signOut();
    await becomes("falsefalseclosed");
  });

  it("shows whom the server has rendered for until the client knows", async () => {
    let known;
    const { client } = setUp({ "GET /auth/session": () => (known ? signedOut() : problem(503, "unavailable")) });
    const app = createApp(Who).use(createCountersign({ client, session: ada }));
    apps.push(app);
    app.mount(page);
    await client.session().catch(() => {});
    await settled();
    assert.equal(text(), "ada");
    known = true;
    await client.session();
    await becomes("nobody");
  });

  it("a component provides a client to those below", async () => {
    const app = createApp(component(() => (provideCountersign({ client: aClient(ben) }), () => make(Who))));
    apps.push(app);
    app.mount(page);
    assert.equal(text(), "ben");
  });

  it("without a network nobody is known, nothing is judged, and nothing breaks", async () => {
    const { client } = setUp({ "GET /auth/session": () => problem(503, "unavailable") });
    await show(client, Who, () => Door({ tag: "groups:teacher" }));
    await client.session().catch(() => {});
    await settled();
    assert.equal(text(), "unknownwaiting");
  });

  it("questions are refs, getters or values, and an answer that comes late never takes the place of a later question's", async () => {
    const client = aClient(ada);
    const tag = ref("groups:a");
    await show(client, hasTag(tag));
    const [late] = client.asked;
    tag.value = "groups:b";
    await settled();
    assert.deepEqual(client.asked.map(({ question }) => question), ["groups:a", "groups:b"]);
    late.answer(true);
    await settled();
    assert.equal(text(), "undefined");
    await answer(client, false);
    assert.equal(text(), "false");
  });

  it("nor that of another session", async () => {
    const client = aClient(ada);
    await show(client, hasTag("groups:a"));
    const [late] = client.asked;
    await become(client, renewed);
    await answer(client, false);
    late.answer(true);
    await settled();
    assert.equal(text(), "false");
  });

  it("an answer stands while the session is renewed, and not for another account", async () => {
    const client = aClient(ada);
    await show(client, hasTag("groups:a"));
    await answer(client, true);
    await become(client, renewed);
    assert.deepEqual([text(), client.asked.length], ["true", 2]);
    await answer(client, false);
    assert.equal(text(), "false");
    await become(client, ada);
    await answer(client, true);
    await become(client, ben);
    assert.equal(text(), "undefined");
    await answer(client, true);
    await become(client, null);
    assert.equal(text(), "undefined");
  });

  it("an error is a no", async () => {
    const client = aClient(ada);
    await show(client, hasTag("groups:a"), () => Door({ policy: "signed_in" }));
    assert.equal(text(), "undefinedwaiting");
    client.asked.forEach(({ refuse }) => refuse(new Error("no Wasm")));
    await settled();
    assert.equal(text(), "falseclosed");
  });

  it("a policy may be another object each time, or change within", async () => {
    const client = aClient(ada);
    const [turn, options] = [ref(0), reactive({ conditions: { open: true } })];
    await show(client, allows(() => (turn.value, { has_tag: "groups:a" }), options), () => make("p", turn.value));
    await answer(client, true);
    for (let again = 0; again < 3; again += 1) {
      turn.value += 1;
      await settled();
    }
    assert.equal(text(), "true3");
    options.conditions.open = false;
    await settled();
    assert.equal(text(), "undefined3");
    await answer(client, false);
    assert.equal(text(), "false3");
  });

  it("who leaves the page asks no more, and hears nothing more", async () => {
    const client = aClient(ada);
    const app = await show(client, hasTag("groups:a"), Who);
    assert.ok(client.listeners.size > 0);
    app.unmount();
    apps = [];
    assert.equal(client.listeners.size, 0);
    client.asked.forEach((question) => question.answer(true));
    await become(client, ben);
    assert.deepEqual([text(), client.asked.length], ["", 1]);
  });

  it("outside of components everything ends with its scope", async () => {
    const client = aClient(ada);
    const app = createApp(Who).use(createCountersign({ client }));
    const scope = effectScope();
    const [has, session] = scope.run(() => app.runWithContext(() => [useHas("groups:a"), useSession()]));
    // Before anybody listens.
    client.become(renewed);
    await settled();
    assert.equal(session.value, renewed);
    await answer(client, true);
    assert.equal(has.value, true);
    scope.stop();
    assert.equal(client.listeners.size, 0);
    await become(client, ben);
    assert.equal(client.asked.length, 1);
  });

  describe("a guard", () => {
    const both = { tag: "groups:a", policy: { condition: "open" }, conditions: { open: true } };

    for (const [what, demand, ...asked] of [
      ["a tag", { tag: "groups:a" }, { has_tag: "groups:a" }, { at: undefined }],
      ["a policy", { policy: "verified", at: "decided" }, "verified", { at: "decided" }],
      ["both", both, { and: [{ has_tag: "groups:a" }, { condition: "open" }] }, { at: undefined, conditions: { open: true } }],
    ]) {
      it(`asks for ${what}`, async () => {
        const client = aClient(ada);
        await show(client, () => Door(demand));
        const { name, question, options } = client.asked.at(-1);
        assert.deepEqual([name, question, options], ["can", ...asked]);
      });
    }

    it("asks anew when its demand is another one", async () => {
      const client = aClient(ada);
      const tag = ref("groups:a");
      await show(client, () => Door({ tag: tag.value }));
      await answer(client, true);
      assert.equal(text(), "open");
      tag.value = "groups:b";
      await settled();
      assert.equal(text(), "waiting");
      await answer(client, false);
      assert.equal(text(), "closed");
    });

    for (const [what, demand] of Object.entries({
      "nothing": undefined,
      "a tag that got lost": { tag: undefined },
      "a tag that got lost beside a policy": { tag: undefined, policy: "anyone" },
      "a policy that got lost": { policy: undefined },
      "a policy that got lost beside a tag": { tag: "groups:teacher", policy: undefined },
      "an empty policy": { policy: { and: [] } },
      "a tag that is malformed": { tag: "teacher" },
      "a tier that there is not": { tag: "groups:teacher", at: "guessed" },
    })) {
      it(`stays closed for ${what}`, async () => {
        const { client } = setUp({ "GET /auth/session": session({ account: id }) });
        await show(client, () => Door(demand));
        await becomes("closed");
      });
    }
  });
});
