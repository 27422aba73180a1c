// `countersign/edge` in workerd: a small Worker, bundled as wrangler bundles from the package as it is installed, with a service binding
// to what stands for the deployment.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Miniflare, Response as Answer } from "miniflare";
import { bundleWorker } from "../../scripts/bundle.mjs";
import { byJose, createIssuer, issuer } from "../support/guarded.mjs";
import { createConsumer } from "../support/consumer.mjs";

const WORKER = `
  import { createGuard, policy } from "countersign/edge";

  const office = policy.or(
    policy.fromIp("10.0.0.0/8"),
    policy.and(policy.hasTag("groups:teacher"), policy.not(policy.betweenTimes("00:00", "00:01", "Asia/Kathmandu"))),
  );

  let guard;

  export default {
    async fetch(request, env) {
      guard ??= createGuard({ issuer: "${issuer}", binding: env.AUTH });
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/office") {
        const guest = await guard.require(request, { policy: office, address: request.headers.get("x-from") });
        return guest instanceof Response ? guest : Response.json(guest?.account ?? null);
      }
      const session = await guard.require(request, { tag: "groups:teacher", at: searchParams.get("at") ?? "carried" });
      if (session instanceof Response) return session;
      return Response.json({ session, teaches: guard.has(session, "groups:teacher/high-school") });
    },
  };
`;

let consumer;
let miniflare;
let school;
let check;

before(async () => {
  school = await createIssuer();
  consumer = await createConsumer();
  miniflare = new Miniflare({
    modules: await bundleWorker(WORKER, consumer.folder),
    compatibilityDate: "2026-04-01",
    cf: false,
    serviceBindings: { AUTH: deployment },
  });
  await miniflare.ready;
});

after(async () => {
  await miniflare?.dispose();
  await consumer?.remove();
});

async function deployment(request) {
  const url = new URL(request.url);
  school.asked.push(url.pathname);
  if (url.pathname === "/auth/check") return check(url, request);
  await new Promise((done) => setTimeout(done, 100));
  return new Answer(JSON.stringify(school.jwks()));
}

const ask = (token, query = "") =>
  miniflare.dispatchFetch(`https://api.example/${query}`, { headers: { authorization: token && `Bearer ${token}` } });

test("100 requests at once in a Worker that has just started ask for the keys once, and all come in", async () => {
  const id = (number) => number.toString(16).padStart(32, "0");
  const algorithms = ["ES256", "EdDSA"];
  const tokens = await Promise.all(Array.from({ length: 100 }, (_, n) => byJose(school.keys[algorithms[n % 2]], { jti: id(n) })));
  for (const answer of await Promise.all(tokens.map((token) => ask(token)))) {
    const { session, teaches } = await answer.json();
    assert.deepEqual([answer.status, session.account, teaches], [200, "a".repeat(32), true]);
  }
  assert.deepEqual(school.asked, ["/.well-known/jwks.json"]);
});

test("a remembered token comes in again, and no other in its place", async () => {
  const token = await byJose(school.keys.ES256);
  assert.equal((await ask(token)).status, 200);
  assert.equal((await ask(token)).status, 200);
  const [header, payload, signature] = token.split(".");
  const richer = Buffer.from(Buffer.from(payload, "base64url").toString().replace("teacher", "admin")).toString("base64url");
  const answer = await ask(`${header}.${richer}.${signature}`);
  assert.deepEqual([answer.status, (await answer.json()).code], [401, "token_invalid"]);
});

for (const [what, token] of Object.entries({ "%": "%", "nothing": "", "HS256": "eyJhbGciOiJIUzI1NiJ9.e30.AAAA" })) {
  test(`attack: ${what} as a token is a 401`, async () => {
    const answer = await ask(token);
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
  });
}

test("a policy lets in who carries a tag, by the clocks of a zone, or who comes from a network", async () => {
  const from = (address, headers) => miniflare.dispatchFetch("https://api.example/office", { headers: { "x-from": address, ...headers } });
  const token = await byJose(school.keys.ES256);
  assert.equal(await (await from("10.1.2.3")).json(), null);
  assert.equal((await from("192.0.2.1")).status, 401);
  const minute = new Date(Date.now() + (5 * 60 + 45) * 60_000).toISOString().slice(11, 16);
  const late = await from("192.0.2.1", { authorization: `Bearer ${token}` });
  // The policy leaves one minute of the day out.
  if (minute === "00:00") assert.equal(late.status, 403);
  else assert.equal(await late.json(), "a".repeat(32));
});

test("the deployment decides through the service binding", async () => {
  const token = await byJose(school.keys.EdDSA);
  check = (url, request) => {
    assert.equal(request.headers.get("authorization"), `Bearer ${token}`);
    return new Answer(JSON.stringify({ allowed: true, at: url.searchParams.get("at"), version: 3 }));
  };
  for (const at of ["replicated", "decided"]) assert.equal((await ask(token, `?at=${at}`)).status, 200);
  check = () => new Answer(JSON.stringify({ code: "session_ended", status: 401 }), { status: 401 });
  const ended = await ask(token, "?at=decided");
  assert.deepEqual([ended.status, (await ended.json()).code], [401, "session_ended"]);
  check = () => new Answer("", { status: 500 });
  assert.equal((await ask(token, "?at=decided")).status, 503);
});
