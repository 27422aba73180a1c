// The demo OpenID Provider: npm `oidc-provider` with four people and pages of its own. For development and tests,
// on loopback only; it forgets everything when it ends.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { consentPage, messagePage, peoplePage, portrait } from "./idp/pages.mjs";
import { createStore } from "./idp/store.mjs";
import { Fault } from "./run.mjs";

const person = (id, color, email_verified) => ({
  id,
  color,
  name: id[0].toUpperCase() + id.slice(1),
  email: `${id}@school.example`,
  email_verified,
});

export const people = [
  person("ada", "#8a3ffc", true),
  person("ben", "#00695c", true),
  person("cleo", "#b71c1c", false),
  person("dora", "#1a56a8", true),
];

/**
 * Starts the provider and resolves with `{ issuer, close }`.
 *
 * `clients` are client metadata in the words of OpenID Connect Dynamic Client Registration:
 * `{ client_id, client_secret, client_name, redirect_uris, … }`.
 */
export async function startIdp({ port, clients, issuer = `http://localhost:${port}` }) {
  const provider = await quietly(() => createProvider(issuer, clients));
  const server = createServer(handler(provider, issuer));
  await listen(server, port);
  return { issuer, close: () => close(server) };
}

async function createProvider(issuer, clients) {
  const { Provider, interactionPolicy } = await import("oidc-provider");
  return new Provider(issuer, {
    adapter: createStore(),
    claims: { openid: ["sub", "amr", "auth_time"], email: ["email", "email_verified"], profile: ["name", "picture"] },
    clients,
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_ctx, id) => account(issuer, id),
    interactions: { policy: alwaysAsk(interactionPolicy), url: (_ctx, { uid }) => `/interaction/${uid}` },
    jwks: { keys: [await signingKey("RS256"), await signingKey("ES256")] },
    pkce: { required: () => true },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = messagePage("That did not work", `${out.error}: ${out.error_description ?? "no more is known"}`);
    },
    // Given so that the library does not warn that it uses these very values by itself.
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86_400, IdToken: 3600, Interaction: 3600, Session: 86_400 },
  });
}

/** Asks at every sign-in who it is, whoever it was last time: with four people to try, that is what one wants. */
function alwaysAsk({ base, Check }) {
  const policy = base();
  const asked = (ctx) => (ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT);
  policy.get("login").checks.add(new Check("always_ask", "the person chooses at every sign-in", asked));
  return policy;
}

function account(issuer, id) {
  const found = people.find((candidate) => candidate.id === id);
  if (!found) return undefined;
  const { name, email, email_verified } = found;
  const picture = `${issuer}/picture/${id}.svg`;
  return { accountId: id, claims: () => ({ sub: id, name, picture, email, email_verified }) };
}

async function signingKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `${alg}-${randomBytes(6).toString("hex")}` };
}

function handler(provider, issuer) {
  const callback = provider.callback();
  return (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    const route = routes.find(({ method, path }) => method === request.method && path.test(pathname));
    if (!route) return void callback(request, response);
    route.answer(provider, request, response).catch((error) => {
      const text = error.error_description ?? error.message;
      send(response, error.statusCode ?? 500, "text/html", messagePage("That did not work", text));
    });
  };
}

const routes = [
  { method: "GET", path: /^\/$/, answer: showWelcome },
  { method: "GET", path: /^\/picture\/\w+\.svg$/, answer: showPortrait },
  { method: "GET", path: /^\/interaction\/[\w-]+$/, answer: showInteraction },
  { method: "POST", path: /^\/interaction\/[\w-]+$/, answer: takeInteraction },
];

async function showWelcome(_provider, _request, response) {
  send(response, 200, "text/html", messagePage("A provider to try", "Start at the application: it sends you here."));
}

async function showPortrait(_provider, request, response) {
  const found = people.find(({ id }) => request.url === `/picture/${id}.svg`);
  if (!found) return send(response, 404, "text/plain", "not found");
  send(response, 200, "image/svg+xml", portrait(found));
}

async function showInteraction(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  const client = await provider.Client.find(details.params.client_id);
  const shown = { action: request.url, client: client.clientName ?? client.clientId };
  const asksWho = details.prompt.name === "login";
  send(response, 200, "text/html", asksWho ? peoplePage({ ...shown, people }) : consent(shown, details));
}

function consent(shown, details) {
  const who = people.find(({ id }) => id === details.session.accountId);
  return consentPage({ ...shown, person: who, scopes: details.params.scope.split(" ") });
}

async function takeInteraction(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  const form = new URLSearchParams(await body(request));
  const answer = details.prompt.name === "login" ? signedIn : decided;
  const result = await answer(provider, details, form);
  const mergeWithLastSubmission = "consent" in result;
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission });
}

async function signedIn(provider, details, form) {
  const chosen = people.find(({ id }) => id === form.get("person"));
  if (!chosen) throw new Fault("there is no such person");
  await forgetOther(provider, details, chosen.id);
  return { login: { accountId: chosen.id, amr: ["pwd"] } };
}

/** A session of somebody else ends here; otherwise the library would ask whether to sign out first. */
async function forgetOther(provider, details, id) {
  if (!details.session?.accountId || details.session.accountId === id) return;
  const session = await provider.Session.findByUid(details.session.uid);
  await session?.destroy();
  delete details.session;
  await details.save(details.exp - Math.floor(Date.now() / 1000));
}

async function decided(provider, details, form) {
  if (form.get("decision") !== "allow") {
    return { error: "access_denied", error_description: "the person refused" };
  }
  const { grantId, params, prompt, session } = details;
  const owner = { accountId: session.accountId, clientId: params.client_id };
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant(owner);
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(" "));
  grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
  return { consent: { grantId: await grant.save() } };
}

async function body(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > 10_000) throw new Fault("the form is too large");
  }
  return text;
}

function send(response, status, type, text) {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "cache-control": "no-store",
  });
  response.end(text);
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(error.code === "EADDRINUSE" ? new Fault(`port ${port} is in use: set IDP_PORT to another one`) : error),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
}

function close(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

/** Does work without one warning: the library calls every Node unsupported that is not a long-term release, 20.3 among them. */
export async function quietly(work) {
  const { warn } = console;
  console.warn = (text, ...more) => void (/oidc-provider WARNING: Unsupported runtime/.test(text) || warn(text, ...more));
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}
