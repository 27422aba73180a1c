// Attacks that want a crash: after a panic the Wasm instance of an isolate is broken, for every request beside the one
// that caused it (workers-rs #166).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProblem, encode, sendRaw } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SIGNS_OF_PANIC = /panicked|RuntimeError|unreachable|memory access|table index|already borrowed|uncaught|could not be cloned/i;

let runtime;
let origin;
let ben;
let cookie;
let account;

before(async () => {
  runtime = await useRuntime();
  origin = runtime.main;
  ben = new Browser();
  assert.equal((await ben.signIn(origin, "ben")).status, 200);
  cookie = ben.cookies.header(origin);
  account = (await ben.get(`${origin}/auth/session`)).json.session.account;
});
after(() => runtime?.close());

const json = [["Content-Type", "application/json"]];
const bytes = (length, seed) => Array.from({ length }, (_, index) => String.fromCharCode(128 + ((index * 37 + seed * 101) % 128))).join("");
const deep = (length) => `${"[".repeat(length)}${"]".repeat(length)}`;
const own = () => [["Origin", origin], ["Cookie", cookie]];
const put = (body, headers = json) => ({ method: "PUT", path: `/auth/api/tags/groups/account/${account}`, headers: [...own(), ...headers], body });
const strangersRefresh = `countersign-refresh=${"0".repeat(32)}.${"A".repeat(43)}`;
const oddHeader = '{"alg":"ES256","kid":"\\u0000","typ":"\\ud83d"}';

/** One request for each way of being garbage; `seed` makes each round another one. */
const garbage = [
  (seed) => ({ path: "/auth/session", headers: [["Cookie", `countersign=${bytes(200, seed)}`]] }),
  (seed) => ({ path: "/auth/session", headers: [["Cookie", `countersign-refresh=${bytes(200, seed)}; ${bytes(50, seed)}; =; ;;;`]] }),
  (seed) => ({ path: "/auth/session", headers: [["Cookie", `countersign-flow-${bytes(20, seed)}=x; countersign=`]] }),
  (seed) => ({ path: "/auth/session", headers: [["Authorization", `Bearer ${bytes(300, seed)}`]] }),
  () => ({ path: "/auth/session", headers: [["Authorization", "%"], ["Cookie", "%"]] }),
  (seed) => ({ path: `/auth/check?${"tag=%ff%fe&".repeat(500 + seed)}` }),
  (seed) => ({ path: `/auth/check?tag=groups:${"a/".repeat(5000 + seed)}`, headers: [["Cookie", cookie]] }),
  () => ({ path: "/auth/check?tag=%ED%A0%80%C0%80%FF&at=%00", headers: [["Cookie", cookie]] }),
  () => ({ path: "/auth/check?tag=:::::&at=", headers: [["Cookie", cookie]] }),
  () => ({ path: "/auth/oauth/%FF%FE%00/login?next=%C3%28" }),
  () => ({ path: "/auth/oauth/demo/callback?state=%F0%28%8C%28&code=%80&iss=%" }),
  (seed) => ({ path: `/auth/oauth/demo/callback?state=${"s".repeat(10_000 + seed)}&code=x` }),
  (seed) => ({ path: `/auth/${bytes(100, seed)}` }),
  () => ({ path: `/auth/${"%2e%2e/".repeat(500)}` }),
  () => ({ path: "/auth/api/tags/groups?find=%00&limit=99999999999999999999999&after=%FF", headers: [["Cookie", cookie]] }),
  () => ({ path: "/auth/api/tags/groups?find=x&limit=-1", headers: [["Cookie", cookie]] }),
  () => put(deep(20_000)),
  () => put(`{"tags":${deep(20_000)}}`),
  () => put('{"tags":["\\ud800"]}'),
  () => put(`{"tags":["${bytes(100, 7)}"]}`),
  () => put('{"tags":[1e999,-0,null,{}]}'),
  () => put("", json),
  () => put("{", [["Content-Type", bytes(30, 3)]]),
  () => put(`{"tags":["${"x".repeat(70_000)}"]}`),
  (seed) => ({ method: "POST", path: "/auth/refresh", headers: [["Origin", bytes(20, seed)], ["Cookie", cookie]] }),
  () => ({ method: "POST", path: "/auth/refresh", headers: [["Origin", origin], ["Cookie", strangersRefresh]] }),
  () => ({ path: "/auth/session", headers: [["Authorization", `Bearer ${encode(deep(3000))}.${encode(deep(3000))}.AA`]] }),
  () => ({ path: "/auth/session", headers: [["Authorization", `Bearer ${encode(oddHeader)}.e30.${"A".repeat(86)}`]] }),
  () => ({ path: "/auth/session", headers: [["X-Long", "x".repeat(40_000)]] }),
  () => ({ path: "/auth/session", headers: Array.from({ length: 200 }, (_, index) => [`X-${index}`, bytes(20, index)]) }),
  () => ({ method: "PROPFIND", path: "/auth/session" }),
  () => ({ path: "/auth/session", headers: [["Accept", bytes(100, 1)]] }),
];

