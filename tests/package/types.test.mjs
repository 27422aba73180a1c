// The types, as a strict consumer sees them through each way of resolving the package.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { createConsumer } from "../support/consumer.mjs";
import { codes } from "./fake.mjs";

/** What only the package itself says. */
const CLIENT_CODES = [
  "network_unavailable",
  "response_invalid",
  "origin_missing",
  "navigation_unavailable",
  "wasm_unavailable",
  "wasm_failed",
  "issuer_missing",
];

const CONSUMER = `
import { createClient, CountersignError, evaluate, policy } from "countersign";
import type { Accessible, AccountEvents, CheckOptions, Claims, Client, Config, EmailChangeBegun, Events, Explanation, Facts, Field, FieldError, Group, Groups, Identity, LinkCreation, LinkMade, LinkOptions, LinkSettled, Listed, Login, Members, More, Outcome, People, PendingLink, Permission, Permissions, Policy, Profile, ProfileChanges, Provider, ProviderToken, Registered, RuleExplained, Session, SignedIn, Status, Strength, Tokens, TokenStore } from "countersign";

const client: Client = createClient({ origin: "https://school.example" });

export async function use(): Promise<string> {
  const session: Session | null = await client.session({ fresh: true });
  if (!session) return client.signInUrl("demo", { next: "/" });
  const seconds: number = session.expires_at - session.issued_at;
  const tags: string[] | undefined = session.tags["groups"];
  const mine: boolean = await client.has("groups:teacher");
  const answer = await client.check("groups:teacher", { at: "decided" });
  const why: string | undefined = answer.allowed ? answer.by : answer.problem.code;
  const how: Outcome | undefined = answer.allowed ? answer.outcome : "failed";
  const { ver, tags: claimed }: Claims = await client.claims("token");
  const { records, next } = await client.tags.find("groups", "teacher", { limit: 10 });
  const more = await client.tags.find("groups", "teacher", { after: next });
  const response: Response = await client.fetch("/api/marks", { method: "POST", body: "A+" });
  const stop: () => void = client.subscribe((changed) => console.log(changed?.account));
  const known: Session | null | undefined = client.getSnapshot();
  stop();
  return [seconds, tags, mine, why, how, ver, claimed["groups"], records, more.records, response.status, known].join();
}

export async function join(config: Config): Promise<string> {
  const fields: Field[] = config.fields.filter(({ required }) => required);
  const weakest: 0 | 1 | 2 | 3 | 4 | undefined = config.password?.min_strength;
  const { score, warning }: Strength = await client.strength("a password", ["ada"]);
  const { next } = await client.register({ email: "ada@school.example", password: "a password", fields: { class: "7b" } });
  if (next === "verify_email") await client.verifyEmail("token").then(({ done }) => done === "approval_pending");
  const session: Session = await client.signInWithPassword({ login: "ada", password: "a password" });
  const anew: Session | null = await client.resetPassword({ token: "token" });
  return [fields, weakest, score, warning, session, anew].join();
}

export async function keep(): Promise<Profile> {
  const changes: ProfileChanges = { last_name: null, fields: { age: 14, news: null } };
  const profile: Profile = await client.updateProfile(changes);
  const session = await client.session();
  const confirmed: boolean = (session?.confirmed_until ?? 0) > Date.now() / 1000;
  await client.changePassword(confirmed ? { new_password: "b" } : { new_password: "b", old_password: "a" });
  const { next } = await client.changeEmail({ email: "countess@school.example" });
  if (next === "confirm_old_email") await client.undoEmailChange("token");
  await client.requestPasswordReset("ada");
  await client.remindUserName("ada@school.example");
  const { profile: { account } } = await client.exportAccount();
  await client.deleteAccount();
  return client.accounts.get(account);
}

export async function administer(): Promise<Status> {
  const { accounts, next } = await client.accounts.list({ status: "pending", limit: 10 });
  await client.accounts.list({ handle: "ada", tag: ["groups:teacher"], after: next });
  const first: Listed | undefined = accounts[0];
  const made = await client.accounts.create({ email: "ben@school.example", email_verified: true, password_hash: "$argon2id$…" });
  return (await client.accounts.setStatus(first?.account ?? made.account, "active")).status;
}

const mayRead: Policy = policy.and(
  policy.or(policy.hasAnyTag("groups:teacher", "groups:admin"), policy.hasPermission("read", { kind: "document", record: "42" })),
  policy.not(policy.betweenTimes("22:00", "06:00", "Europe/Oslo")),
  policy.onWeekdays(["mon", "fri"], "Europe/Oslo"),
  policy.confirmedWithin(600),
);
const written: Policy = { or: ["verified", { has_tag: { all: ["groups:a", "groups:b"] } }, { has_permission: { name: "read" } }] };
const facts: Facts = { now: 0, session: null, grants: [{ group_tag: "permissions:x", held: true }] };
// @ts-expect-error: exactly one member
const both: Policy = { has_tag: "groups:a", condition: "open" };
// @ts-expect-error: no such atom
const misspelt: Policy = { hasTag: "groups:a" };
// @ts-expect-error: no such day
policy.onWeekdays(["monday"], "UTC");
// @ts-expect-error: a record without its kind
policy.hasPermission("read", { record: "42" });
// @ts-expect-error: a function is no policy
policy.and(policy.signedIn);

export async function manage(): Promise<Explanation | null> {
  const permission: Permission = { name: "read", kind: "document" };
  const group: Group = await client.groups.create({ name: "teacher/physics", description: "Physics" });
  await client.groups.grant(group.group, permission);
  await client.groups.addMember(group.group, "ada");
  const { permissions: [one], next } = await client.groups.permissions(group.group, { limit: 1 });
  const { accounts: members } = await client.groups.members(group.group, { after: next });
  const may: boolean = await client.hasPermission("read", { kind: "document", record: "42", account: members[0] ?? "ben", at: "replicated" });
  const in_: boolean = await client.inGroupWith("permissions:zap database");
  const { all, records } = await client.accessible("read", "document", { after: null });
  const { tags } = await client.tags.get("labels", "document/42", { at: "replicated" });
  await client.tags.find("labels", ["a", "b"], { mode: "any", kind: "document" });
  const { url, expires_at } = await client.links.create({ path: "/documents/42", once: true });
  const ended: number = await client.accounts.endSessions("ada");
  const { events: [event], next: older } = await client.accounts.events("ada");
  await client.accounts.events("ada", { after: older, limit: 10 });
  const { events, next: earlier } = await client.events.list({ after: 10 });
  await client.events.list({ after: earlier });
  const { rule, outcome } = await client.rules.explain({ uri: "/documents/42" });
  await client.projections.rebuild();
  const answer = await client.check({ tag: "groups:a", permission, policy: mayRead, conditions: { open: true } }, { at: "decided" });
  const here: boolean = await client.can(written, { conditions: { open: true } });
  const { explanation } = await evaluate(mayRead, facts);
  console.log(one?.name, may, in_, all, records, tags, url, expires_at, ended, event?.happening, events[0]?.by, rule?.at, outcome, answer.allowed, here, explanation);
  return client.explain(mayRead, { at: "decided", address: "192.0.2.1" });
}

/** What is answered has the types of the wire, and what is handed over may be frozen. */
export async function named(): Promise<More[]> {
  const link: LinkCreation = Object.freeze({ path: "/documents/42", once: true });
  const login: Omit<Login, "mode"> = Object.freeze({ login: "ada", password: "a password" });
  const made: LinkMade = await client.links.create(link);
  const registered: Registered = await client.register({ email: "ada@school.example", password: "a password" });
  const begun: EmailChangeBegun = await client.changeEmail({ email: "countess@school.example", password: null });
  const settled: LinkSettled = await client.settleLink("cancel");
  const { done } = await client.undoEmailChange("token");
  const undone: "email_change_undone" = done;
  const explained: RuleExplained = await client.rules.explain({ uri: "/documents/42" });
  const ruled: Policy | undefined = explained.rule?.policy;
  console.log(made.url, registered.next, begun.next, settled.done, undone, ruled, await client.signInWithPassword(login));
  const accessible: Accessible = await client.accessible("read", "document");
  const groups: Groups = await client.groups.list();
  const members: Members = await client.groups.members("g");
  const permissions: Permissions = await client.groups.permissions("g");
  const people: People = await client.accounts.list();
  const happened: AccountEvents = await client.accounts.events("ada");
  const changed: Events = await client.events.list();
  return [accessible, groups, members, permissions, people, happened, changed];
}

// @ts-expect-error: another mail is for that
client.verifyEmail("token").then(({ done }) => done === "email_change_undone");
// @ts-expect-error: it is the client that chooses
client.signInWithPassword({ login: "ada", password: "a password", mode: "bearer" });
// @ts-expect-error: no claim of that name
client.claims("token").then(({ version }) => version);
// @ts-expect-error: no such tier in a rule
client.rules.explain({ uri: "/" }).then(({ rule }) => rule?.at === "guessed");

// @ts-expect-error: a token does not carry it
client.hasPermission("read", { at: "carried" });

export async function prove(error: CountersignError): Promise<number> {
  const demand: CheckOptions = { at: "decided", maxAge: 300, acr: "aal1", amr: ["pwd", "otp"] };
  await client.check("groups:teacher", demand);
  if (error.code === "confirmation_required" && error.proofs.includes("provider:demo")) {
    client.signIn("demo", { next: "/", remember: true, maxAge: error.max_age ?? 0 });
  }
  const { confirmed_until, acr }: Session = await client.confirm({ password: "a password" });
  const { auth_time } = await client.endConfirmation();
  await client.session({ at: "replicated" });
  return (confirmed_until ?? 0) + auth_time + acr.length;
}

export async function elsewhere(): Promise<string> {
  await client.signInWithPassword({ login: "ada", password: "a password", remember: true });
  const all: SignedIn[] = await client.sessions.list();
  for (const { sid, current } of all) if (!current) await client.sessions.end(sid);
  const ended: number = await client.sessions.endOthers();
  const [newest] = await client.keys.list();
  await client.keys.rotate({ compromised: true });
  return [ended, newest?.kid, all[0]?.device?.browser, all[0]?.place?.country].join();
}

export async function link(error: CountersignError): Promise<string> {
  const [first]: Provider[] = await client.providers();
  if (!first) return error.try_again ?? "/";
  const sign: string | null = first.mark;
  client.signIn(first.id, { prompt: "select_account", loginHint: "ada@school.example", maxAge: 0 });
  const asked: LinkOptions = { next: "/me", prompt: "login consent" };
  await client.identities.link(first.id, asked);
  const address: string = await client.identities.linkUrl(first.id);
  const all: Identity[] = await client.identities.list();
  for (const { id, last } of all) if (!last) await client.identities.unlink(id);
  const { access_token, expires_at }: ProviderToken = await client.identities.token("i1");
  const waiting: PendingLink | null = await client.pendingLink();
  const { done, next } = await client.settleLink(waiting?.may_create ? "create" : "add");
  return [sign, first.kind, address, all[0]?.used_at, all[0]?.provider, access_token, expires_at, waiting?.provider.name, done === "created", next].join();
}

// @ts-expect-error: linking proves nobody
client.identities.link("demo", { maxAge: 0 });
// @ts-expect-error: no such way to settle it
client.settleLink("linked");
// @ts-expect-error: nobody may be waiting
client.pendingLink().then((waiting) => waiting.email);

const store: TokenStore = { load: () => undefined, save: async (tokens: Tokens | null) => console.log(tokens?.expires_at) };
createClient({ origin: "https://school.example", mode: "bearer", store });
// @ts-expect-error: no such mode
createClient({ mode: "basic" });
// @ts-expect-error: a proof is a password
client.confirm({});

export const wrong = (error: unknown): FieldError[] | undefined =>
  error instanceof CountersignError && error.code === "fields_invalid" ? error.fields : undefined;

export const wait = (error: CountersignError): number => (error.code === "too_many_requests" ? error.retry_after : 0);

// @ts-expect-error: not every error has them
export const anyway = (error: CountersignError) => error.fields;
// @ts-expect-error: no such code
export const misspelt_ = (error: CountersignError): boolean => error.code === "field_invalid";
// @ts-expect-error: the members of another code
export const other = (error: CountersignError) => error.code === "too_many_requests" && error.proofs;
export const made: CountersignError = new CountersignError({ code: "tag_missing", title: "Forbidden", status: 403 });
// @ts-expect-error: no such code
new CountersignError({ code: "tags_missing", title: "Forbidden" });

// @ts-expect-error: nobody makes an account pending again
client.accounts.setStatus("ada", "pending");
// @ts-expect-error: without cookies nobody is signed in by the link
client.resetPassword({ token: "token" }).then((session) => session.account);
// @ts-expect-error: an account has an address
client.register({ password: "a password" });
// @ts-expect-error: the wire's names
client.changePassword({ newPassword: "b" });

export const code = (error: unknown): string | undefined =>
  error instanceof CountersignError ? \`\${error.status} \${error.code}\` : undefined;

// @ts-expect-error: no such tier
client.check("groups:teacher", { at: "guessed" });
// @ts-expect-error: an answer that was not looked at
client.check("groups:teacher").then((answer) => answer.problem);
// @ts-expect-error: a session may be missing
client.session().then((session) => session.account);
// @ts-expect-error: a promise is not an answer
const sure: boolean = client.has("groups:teacher");
`;

