// Tabs of one browser, with a channel between them; and servers, where there must be none.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createClient } from "countersign";
import { ORIGIN, aSession, fakeFetch, json } from "./fake.mjs";

const original = globalThis.BroadcastChannel;
let channels;

/** Delivers later and to all others of that name, as the platform does. */
class Channel {
  constructor(name) {
    this.name = name;
    channels.push(this);
  }

  postMessage(data) {
    const others = channels.filter((other) => other !== this && other.name === this.name);
    for (const other of others) setImmediate(() => other.onmessage({ data: structuredClone(data) }));
  }
}

beforeEach(() => {
  channels = [];
  globalThis.BroadcastChannel = Channel;
  globalThis.document = Object.assign(new EventTarget(), { baseURI: `${ORIGIN}/` });
  globalThis.addEventListener = () => {};
});

afterEach(() => {
  globalThis.BroadcastChannel = original;
  delete globalThis.document;
  delete globalThis.addEventListener;
});

function aTab(session, options) {
  const routes = {
    "GET /auth/session": () => json(200, { session }),
    "POST /auth/api/logout": () => json(204),
    "POST /auth/api/login": () => json(200, { session: aSession({ sid: "s2" }) }),
    "POST /auth/api/delete_account": () => json(204),
  };
  const { fetch, asked } = fakeFetch(routes);
  return { client: createClient({ origin: ORIGIN, fetch, ...options }), asked };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

test("signing in and out in one tab shows in the other, without a request", async () => {
  const [one, two] = [aTab(aSession()), aTab(null)];
  const heard = [];
  two.client.subscribe((session) => heard.push(session?.account ?? null));
  await one.client.session();
  await settled();
  await one.client.signOut();
  await settled();
  assert.deepEqual(heard, ["ada", null]);
  assert.deepEqual(two.asked, []);
});

test("so does signing in with a password, and the end of an account", async () => {
  const [one, two] = [aTab(null), aTab(null)];
  const heard = [];
  two.client.subscribe((session) => heard.push(session?.sid ?? null));
  await one.client.signInWithPassword({ login: "ada", password: "a password" });
  await settled();
  await one.client.deleteAccount({ password: "a password" });
  await settled();
  assert.deepEqual(heard, ["s2", null]);
  assert.deepEqual(two.asked, []);
});

test("an answer on its way while another tab signs out is not kept", async () => {
  const [one, two] = [aTab(aSession()), aTab(aSession())];
  await one.client.session();
  await settled();
  const asking = two.client.session({ fresh: true });
  channels[0].postMessage(null);
  await asking;
  await settled();
  assert.equal(two.client.getSnapshot(), null);
});

test("not even the very first answer", async () => {
  const [, two] = [aTab(null), aTab(aSession())];
  const asking = two.client.session();
  channels[0].postMessage(null);
  await asking;
  await settled();
  assert.equal(two.client.getSnapshot(), null);
});

test("deployments with another prefix do not hear of it", async () => {
  const [one, two] = [aTab(aSession()), aTab(null, { prefix: "/other" })];
  await one.client.session();
  await settled();
  assert.equal(two.client.getSnapshot(), undefined);
});

test("outside a page there is no channel: one process may hold the sessions of many people", () => {
  delete globalThis.document;
  aTab(aSession());
  assert.equal(channels.length, 0);
});

test("attack: a tab that carries its own session takes no other tab's, and gives it to none", async () => {
  const ada = aTab(aSession(), { mode: "bearer" });
  const ben = aTab({ ...aSession(), account: "ben", sid: "other" }, { mode: "bearer" });
  const cookies = aTab({ ...aSession(), account: "cleo", sid: "third" });
  for (const { client } of [ada, ben, cookies]) await client.session();
  await settled();
  assert.deepEqual([ada, ben, cookies].map(({ client }) => client.getSnapshot()?.account), ["ada", "ben", "cleo"]);
  assert.equal(channels.length, 1);
});