async function goodRequest(index) {
  const path = ["/auth/session", "/auth/check?at=decided", "/auth/check?at=replicated", "/auth/api/profile", "/auth/jwks.json"][index % 5];
  const { status, text } = await new Browser().get(`${origin}${path}`, { headers: { cookie } });
  assert.equal(status, 200, `${path}: ${text}`);
}

async function badRequest(index) {
  const request = garbage[index % garbage.length](index);
  const { status, text } = await sendRaw(origin, request);
  assert.ok(status >= 200 && status < 500, `${JSON.stringify(request).slice(0, 200)}: ${status} ${text.slice(0, 200)}`);
}

test("attack: 300 garbled requests, and 60 good ones in their midst, all of which succeed (workers-rs #166)", async () => {
  const begin = (await runtime.log()).length;
  const work = Array.from({ length: 360 }, (_, index) => (index % 6 === 5 ? goodRequest(index) : badRequest(index)));
  const failures = (await Promise.allSettled(work)).filter(({ status }) => status === "rejected");
  assert.deepEqual(failures.map(({ reason }) => reason.message), []);
  assert.doesNotMatch((await runtime.log()).slice(begin), SIGNS_OF_PANIC);
});

test("each kind of garbage is refused by name", async () => {
  const expected = [
    [{ path: "/auth/session", headers: [["Cookie", "countersign=%"]] }, 401, "token_invalid"],
    [{ path: "/auth/check?tag=a&tag=b" }, 400, "query_invalid"],
    [put(deep(20_000)), 403, "tag_missing"],
    [{ path: "/auth/session", headers: [["X-Long", "x".repeat(40_000)]] }, 431, "headers_too_large"],
    [put("x".repeat(70_000)), 413, "body_too_large"],
    [{ path: `/auth/check?tag=groups:${"a/".repeat(5000)}`, headers: [["Cookie", cookie]] }, 400, "tag_invalid"],
  ];
  for (const [request, status, code] of expected) {
    const answer = await sendRaw(origin, request);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, new RegExp(`"code":"${code}"`));
  }
});

test("attack: an administrator's own garbage is refused by name, whatever it is", async () => {
  const ada = new Browser();
  await ada.signIn(origin, "ada");
  const path = `${origin}/auth/api/tags/groups/account/${account}`;
  const bodies = {
    body_invalid: [
      ...[deep(20_000), "", "null", "[]", "{}", '{"tags":"x"}', '{"tags":[1]}'],
      ...['{"tags":["\\ud800"]}', '{"tags":[],"tags":[]}', '{"tags":["a"]}x'],
    ],
    tag_invalid: ['{"tags":[""]}', '{"tags":["/"]}', `{"tags":["${"a".repeat(257)}"]}`, `{"tags":["${"a/".repeat(17)}a"]}`],
  };
  for (const [code, texts] of Object.entries(bodies)) {
    for (const body of texts) {
      const headers = { origin, "content-type": "application/json" };
      const page = await ada.request(path, { method: "PUT", headers, body });
      assert.deepEqual([page.status, page.json.code], [400, code], body.slice(0, 60));
    }
  }
});

test("attack: a mass assignment: what the body says beside its tags is refused (Better Auth CVE-2025-61928)", async () => {
  const ada = new Browser();
  await ada.signIn(origin, "ada");
  for (const more of [{ record: "x" }, { account: "x" }, { version: 9 }, { status: "blocked" }]) {
    const page = await ada.put(`${origin}/auth/api/tags/groups/account/${account}`, { tags: [], ...more });
    assertProblem(page, 400, "body_invalid");
  }
});

test("after all that the Worker answers as before", async () => {
  for (let index = 0; index < 5; index += 1) await goodRequest(index);
});