const SERVICE = `
import { createGuard, CountersignError, evaluate, policy } from "countersign/edge";
import type { Carried, Demand, Guard, Linked, Policy, Session } from "countersign/edge";

declare const CHECK: { fetch(input: Request | URL | string, init?: RequestInit): Promise<Response> };
const guard: Guard = createGuard({ issuer: "https://school.example", audience: "https://api.example", binding: CHECK, fetch, signIn: "/sign-in" });
const demand = { tag: "groups:teacher", at: "decided", maxAge: 600, acr: ["aal2"], amr: "otp" } satisfies Demand;

export async function serve(request: Request): Promise<Response> {
  const session = await guard.require(request, demand);
  if (session instanceof Response) return session;
  const seen: Session = await guard.verify("token");
  const carried: Carried = seen.tags;
  const may: boolean = guard.has({ tags: carried }, "groups:pupil") || guard.has(session, "groups:teacher") && guard.has(null, "groups:teacher");
  return Response.json([session.account, session.tags["groups"]?.length, seen.acr, may]);
}

export async function download(request: Request): Promise<Response> {
  const guest = await guard.require(request, { policy: policy.or(policy.fromIp("10.0.0.0/8"), policy.signedIn()), link: true, address: "10.0.0.1" });
  if (guest instanceof Response) return guest;
  const who: Session | Linked | null = guest;
  const teacher = await guard.requireTag(request, "groups:teacher", { at: "decided" });
  const reader = await guard.requirePermission(request, { name: "read", kind: "document", record: "42" }, { policy: policy.verified() });
  const somebody = await guard.requireLogin(request);
  if (teacher instanceof Response || reader instanceof Response || somebody instanceof Response) return new Response();
  const sessions: Session[] = [teacher, reader, somebody];
  return Response.json([who?.account, sessions.length, evaluate(policy.anyone(), { now: 0, session: reader }).outcome]);
}

const night: Policy = policy.not(policy.betweenTimes("08:00", "18:00", "Europe/Oslo"));
// @ts-expect-error: nobody in particular may have been admitted
guard.require(new Request("https://api.example"), { policy: night }).then((session) => session instanceof Response || session.account);
// @ts-expect-error: a demand that was widened may have had a policy
guard.require(new Request("https://api.example"), demand as Demand).then((session) => session instanceof Response || session.account);
// @ts-expect-error: nothing is known of who came by a link but the account
guard.require(new Request("https://api.example"), { link: true }).then((session) => session instanceof Response || session.tags);
// @ts-expect-error: the tag is said already
guard.requireTag(new Request("https://api.example"), "groups:a", { tag: "groups:b" });

export const code = (error: unknown): string => (error instanceof CountersignError ? error.code : "");

// @ts-expect-error: everybody gets the same object
guard.verify("token").then((session) => (session.version = 1));
// @ts-expect-error: nor are its tags anybody's to change
guard.verify("token").then((session) => session.tags["groups"]?.push("teacher"));
// @ts-expect-error: a session may have been refused
guard.require(new Request("https://api.example")).then((session) => session.account);
// @ts-expect-error: no such tier
guard.require(new Request("https://api.example"), { at: "guessed" });
// @ts-expect-error: whose tokens?
createGuard({});
`;

