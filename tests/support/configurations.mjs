// The configurations that the tests meet. Each is one Worker of the runtime; a new one is a new entry here.

import { createPrivateKey } from "node:crypto";
import { publicJwk } from "./tokens.mjs";

const SECRET = "a secret for tests only, long enough to be one";
const CLIENT_SECRETS = { demo: "the-demo-client-secret", campus: "the-campus-client-secret" };

/** The bindings of each Worker, by its name. `at` is the runtime's description: origins and the lying providers. */
export const configurations = {
  // Everything that a development set-up has. `campus` is the same provider once more, as another client: it signs ES256,
  // and the client secret comes from a secret of its own.
  main: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.main) }),
  // The same, as JSON text, with access tokens that are spent as soon as may be.
  brief: (at) => ({ ...secrets, COUNTERSIGN: JSON.stringify({ ...development(at, at.brief), access_lifetime: 30 }) }),
  // The whole school, with its own routes: what `npm start` gives a developer.
  oak: (at) => ({ ...secrets, COUNTERSIGN: school(at) }),
  // Asked by nobody before the test of first requests.
  fresh: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.fresh) }),
  // For tokens that are signed well and say something wrong: its keys in KV are the test's.
  forged: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.forged) }),
  // The other algorithm of signing. Asked by nobody before the test of its keys.
  eddsa: (at) => ({ ...secrets, COUNTERSIGN: { ...development(at, at.eddsa), signing_algorithm: "EdDSA" } }),
  // Each other policy, and each setting that changes what people meet.
  approval: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.approval, { registration: "approval" }) }),
  both: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.both, { registration: "verification_and_approval" }) }),
  open: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.open, { registration: "open", fields: [] }) }),
  untilVerified: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.untilVerified, { registration: "until_verified" }) }),
  // Nobody registers, and whatever can be switched off is.
  closed: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.closed, { registration: "closed", off: everyAction }) }),
  // Passwords are held against those known from breaches; the service is the test's.
  breached: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.breached, { password: { ...cheap, breach_check: true } }) }),
  // Several tag sets, groups without tags, and each part of administration given to somebody else.
  classroom: (at) => ({ ...secrets, COUNTERSIGN: { ...development(at, at.classroom), ...classroom } }),
  // Parts of administration, each given away in a way that would give too much.
  overreaching: (at) => ({ ...secrets, COUNTERSIGN: { ...development(at, at.overreaching), ...overreaching } }),
  // A client may ask three times a minute.
  limited: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.limited) }),
  // Providers in each way that they can be asked, and linked: `strict` wants the strictest form of everything, `jwt`, `post` and
  // `sealed` are other clients of it, the last one with userinfo that is encrypted, `rsa` and `edwards` clients that sign with
  // keys of those kinds; the lying providers once more, `hostile` with its tokens kept, `other` linked automatically, `mute` and
  // `local` the same without, or with less of a say about addresses, and `plain` as one of OAuth 2 without an ID token.
  federated: (at) => ({ ...secrets, ...clientKeys(at.strict.keys), COUNTERSIGN: JSON.stringify(federated(at)) }),
  // As deployed: https only. It can be asked over loopback; what it asks at the provider's host reaches a lying provider.
  production: (at) => ({ ...secrets, COUNTERSIGN: production(at.school) }),
  // Rules for routes, and links that others than administrators make.
  ruled: (at) => ({ ...secrets, COUNTERSIGN: { ...development(at, at.ruled), ...ruled } }),
  // The same behind a reverse proxy, whose origin people see.
  proxied: (at) => ({ ...secrets, COUNTERSIGN: { ...development(at, at.nginx), ...ruled, sign_in: "/sign-in?from=here" } }),
  // Each rule wrong in its own way.
  misruled: (at) => ({ ...secrets, COUNTERSIGN: { ...development(at, at.misruled), ...misruled } }),
  // Every value wrong in its own way.
  broken: () => ({ COUNTERSIGN_SECRET: "too short", COUNTERSIGN_SECRET_PREVIOUS: "short too", COUNTERSIGN: broken }),
  // Not even JSON.
  garbled: () => ({ COUNTERSIGN_SECRET: SECRET, COUNTERSIGN: "{ origin: " }),
};

/** The hosts of the world outside that a Worker reaches, and the port of loopback behind each. */
export const outside = {
  production: (at) => ({ [new URL(at.school.issuer).host]: at.school.port }),
  breached: (at) => ({ "api.pwnedpasswords.com": at.breaches }),
};

/** Addresses that the configuration of a Worker makes administrators of; few where each of them gets a mail for whoever wants to be let in. */
export const heads = (worker) => headed(["approval", "both"].includes(worker));

const headed = (few) => Array.from({ length: few ? 20 : 200 }, (_, n) => `head${n}@school.example`);

/** The clients that the demo provider knows. */
export function idpClients(at) {
  return [
    client(at, "demo", { client_name: "Countersign" }),
    client(at, "campus", { client_name: "Countersign on campus", id_token_signed_response_alg: "ES256" }),
  ];
}

const clientId = (provider) => `countersign-${provider}`;

