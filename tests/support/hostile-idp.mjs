// An OpenID Provider that can be made to lie: an honest one on node:http whose every answer a test can bend.
//
//   const idp = await startHostileIdp(runtime.hostile);
//   idp.hooks.claims = (claims) => ({ ...claims, aud: "somebody-else" });
//   idp.hooks.jwks = () => answer({ body: "x".repeat(10_000_000) });
//   idp.requests.token.length  // how often the token endpoint was called
//   idp.reset();
//
// Its authorization endpoint asks nobody: it sends the browser straight back with a code for `idp.person`. Switches, besides
// the hooks: `openid` (false: OAuth 2, without an ID token), `offline` (gives refresh tokens, each good for once), `lifetime`
// (of its access tokens, in seconds), `pushing` ("offered" or "required": RFC 9126).

import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { close, listen } from "./ports.mjs";
import { compact, publicJwk } from "./tokens.mjs";

/** An answer as it stands, for a hook to give in place of the honest JSON. A generator is sent chunk by chunk. `delay` is in milliseconds. */
class Answer {
  constructor({ status = 200, headers = {}, body = "", delay = 0 }) {
    const asItIs = typeof body === "string" || Buffer.isBuffer(body) || Symbol.asyncIterator in Object(body);
    Object.assign(this, { status, delay, body: asItIs ? body : JSON.stringify(body) });
    this.headers = { "content-type": "application/json", ...headers };
  }
}

export const answer = (parts) => new Answer(parts);

/** A body that never ends: a chunk every so many milliseconds, the first one other than those that follow. */
export async function* endless({ first = "", chunk = " ", every = 1 } = {}) {
  for (let text = first; ; text = chunk) {
    yield text;
    await sleep(every);
  }
}

/**
 * Starts the provider on a port of the test runtime: `{ issuer, port, keys, client_id, client_secret }`. A port that
 * another test file still uses is waited for.
 */
export async function startHostileIdp({ port, ...parts }) {
  const idp = new HostileIdp(parts);
  const server = createServer((request, response) => {
    idp.serve(request, response).catch((error) => response.writeHead(500).end(error.stack));
  });
  // The Worker keeps connections for later and does not notice that one was closed meanwhile.
  server.keepAliveTimeout = 60_000;
  await listen(server, port);
  idp.close = () => close(server);
  return idp;
}

class HostileIdp {
  #codes = new Map();
  #pushed = new Map();
  #access = new Map();
  #refresh = new Map();

  constructor(parts) {
    Object.assign(this, parts);
    this.reset();
  }

  /** Makes it honest again and forgets what was asked. */
  reset() {
    this.person = somebody();
    Object.assign(this, { alg: "ES256", openid: true, offline: false, lifetime: 300, pushing: undefined });
    this.hooks = {};
    this.requests = { discovery: [], jwks: [], par: [], authorize: [], token: [], userinfo: [] };
  }

  async serve(request, response) {
    const url = new URL(request.url, this.issuer);
    const endpoint = endpoints[url.pathname];
    if (!endpoint) return void response.writeHead(404).end();
    const asked = { url, headers: request.headers, form: new URLSearchParams(await text(request)) };
    this.requests[endpoint].push(asked);
    const honest = await this[endpoint](asked);
    const given = this.hooks[endpoint] ? await this.hooks[endpoint](honest, asked) : honest;
    await send(response, given instanceof Answer ? given : answer({ body: given }));
  }