/** A `switch` that has a branch for every code and none more: else `error` is not `never` at its end, or a branch is of no code. */
const EXHAUSTIVE = `
import { CountersignError } from "countersign";

export function told(error: CountersignError): string {
  switch (error.code) {
    ${[...codes.keys(), ...CLIENT_CODES].map((code) => `case "${code}": return error.title;`).join("\n    ")}
    default: return nobody(error);
  }
}

const nobody = (error: never): string => error;
`;

let consumer;

before(async () => {
  consumer = await createConsumer();
  await consumer.write({ "consumer.ts": CONSUMER, "service.ts": SERVICE, "exhaustive.ts": EXHAUSTIVE });
});

after(() => consumer?.remove());

const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;

for (const [name, module, moduleResolution] of [
  ["a bundler", ModuleKind.ESNext, ModuleResolutionKind.Bundler],
  ["Node", ModuleKind.NodeNext, ModuleResolutionKind.NodeNext],
]) {
  test(`a strict consumer compiles, resolved as ${name} does`, () => {
    const program = ts.createProgram(["consumer.ts", "service.ts", "exhaustive.ts"].map((file) => join(consumer.folder, file)), {
      module,
      moduleResolution,
      target: ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      types: [],
    });
    assert.deepEqual(ts.getPreEmitDiagnostics(program).map(text), []);
  });
}

test("the codes of the package itself are those that it gives", async () => {
  const pkg = fileURLToPath(new URL("../../pkg", import.meta.url));
  const modules = (await readdir(pkg, { recursive: true })).filter((path) => /^(edge\/)?[\w-]+\.js$/.test(path));
  const sources = await Promise.all(modules.map((path) => readFile(join(pkg, path), "utf8")));
  const given = sources.flatMap((source) => [...source.matchAll(/(?:code: |\?\? )"([a-z]+_[a-z_]+)"/g)].map(([, code]) => code));
  assert.deepEqual([...new Set(given)].filter((code) => !codes.has(code)).sort(), [...CLIENT_CODES].sort());
});

function text({ file, start = 0, messageText }) {
  const where = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : "";
  return where + ts.flattenDiagnosticMessageText(messageText, "\n");
}