const secrets = { COUNTERSIGN_SECRET: SECRET, CAMPUS_CLIENT_SECRET: CLIENT_SECRETS.campus };

const scopes = ["openid", "email", "profile"];

/** As cheap as hashing may be: these tests ask who gets in, not how long that takes. */
const cheap = { memory_kib: 7168, iterations: 5 };

const everyAction = [
  "register",
  "verify_email",
  "login",
  "logout",
  "profile",
  "change_password",
  "change_email",
  "reset_password",
  "remind_user_name",
  "export",
  "delete_account",
];

const fields = [
  { name: "class", label: "Class", type: "choice", choices: ["7a", "7b"] },
  { name: "age", label: "Age", type: "number", min: 6, max: 120, integer: true },
  { name: "motto", label: "Motto", type: "text", max_length: 40, pattern: "[A-Z].*" },
  { name: "born", label: "Born", type: "date", min: "1900-01-01" },
  { name: "news", label: "Send me news", type: "boolean" },
];

function development(at, origin, accounts) {
  const demo = { name: "Demo school", issuer: at.idp, client_id: clientId("demo"), client_secret: CLIENT_SECRETS.demo, scopes };
  const campus = { name: "Campus", issuer: at.idp, client_id: clientId("campus"), scopes };
  const providers = { demo, campus, hostile: liar("Hostile", at.hostile), other: liar("Other", at.other) };
  // Cleo's address is not verified, so naming her here must not help her.
  return {
    origin,
    development: true,
    admins: ["ada@school.example", "cleo@school.example", "dora@school.example", ...headed(/approval/.test(accounts?.registration))],
    providers,
    accounts: { password: cheap, fields, ...accounts },
    mail: { from: "Countersign <no-reply@app.example>", transport: "mailbox" },
  };
}

function school(at) {
  const { providers: { demo, campus, hostile }, ...rest } = development(at, at.oak, { fields: [] });
  const rules = [{ path: "/teachers/*", policy: { has_tag: "groups:teacher" } }];
  return { ...rest, providers: { demo, campus, hostile: { ...hostile, name: "Village library" } }, sign_in: "/sign-in", rules };
}

/** The clients of the strict provider, in the words of Dynamic Client Registration. */
export function strictClients({ federated }, keys, sealing) {
  const strict = (provider, more) => ({
    client_id: clientId(provider),
    redirect_uris: [`${federated}/auth/oauth/${provider}/callback`],
    id_token_signed_response_alg: "ES256",
    require_pushed_authorization_requests: true,
    ...more,
  });
  const authenticated = (token_endpoint_auth_method) => ({ token_endpoint_auth_method });
  const secret = (provider, method) => ({ client_secret: `the-${provider}-client-secret-of-forty-characters`, ...authenticated(method) });
  const signed = { userinfo_signed_response_alg: "ES256" };
  const signing = (provider, more) => strict(provider, { ...authenticated("private_key_jwt"), jwks: { keys: [publicJwk(keys[provider])] }, ...more });
  return [
    signing("strict", signed),
    strict("jwt", secret("jwt", "client_secret_jwt")),
    strict("post", secret("post", "client_secret_post")),
    strict("sealed", { ...secret("sealed", "client_secret_basic"), ...signed, jwks: { keys: [sealing] }, userinfo_encrypted_response_alg: "ECDH-ES" }),
    signing("rsa"),
    signing("edwards"),
  ];
}

function federated(at) {
  const { issuer, clients, keys } = at.strict;
  const [strict, jwt, post, sealed, rsa, edwards] = clients.map(({ client_id, client_secret, token_endpoint_auth_method }) => ({
    issuer, client_id, client_secret, client_authentication: token_endpoint_auth_method,
  }));
  const other = liar("Other", at.other);
  const providers = {
    strict: { ...strict, key_id: keys.strict.kid, par: true, response_mode: "form_post", parameters: { school: "7b" } },
    jwt: { ...jwt, assertion_audience: "token_endpoint" },
    post,
    sealed,
    rsa: { ...rsa, key_id: keys.rsa.kid },
    edwards: { ...edwards, key_id: keys.edwards.kid },
    hostile: { ...liar("Hostile", at.hostile), tokens: true },
    other: { ...other, linking: "automatic" },
    mute: { ...other, linking: "automatic", vouches: false },
    local: { ...other, linking: "automatic", email_domains: ["school.example"] },
    plain: { ...plain(at.hostile), tokens: true },
  };
  return { ...development(at, at.federated), providers };
}

/** The lying provider as one of OAuth 2. */
function plain({ issuer, client_id, client_secret }) {
  return {
    kind: "oauth2",
    name: "Plain",
    issuer: `${issuer}/plain`,
    endpoints: { authorization: `${issuer}/authorize`, token: `${issuer}/token`, userinfo: `${issuer}/userinfo` },
    client_id,
    client_secret,
    scopes: ["profile"],
    profile: { subject: "/sub", email: "/email", name: "/name" },
    email_verified: [{ at: "/email_verified" }],
  };
}

/** The secret of each client that signs who it is: its private key in PEM. */
const clientKeys = (keys) => Object.fromEntries(Object.entries(keys).map(([provider, key]) => [`${provider.toUpperCase()}_PRIVATE_KEY`, pem(key)]));

