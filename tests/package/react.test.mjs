// `countersign/react` in React itself: on a server, and in as much of a page as React needs.

import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it, mock } from "node:test";
import { createElement as make, StrictMode, startTransition } from "react";
import { renderToString } from "react-dom/server";
import { CountersignProvider, Guard, useCan, useClient, useHas, useSession } from "countersign/react";
import { aClient } from "./bindings.mjs";
import { aSession, json, problem, session, setUp, signedOut } from "./fake.mjs";
import { fill, openPage } from "./react-page.mjs";

const id = "a".repeat(32);
const ada = aSession();
const renewed = aSession({ issued_at: ada.issued_at + 1, tags: {} });
const ben = aSession({ account: "ben", sid: "s2", tags: {} });

const routes = (answer) => ({ "GET /auth/session": answer, "POST /auth/api/logout": () => json(204) });

const said = (value) => `${value}`;

const Who = () => {
  const current = useSession();
  return make("p", null, current === undefined ? "unknown" : (current?.account ?? "nobody"));
};
const Has = ({ tag = "groups:teacher" }) => make("p", null, said(useHas(tag)));
const Can = ({ policy, options }) => make("p", null, said(useCan(policy, options)));
const Door = (demand) => make(Guard, { waiting: "waiting", otherwise: "closed", ...demand }, "open");

const within = (props, ...children) => make(CountersignProvider, props, ...children);

describe("on a server", () => {
  it("there is no window, and nothing is asked", () => {
    assert.equal(typeof window, "undefined");
    const { client, asked } = setUp({});
    const page = within({ client, session: ada }, make(Who), make(Has), make(Door, { tag: "groups:teacher" }));
    assert.equal(renderToString(page), "<p>ada</p><p>undefined</p>waiting");
    assert.equal(renderToString(within({ client, session: null }, make(Who))), "<p>nobody</p>");
    assert.equal(renderToString(within({ client }, make(Who))), "<p>unknown</p>");
    assert.deepEqual(asked, []);
  });

  it("attack: what a client that many people share knows of one of them is not rendered for another", () => {
    const rendered = (provided) => renderToString(within({ client: aClient(ben), ...provided }, make(Who)));
    assert.deepEqual([rendered({ session: ada }), rendered({ session: null }), rendered({})], ["<p>ada</p>", "<p>nobody</p>", "<p>unknown</p>"]);
  });

  it("without a provider every hook says what is missing", () => {
    for (const hook of [useClient, useSession, () => useHas("groups:a"), () => useCan("anyone")]) {
      assert.throws(() => renderToString(make(() => hook())), /CountersignProvider/);
    }
  });
});

