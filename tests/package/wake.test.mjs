// A page that sleeps and comes back: a client that somebody listens to asks for the session again, once, and never by time alone.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createClient } from "countersign";
import { ORIGIN, aSession, json, problem, tick } from "./fake.mjs";

const SESSION = "GET /auth/session";
const REFRESH = "POST /auth/refresh";
const LIFETIME = 300;

const channel = globalThis.BroadcastChannel;
let page; // `document` and `window` in one
let active; // how many listeners it has

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  active = 0;
  page = new EventTarget();
  const add = page.addEventListener.bind(page);
  page.addEventListener = (name, listener, options) => {
    active += 1;
    options.signal.addEventListener("abort", () => (active -= 1));
    add(name, listener, options);
  };
  page.hidden = false;
  globalThis.document = page;
  globalThis.BroadcastChannel = undefined;
  globalThis.addEventListener = page.addEventListener;
});

afterEach(() => {
  mock.timers.reset();
  delete globalThis.document;
  globalThis.BroadcastChannel = channel;
  delete globalThis.addEventListener;
});

/** A client with its listener; `answers` may be replaced at any time. */
function aPage(answers) {
  const world = { answers, asked: [], heard: [] };
  const fetch = async (input, init) => {
    const { method, url } = new Request(input, init);
    const name = `${method} ${url.slice(ORIGIN.length)}`;
    world.asked.push(name);
    return world.answers[name]();
  };
  world.client = createClient({ origin: ORIGIN, fetch });
  world.stop = world.client.subscribe((session) => world.heard.push(session?.account ?? null));
  return world;
}

const alive = () => json(200, { session: aSession() });
const nobody = () => json(200, { session: null });
const offline = () => Promise.reject(new TypeError("offline"));

async function settle() {
  for (let round = 0; round < 20; round += 1) await tick();
}

/** Time passes, as it does for a page that is looked at. */
async function pass(seconds) {
  for (; seconds > 0; seconds -= 10) {
    mock.timers.tick(Math.min(seconds, 10) * 1000);
    await settle();
  }
}

/** Time passes and no timer stirs, as in a machine that sleeps. */
function sleep(seconds) {
  const now = Date.now() + seconds * 1000;
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now });
}

async function happen(name, members) {
  page.dispatchEvent(Object.assign(new Event(name), members));
  await settle();
}

async function hide(hidden) {
  page.hidden = hidden;
  await happen("visibilitychange");
}

test("a page that only lies open asks nothing: that would keep the session of somebody who has gone away", async () => {
  const world = aPage({ [SESSION]: alive });
  await world.client.session();
  await pass(20 * LIFETIME);
  assert.deepEqual(world.asked, [SESSION]);
});

test("a page that nobody sees asks nothing; it asks when it is seen again, if the session is old by then", async () => {
  const world = aPage({ [SESSION]: alive });
  await world.client.session();
  await hide(true);
  await pass(10);
  await hide(false);
  assert.equal(world.asked.length, 1, "still fresh");
  await hide(true);
  await pass(4 * LIFETIME);
  assert.equal(world.asked.length, 1);
  await hide(false);
  assert.equal(world.asked.length, 2);
});

test("after sleep an expired session is renewed once, without a storm, with 20 requests and 20 questions in parallel", async () => {
  let renewed = false;
  const expired = () => problem(401, "token_expired");
  const guarded = () => (renewed ? json(200, "A+") : expired());
  const world = aPage({
    [SESSION]: alive,
    "GET /marks": guarded,
    [REFRESH]: () => ((renewed = true), alive()),
  });
  await world.client.session();
  sleep(8 * 3600);
  world.answers = { ...world.answers, [SESSION]: () => (renewed ? alive() : expired()) };
  world.asked.length = 0;
  const twenty = (call) => Array.from({ length: 20 }, call);
  const back = Promise.all([hide(false), happen("online"), happen("pageshow", { persisted: true })]);
  const [sessions, answers] = await Promise.all([
    Promise.all(twenty(() => world.client.session())),
    Promise.all(twenty(() => world.client.fetch("/marks"))),
    back,
  ]);
  assert.deepEqual(new Set(sessions.map(({ account }) => account)), new Set(["ada"]));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const count = (wanted) => world.asked.filter((name) => name === wanted).length;
  assert.equal(count(REFRESH), 1);
  assert.ok(count(SESSION) <= 2, `${count(SESSION)}`);
  assert.ok(count("GET /marks") <= 40, "each is tried twice at the most");
  await pass(60);
  assert.equal(count(REFRESH), 1);
});

test("a page out of the browser's cache asks in any case, and one that was only shown does not", async () => {
  const world = aPage({ [SESSION]: alive });
  await world.client.session();
  await happen("pageshow", { persisted: false });
  assert.equal(world.asked.length, 1);
  world.answers = { [SESSION]: nobody };
  await happen("pageshow", { persisted: true });
  assert.deepEqual([world.asked.length, world.heard.at(-1)], [2, null]);
});

test("without a network nobody is signed out, and it is asked as soon as the network is back", async () => {
  const world = aPage({ [SESSION]: alive });
  await world.client.session();
  world.answers = { [SESSION]: offline };
  await pass(LIFETIME);
  await hide(false);
  assert.equal(world.client.getSnapshot().account, "ada");
  world.asked.length = 0;
  world.answers = { [SESSION]: alive };
  await happen("online");
  await happen("online");
  assert.equal(world.asked.length, 1);
});

test("with the last listener everything goes, and comes again with the next", async () => {
  const world = aPage({ [SESSION]: alive });
  const other = world.client.subscribe(() => {});
  await world.client.session();
  assert.equal(active, 3);
  world.stop();
  world.stop();
  assert.equal(active, 3);
  other();
  assert.equal(active, 0);
  await pass(2 * LIFETIME);
  await hide(false);
  assert.equal(world.asked.length, 1);
  const again = world.client.subscribe(() => {});
  await hide(false);
  assert.equal(world.asked.length, 2);
  again();
  assert.equal(active, 0);
});

test("a client that nobody listens to leaves the page alone", async () => {
  createClient({ origin: ORIGIN, fetch: alive });
  assert.equal(active, 0);
});