const pem = (jwk) => createPrivateKey({ key: jwk, format: "jwk" }).export({ type: "pkcs8", format: "pem" });

const ruled = {
  tag_sets: ["permissions"],
  proxies: ["192.0.2.0/24", "2001:db8:ffff::/48"],
  links: { policy: { has_tag: "groups:teacher" }, max_lifetime: 600 },
  rules: [
    { path: "/public/*", policy: "anyone" },
    { path: "/pages/{page}", policy: "anyone" },
    { path: "/", policy: "signed_in" },
    { path: "/home/*", policy: "signed_in" },
    { path: "/members", policy: "verified" },
    { path: "/kept", policy: "signed_in", at: "decided" },
    { path: "/lessons/*", methods: ["GET"], policy: { has_tag: "groups:teacher" }, at: "replicated" },
    { path: "/lessons/*", methods: ["POST", "DELETE"], policy: { has_tag: { all: ["groups:teacher", "groups:head"] } }, at: "decided" },
    { path: "/documents/{id}", methods: ["GET"], policy: document("read") },
    { path: "/documents/{id}", methods: ["PUT"], policy: document("update"), at: "decided" },
    { path: "/people/{who}/*", policy: { user_in: ["{who}"] } },
    { path: "/database", policy: { in_group_with: "permissions:zap database" } },
    { path: "/admin/help", policy: "signed_in" },
    { path: "/admin/*", policy: { has_tag: "groups:admin" }, at: "decided" },
    { path: "/admin/secret", policy: "anyone" },
    { path: "/office", policy: { from_ip: ["10.0.0.0/8", "2001:db8:1::/48"] } },
    { path: "/outside", policy: { not: { from_ip: ["10.0.0.0/8"] } } },
    { path: "/mornings", policy: { between_times: { from: "00:00", to: "12:00", zone: "Asia/Kathmandu" } } },
    { path: "/workdays", policy: { on_weekdays: { days: ["mon", "tue", "wed", "thu", "fri"], zone: "Pacific/Auckland" } } },
    { path: "/vault", policy: { and: ["signed_in", { confirmed_within: 600 }] } },
    { path: "/switch", policy: { condition: "open" } },
  ],
};

function document(name) {
  return { has_permission: { name, kind: "document", record: "{id}" } };
}

const misruled = {
  proxies: ["10.0.0.1/8"],
  sign_in: "//elsewhere.example/",
  rules: [
    { path: "/a" },
    { path: "/b", policy: { between_times: { from: "08:00", to: "18:00", zone: "Europe/Atlantis" } } },
    { path: "/c", policy: { in_group_with: "permissions:x" }, at: "carried" },
    { path: "/d/*/e", policy: "anyone" },
    { path: "/f/{id}", policy: { user_in: ["{name}"] } },
    { path: "/g", policy: "anyone", method: ["GET"] },
    { path: "/h", policy: { has_tag: "groups:teacher", or: ["anyone"] } },
    { path: "/i", policy: "anyone", methods: ["get"] },
    { path: "/j", policy: "everybody" },
  ],
  links: { policy: "anyone", max_lifetime: 604_801 },
};

function liar(name, { issuer, client_id, client_secret }) {
  return { name, issuer, client_id, client_secret, scopes };
}

function production({ issuer, client_id, client_secret }) {
  const school = { name: "School", issuer, client_id, client_secret, scopes };
  return { origin: "https://app.example", admins: ["ada@school.example"], providers: { school } };
}

const manager = (tag, more) => ({ policy: { has_tag: `groups:${tag}` }, ...more });

const classroom = {
  tag_sets: ["groups", "permissions", "labels"],
  groups: { own: "person", everybody: "everybody" },
  administration: {
    accounts: manager("office"),
    sessions: manager("guard"),
    tags: manager("head", { only: ["groups:class", "labels:school"] }),
    groups: manager("organizer", { only: ["groups:club"] }),
    permissions: manager("granter"),
    keys: manager("locksmith"),
    events: manager("auditor"),
  },
};

const overreaching = {
  groups: { own: "all/own", everybody: "all" },
  administration: {
    accounts: manager("class/7b"),
    sessions: { policy: { has_permission: { name: "end sessions" } } },
    tags: manager("head", { only: ["groups:class"] }),
    groups: manager("organizer"),
    permissions: { policy: { in_group_with: "groups:granter" } },
    keys: {},
    events: manager("auditor", { only: ["groups:class"] }),
    everything: manager("head"),
  },
};

const broken = {
  origin: "http://app.example/path",
  admins: ["not an address"],
  access_lifetime: -1,
  signing_algorithm: "HS256",
  key_lifetime: 60,
  providers: {
    "Bad Name": { name: "Plain", issuer: "http://accounts.example", client_id: "" },
  },
};

function client(at, provider, more) {
  return {
    client_id: clientId(provider),
    client_secret: CLIENT_SECRETS[provider],
    redirect_uris: [at.main, at.brief, at.oak, at.nginx].map((origin) => `${origin}/auth/oauth/${provider}/callback`),
    ...more,
  };
}