describe("in a page", () => {
  let document;
  let act;
  let roots;
  let complaints;
  let react;
  let page;

  before(async () => {
    document = openPage();
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
    act = (await import("react")).act;
    react = await import("react-dom/client");
  });

  beforeEach(() => {
    roots = [];
    complaints = mock.method(console, "error", () => {});
    page = document.createElement("div");
  });

  afterEach(async () => {
    await act(async () => roots.forEach((root) => root.unmount()));
    const { calls } = complaints.mock;
    complaints.mock.restore();
    assert.deepEqual(calls.map((call) => call.arguments.join(" ")), []);
  });

  /** Renders strictly, as a page in development does; call what it gives to render something else in its place. */
  async function show(element, { strict = true } = {}) {
    const root = react.createRoot(page);
    roots.push(root);
    const render = (shown, how = (work) => work()) =>
      act(async () => how(() => root.render(strict ? make(StrictMode, null, shown) : shown)));
    await render(element);
    return render;
  }

  const text = () => page.textContent;
  const settle = (work) => act(async () => work());
  /** Answers the last question; in strict development each effect is run twice, and the first is over by then. */
  const answer = (client, value) => settle(() => client.asked.at(-1).answer(value));

  /** Until the page says so. */
  async function becomes(wanted) {
    for (let attempt = 0; attempt < 500 && text() !== wanted; attempt += 1) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 2)));
    }
    assert.equal(text(), wanted);
  }

  it("the session is asked for once, and followed", async () => {
    let answering = session();
    const { client, asked } = setUp(routes(() => answering()));
    await show(within({ client }, make(Who), make("b", null, " "), make(Who)));
    await becomes("ada ada");
    assert.deepEqual(asked, ["GET /auth/session"]);
    await settle(() => client.signOut());
    await becomes("nobody nobody");
    answering = session({ account: "ben", sid: "s2" });
    await settle(() => client.session({ fresh: true }));
    await becomes("ben ben");
  });

  it("tags and policies are judged by the client's own Wasm, and anew for somebody else", async () => {
    const { client } = setUp(routes(session({ account: id })));
    const policy = { and: ["verified", { condition: "open" }] };
    const all = [make(Has), " ", make(Has, { tag: "groups:admin" }), " ", make(Can, { policy, options: { conditions: { open: true } } })];
    await show(within({ client }, ...all, " ", make(Door, { tag: "groups:teacher" })));
    await becomes("true false true open");
    await settle(() => client.signOut());
    await becomes("false false false closed");
  });

  it("a page goes on from what the server has made, and then believes the client", async () => {
    const { client } = setUp({ "GET /auth/session": signedOut });
    const element = within({ client, session: ada }, make(Who));
    fill(page, renderToString(element));
    assert.equal(text(), "ada");
    const faults = [];
    await act(async () => {
      roots.push(react.hydrateRoot(page, element, { onRecoverableError: (fault) => faults.push(fault) }));
    });
    await becomes("nobody");
    assert.deepEqual(faults, []);
  });

  for (const [when, known, shows] of [
    ["while the client does not know yet", undefined, "ada"],
    ["if it had its answer before", ben, "ben"],
  ]) {
    it(`and so it does ${when}`, async () => {
      const rendered = (client) => within({ client, session: ada }, make(Who));
      fill(page, renderToString(rendered(aClient(undefined))));
      const faults = [];
      await act(async () => {
        roots.push(react.hydrateRoot(page, rendered(aClient(known)), { onRecoverableError: (fault) => faults.push(fault) }));
      });
      assert.deepEqual([text(), faults], [shows, []]);
    });
  }

  it("without a network nobody is known, nothing is judged, and nothing breaks", async () => {
    const { client } = setUp({ "GET /auth/session": () => problem(503, "unavailable") });
    await show(within({ client }, make(Who), make(Door, { tag: "groups:teacher" })));
    await settle(() => client.session().catch(() => {}));
    assert.equal(text(), "unknownwaiting");
  });

  it("an answer that comes late never takes the place of a later question's", async () => {
    const client = aClient(ada);
    const render = await show(within({ client }, make(Has, { tag: "groups:a" })));
    const [late] = client.asked.slice(-1);
    await render(within({ client }, make(Has, { tag: "groups:b" })));
    await settle(() => late.answer(true));
    assert.equal(text(), "undefined");
    await answer(client, false);
    assert.equal(text(), "false");
    await settle(() => late.answer(true));
    assert.equal(text(), "false");
  });

  it("nor that of another session", async () => {
    const client = aClient(ada);
    await show(within({ client }, make(Has)));
    const [late] = client.asked.slice(-1);
    await settle(() => client.become(renewed));
    await answer(client, false);
    await settle(() => late.answer(true));
    assert.equal(text(), "false");
  });

  it("an answer stands while the session is renewed, and not for another account or another client", async () => {
    const client = aClient(ada);
    const render = await show(within({ client }, make(Has)));
    await answer(client, true);
    const before = client.asked.length;
    await settle(() => client.become(renewed));
    assert.deepEqual([text(), client.asked.length], ["true", before + 1]);
    await answer(client, false);
    assert.equal(text(), "false");
    await settle(() => client.become(ada));
    await answer(client, true);
    await settle(() => client.become(ben));
    assert.equal(text(), "undefined");
    await answer(client, true);
    await settle(() => client.become(null));
    assert.equal(text(), "undefined");
    await answer(client, true);
    await render(within({ client: aClient(null) }, make(Has)));
    assert.equal(text(), "undefined");
  });

  it("an error is a no", async () => {
    const client = aClient(ada);
    await show(within({ client }, make(Has), make(Door, { policy: "signed_in" })));
    assert.equal(text(), "undefinedwaiting");
    await settle(() => client.asked.forEach(({ refuse }) => refuse(new Error("no Wasm"))));
    assert.equal(text(), "falseclosed");
  });

  it("a policy may be another object each time: it is asked once", async () => {
    const client = aClient(ada);
    const element = () => within({ client }, make(Can, { policy: { has_tag: "groups:a" }, options: { conditions: { open: true } } }));
    const render = await show(element(), { strict: false });
    for (let again = 0; again < 5; again += 1) await render(element());
    assert.equal(client.asked.length, 1);
    await answer(client, true);
    assert.deepEqual([text(), client.asked.length], ["true", 1]);
    const { question, options } = client.asked[0];
    assert.deepEqual([question, options], [{ has_tag: "groups:a" }, { conditions: { open: true } }]);
    await render(within({ client }, make(Can, { policy: { has_tag: "groups:a" }, options: { conditions: { open: false } } })));
    assert.deepEqual([text(), client.asked.length], ["undefined", 2]);
  });

  it("who leaves the page asks no more, and hears nothing more", async () => {
    const client = aClient(ada);
    const render = await show(within({ client }, make(Has), make(Who)));
    assert.ok(client.listeners.size > 0);
    await render(null);
    assert.equal(client.listeners.size, 0);
    const before = client.asked.length;
    await settle(() => client.asked.forEach((question) => question.answer(true)));
    await settle(() => client.become(ben));
    assert.deepEqual([text(), client.asked.length], ["", before]);
  });

  it("a rendering that can be interrupted shows one session everywhere", async () => {
    const client = aClient(ada);
    const shown = [];
    const Both = () => {
      const [one, other] = [useSession(), useSession()];
      shown.push([one.account, other.account]);
      return make("div", null, one.account, make(Who));
    };
    const render = await show(within({ client }, make(Both)));
    await render(within({ client }, make(Both), make(Both)), startTransition);
    await settle(() => client.become(ben));
    assert.equal(text(), "benbenbenben");
    assert.ok(shown.every(([one, other]) => one === other));
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
        await show(within({ client }, make(Door, demand)));
        const { name, question, options } = client.asked.at(-1);
        assert.deepEqual([name, question, options], ["can", ...asked]);
      });
    }

    for (const [what, demand] of Object.entries({
      "nothing": {},
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
        await show(within({ client }, make(Door, demand)));
        await becomes("closed");
      });
    }
  });
});
