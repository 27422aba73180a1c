// A Worker in a dozen lines: answers by method and path, and remembers what it was asked.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createClient } from "countersign";

export const ORIGIN = "https://school.example";

const seconds = () => Math.floor(Date.now() / 1000);

export function aSession(members) {
  const now = seconds();
  return {
    account: "ada",
    sid: "s1",
    issued_at: now,
    expires_at: now + 300,
    auth_time: now,
    amr: ["pwd"],
    version: 1,
    email_verified: true,
    tags: { groups: ["teacher/high-school"] },
    ...members,
  };
}

export const json = (status, body, headers) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers });

/** A problem that the Worker could answer with: its code stands in `src/error.rs`, with this status. */
export const problem = (status, code, members) => {
  assert.equal(codes.get(code), status, `${code} is no code of the Worker's with status ${status}`);
  return json(status, { title: "refused", status, code, ...members });
};

const declared = readFileSync(new URL("../../src/error.rs", import.meta.url), "utf8").matchAll(/^ {4}\w+ "(\w+)" (\d{3}) /gm);
/** Every code of the Worker's with its status. */
export const codes = new Map([...declared].map(([, code, status]) => [code, Number(status)]));

/**
 * A fetch over `routes`, such as `{ "GET /auth/session": () => json(200, …) }`; `asked` lists the requests in order.
 * Every answer comes a little later, as over a network.
 */
export function fakeFetch(routes) {
  const asked = [];
  const fetch = async (input, init) => {
    const request = new Request(input, init);
    const name = `${request.method} ${request.url.slice(ORIGIN.length)}`;
    asked.push(name);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const answer = routes[name] ?? routes[name.replace(/\?.*/, "")] ?? (() => problem(404, "not_found"));
    return answer(request);
  };
  return { fetch, asked };
}

/** A client of a Worker that answers by `routes`, and what that was asked. */
export function setUp(routes, options) {
  const { fetch, asked } = fakeFetch(routes);
  return { client: createClient({ origin: ORIGIN, fetch, ...options }), asked };
}

/** Routes that answer with a session, or with none. */
export const session = (members) => () => json(200, { session: aSession(members) });
export const signedOut = () => json(200, { session: null });

/** Until what is ready has run. */
export const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A call makes this one request with this body (a text), and makes `outcome` of its answer (none: 204). */
export function testCall(call, request, body, answer, outcome) {
  test(`${request} ${body} ${JSON.stringify(answer)}`, async () => {
    let sent;
    const route = async (asking) => ((sent = await asking.text()), json(answer ? 200 : 204, answer));
    const { client, asked } = setUp({ [request]: route });
    assert.deepEqual(await call(client), outcome);
    assert.deepEqual(asked, [request]);
    assert.equal(sent, body);
  });
}
