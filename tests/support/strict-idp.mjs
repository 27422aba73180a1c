// An OpenID Provider that takes nothing but the strictest form of everything: npm `oidc-provider` with pushed authorization
// requests (RFC 9126), PKCE, `private_key_jwt`, signed userinfo, RFC 9207 and `form_post`.
//
//   const idp = await startStrictIdp(runtime.strict);
//   idp.person = { sub: "eva", email: "eva@school.example", email_verified: true };
//   idp.last("/request").params  // what was pushed
//   await idp.rotate();          // other signing keys, and none of the old ones
//
// It asks nobody: whoever is `person` now has signed in and agreed.

import { createServer } from "node:http";
import { randomBytes, randomUUID } from "node:crypto";
import { quietly } from "../../scripts/idp.mjs";
import { createStore } from "../../scripts/idp/store.mjs";
import { close, listen } from "./ports.mjs";
import { freshKey, publicJwk } from "./tokens.mjs";

/** Extra parameters of the authorization request that it knows; any other is passed over. */
const EXTRA = ["school"];
const CLAIMS = { openid: ["sub", "auth_time"], email: ["email", "email_verified"], profile: ["name", "given_name"] };

/** Starts it on its port of the test runtime: `{ issuer, port, clients }`, the clients in the words of Dynamic Client Registration. */
export async function startStrictIdp({ issuer, port, clients }) {
  const idp = new StrictIdp(issuer, clients);
  await idp.rotate();
  const server = createServer((request, response) => idp.serve(request, response));
  server.keepAliveTimeout = 60_000;
  await listen(server, port);
  idp.close = () => close(server);
  return idp;
}

class StrictIdp {
  #store = createStore();
  #people = new Map();
  #cookies = { keys: [randomBytes(32).toString("base64url")] };

  constructor(issuer, clients) {
    Object.assign(this, { issuer, clients });
    this.reset();
  }

  /** Somebody new, and nothing asked yet. */
  reset() {
    const sub = `strict-${randomUUID()}`;
    this.person = { sub, name: "Eva", given_name: "Eva", email: `${sub}@school.example`, email_verified: true };
    this.requests = [];
  }

  /** From now on it signs with other keys and publishes no others, unless it is told to. What it has given out goes on. */
  async rotate(signing, published) {
    this.keys = signing ?? [await freshKey("ES256"), await freshKey("RS256")];
    this.published = published?.map(publicJwk);
    this.provider = await quietly(() => createProvider(this, { adapter: this.#store, cookies: this.#cookies, findAccount: this.#find }));
    this.answer = this.provider.callback();
  }

  serve(request, response) {
    const { pathname } = new URL(request.url, this.issuer);
    if (pathname === "/jwks" && this.published) return void sendKeys(response, this.published);
    if (!pathname.startsWith("/interaction/")) return void this.answer(request, response);
    this.#people.set(this.person.sub, { ...this.person });
    const result = { login: { accountId: this.person.sub }, consent: {}, select_account: {} };
    this.provider.interactionFinished(request, response, result).catch((error) => response.writeHead(500).end(error.stack));
  }

  #find = (_ctx, id) => ({ accountId: id, claims: () => this.#people.get(id) });

  /** The newest request to a path. */
  last = (path) => this.requests.findLast((request) => request.path === path);
}

function sendKeys(response, keys) {
  response.writeHead(200, { "content-type": "application/jwk-set+json" }).end(JSON.stringify({ keys }));
}

async function createProvider(idp, kept) {
  const { Provider, interactionPolicy } = await import("oidc-provider");
  const provider = new Provider(idp.issuer, {
    ...kept,
    claims: CLAIMS,
    clients: idp.clients,
    extraParams: EXTRA,
    features: {
      devInteractions: { enabled: false },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    },
    interactions: { policy: asking(interactionPolicy), url: (_ctx, { uid }) => `/interaction/${uid}` },
    jwks: { keys: idp.keys },
    loadExistingGrant: agreed,
    pkce: { required: () => true },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 3600, PushedAuthorizationRequest: 60, Session: 3600 },
  });
  provider.use(async (ctx, next) => {
    await next();
    const { params, body } = ctx.oidc ?? {};
    const { path, headers, status } = ctx;
    idp.requests.push({ path, headers, status, params: { ...params }, body: { ...body } });
  });
  return provider;
}

function asking({ base, Prompt }) {
  const policy = base();
  policy.add(new Prompt({ name: "select_account", requestable: true }));
  return policy;
}

/** Nobody is asked: the client may know whatever it asks for. */
async function agreed({ oidc }) {
  const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}
