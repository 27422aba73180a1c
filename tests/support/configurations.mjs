// The configurations that the tests meet. Each is one Worker of the runtime; a new one is a new entry here.

const SECRET = "a secret for tests only, long enough to be one";
const CLIENT_SECRETS = { demo: "the-demo-client-secret", campus: "the-campus-client-secret" };

/** The bindings of each Worker, by its name. `at` is the runtime's description: origins and the lying providers. */
export const configurations = {
  // Everything that a development set-up has. `campus` is the same provider once more, as another client: it signs ES256,
  // and the client secret comes from a secret of its own.
  main: (at) => ({ ...secrets, COUNTERSIGN: development(at, at.main) }),
  // The same, as JSON text, with access tokens that are spent as soon as may be.
  brief: (at) => ({ ...secrets, COUNTERSIGN: JSON.stringify({ ...development(at, at.brief), access_lifetime: 30 }) }),
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
  // As deployed: https only. It can be asked over loopback; what it asks at the provider's host reaches a lying provider.
  production: (at) => ({ ...secrets, COUNTERSIGN: production(at.school) }),
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
    admins: ["ada@school.example", "cleo@school.example", "dora@school.example"],
    providers,
    accounts: { password: cheap, fields, ...accounts },
    mail: { from: "Countersign <no-reply@app.example>", transport: "mailbox" },
  };
}

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
    redirect_uris: [at.main, at.brief].map((origin) => `${origin}/auth/oauth/${provider}/callback`),
    ...more,
  };
}