  discovery() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: Object.keys(this.keys),
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      ...(this.pushing && { pushed_authorization_request_endpoint: `${this.issuer}/par` }),
      ...(this.pushing === "required" && { require_pushed_authorization_requests: true }),
    };
  }

  jwks() {
    return { keys: Object.values(this.keys).map(publicJwk) };
  }

  /** RFC 9126 §2. What is pushed is good for one request. */
  par({ form, headers }) {
    if (!this.#isClient(form, headers)) return answer({ status: 401, body: { error: "invalid_client" } });
    const request_uri = `urn:ietf:params:oauth:request_uri:${randomUUID()}`;
    this.#pushed.set(request_uri, form);
    return answer({ status: 201, body: { request_uri, expires_in: 60 } });
  }

  /** `hooks.redirect(params, asked)` bends what is sent back; a parameter that is undefined is left out. */
  async authorize(asked) {
    const request = taken(this.#pushed, asked.url.searchParams.get("request_uri")) ?? asked.url.searchParams;
    const code = randomUUID();
    this.#codes.set(code, { request: Object.fromEntries(request), person: { ...this.person } });
    const honest = { code, state: request.get("state"), iss: this.openid ? this.issuer : undefined };
    const params = this.hooks.redirect ? await this.hooks.redirect(honest, asked) : honest;
    const location = new URL(request.get("redirect_uri"));
    for (const [name, value] of Object.entries(params)) if (value !== undefined) location.searchParams.set(name, value);
    return answer({ status: 302, headers: { location: location.href } });
  }

  async token({ form, headers }) {
    const renews = form.get("grant_type") === "refresh_token";
    const grant = renews ? taken(this.#refresh, form.get("refresh_token")) : taken(this.#codes, form.get("code"));
    if (!this.#isClient(form, headers)) return answer({ status: 401, body: { error: "invalid_client" } });
    if (!grant || !(renews || provesItself(form, grant.request))) return answer({ status: 400, body: { error: "invalid_grant" } });
    const access_token = `at-${randomUUID()}`;
    this.#access.set(access_token, grant.person);
    const tokens = { access_token, token_type: "Bearer", expires_in: this.lifetime, scope: grant.request.scope };
    if (this.offline) this.#refresh.set((tokens.refresh_token = `rt-${randomUUID()}`), grant);
    if (this.openid && !renews) tokens.id_token = await this.#idToken(grant, access_token);
    return tokens;
  }

  userinfo({ headers }) {
    const person = this.#access.get(headers.authorization?.replace(/^Bearer /, ""));
    return person ?? answer({ status: 401, body: { error: "invalid_token" } });
  }

  /** `hooks.claims`, `hooks.header` and `hooks.idToken` bend the token before and after it is signed. */
  async #idToken({ request, person }, access_token) {
    const now = Math.floor(Date.now() / 1000);
    const honest = {
      iss: this.issuer,
      sub: person.sub,
      aud: this.client_id,
      exp: now + 300,
      iat: now,
      auth_time: now,
      nonce: request.nonce,
      at_hash: createHash("sha256").update(access_token).digest().subarray(0, 16).toString("base64url"),
    };
    const claims = this.hooks.claims ? this.hooks.claims(honest) : honest;
    const header = { alg: this.alg, kid: this.keys[this.alg]?.kid };
    const token = compact(this.hooks.header ? this.hooks.header(header) : header, claims, this.keys);
    return this.hooks.idToken ? this.hooks.idToken(token) : token;
  }

  #isClient(form, headers) {
    const basic = `Basic ${Buffer.from(`${this.client_id}:${this.client_secret}`).toString("base64")}`;
    return headers.authorization === basic || form.get("client_secret") === this.client_secret;
  }
}

const endpoints = {
  "/.well-known/openid-configuration": "discovery",
  "/jwks": "jwks",
  "/authorize": "authorize",
  "/par": "par",
  "/token": "token",
  "/userinfo": "userinfo",
};

/** RFC 7636 §4.6, and the redirect URI must be the one of the request (RFC 6749 §4.1.3). */
function provesItself(form, request) {
  const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
  return challenge === request.code_challenge && form.get("redirect_uri") === request.redirect_uri;
}

/** Somebody new, with an address that nobody else has and that the provider vouches for. */
function somebody() {
  const sub = `sub-${randomUUID()}`;
  return { sub, name: "Mallory", email: `${sub}@school.example`, email_verified: true };
}

function taken(map, key) {
  const value = map.get(key);
  map.delete(key);
  return value;
}

async function send(response, { status, headers, body, delay }) {
  if (delay) await sleep(delay);
  response.writeHead(status, headers);
  if (!(Symbol.asyncIterator in Object(body))) return void response.end(body);
  for await (const chunk of body) {
    if (response.destroyed) return;
    response.write(chunk);
  }
}

async function text(request) {
  let all = "";
  for await (const chunk of request.setEncoding("utf8")) all += chunk;
  return all;
}
