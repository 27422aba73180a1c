// What attack tests have in common: a flow that is stopped before its callback, and what must hold after an attack.
//
// An attack has failed when the answer carries the right code, nobody is signed in, and the log names the exact cause.

import assert from "node:assert/strict";
import { createHash, createPrivateKey, sign } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { Browser } from "./browser.mjs";

const LOG_PATIENCE_MS = 5_000;

export const sessionCookies = ["countersign", "countersign-refresh"];

/**
 * Remembers how far the log is now; the function that it resolves with waits for a line with this code and cause. Its
 * `event(name, details)` waits for an event, and `failed(provider, code, cause)` for both lines of a sign-in that has failed.
 */
export async function watchLog(runtime) {
  const begin = (await runtime.log()).length;
  async function awaitLine(fits, what) {
    const end = Date.now() + LOG_PATIENCE_MS;
    for (;;) {
      const lines = (await runtime.log()).slice(begin).split("\n").flatMap(entry);
      if (lines.some(fits)) return;
      if (Date.now() > end) assert.fail(`the log has no ${what}: ${JSON.stringify(lines.slice(-5))}`);
      await sleep(50);
    }
  }
  const logged = (code, cause) => awaitLine((line) => line.code === code && cause.test(line.cause), `${code} with ${cause}`);
  logged.event = (event, details) =>
    awaitLine((line) => line.event === event && isDeepStrictEqual(line.details, details), `${event} of ${JSON.stringify(details)}`);
  logged.failed = async (provider, code, cause) => {
    await logged(code, cause);
    await logged.event("sign_in_failed", { provider, code });
  };
  return logged;
}

function entry(line) {
  const start = line.indexOf("{");
  try {
    return start < 0 ? [] : [JSON.parse(line.slice(start))];
  } catch {
    return [];
  }
}

/** The answer is this problem, and it signs nobody in. */
export function assertProblem(page, status, code) {
  assert.equal(page.status, status, `${page.url.pathname}: ${page.text.slice(0, 300)}`);
  assert.match(page.headers.get("content-type"), /^application\/problem\+json/);
  assert.equal(page.json.code, code);
  for (const cookie of page.headers.getSetCookie()) {
    assert.doesNotMatch(cookie, /^(__Host-)?countersign(-refresh)?=[^;]/, "no session comes with a problem");
  }
}

export async function assertSignedOut(browser, origin) {
  for (const name of sessionCookies) assert.equal(browser.cookies.named(origin, name), undefined, name);
  assert.deepEqual((await browser.get(`${origin}/auth/session`)).json, { session: null });
}

/** Starts a sign-in and stops in front of the callback: the browser, and where the provider sends it. */
export async function startFlow(origin, provider, { browser = new Browser(), next = "/" } = {}) {
  const login = `${origin}/auth/oauth/${provider}/login?${new URLSearchParams({ next })}`;
  const page = await browser.get(login, { stopBefore: (url) => url.pathname.endsWith("/callback") });
  assert.ok(page.location?.pathname.endsWith("/callback"), `${page.status} ${page.text.slice(0, 300)}`);
  return { browser, callback: page.location };
}

/** Signs in at a provider that asks nothing; resolves with the browser and the answer of the callback. */
export async function signInAt(origin, provider, options) {
  const { browser, callback } = await startFlow(origin, provider, options);
  return { browser, callback, page: await browser.get(callback, { follow: false }) };
}

/** The account that a subject of an issuer leads to, or null. */
export function accountOf(runtime, worker, issuer, subject) {
  return runtime.kv(worker).get(handleKey(issuer, subject));
}

/** Where KV keeps the account that a subject of an issuer leads to. */
export const handleKey = (issuer, subject) => `handle:identity:${digest(`${issuer.length}:${issuer}${subject}`)}`;

/** Lets the Worker forget what it keeps of a provider, so that it asks again. */
export async function forgetProvider(runtime, worker, issuer) {
  await runtime.kv(worker).delete(`discovery:${digest(issuer)}`);
  await runtime.kv(worker).delete(`provider-keys:${digest(`${issuer}/jwks`)}`);
}

const digest = (text) => createHash("sha256").update(text).digest("base64url");

/** A JWS over parts that are given as texts, so that they need not be JSON, or may be JSON that no library writes. */
export function signedTexts(header, payload, jwk) {
  return signedInput([header, payload].map(encode).join("."), jwk);
}

/** A JWS (ES256) over a signing input as it stands. */
export function signedInput(input, jwk) {
  const key = { key: createPrivateKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
}

export const encode = (text) => Buffer.from(text).toString("base64url");

/** Sends bytes that no HTTP library would send, and resolves with the status and the text of the answer. */
export async function sendRaw(origin, { method = "GET", path = "/", headers = [], body = "" }) {
  const { port, host } = new URL(origin);
  const lines = headers.some(([name]) => name.toLowerCase() === "host") ? headers : [["Host", host], ...headers];
  const length = body ? [["Content-Length", Buffer.byteLength(body, "latin1")]] : [];
  const head = [...lines, ...length, ["Connection", "close"]].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const answer = await exchange(port, Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`, "latin1"));
  const [top, ...rest] = answer.split("\r\n\r\n");
  return { status: Number(top.split(" ")[1]), head: top, text: rest.join("\r\n\r\n") };
}

function exchange(port, bytes) {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(bytes));
    socket.setEncoding("latin1").on("data", (chunk) => {
      answer += chunk;
      // The runtime leaves the connection open for some seconds, whatever it was told.
      if (isWhole(answer)) socket.destroy();
    });
    // A server that hangs up on such bytes has answered too.
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
  });
}

function isWhole(answer) {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = answer.slice(0, end).match(/^content-length: (\d+)/im)?.[1];
  if (length !== undefined) return answer.length - end - 4 >= Number(length);
  return answer.endsWith("\r\n0\r\n\r\n") || / (204|304) /.test(answer.slice(0, 16));
}
