// The types, as a strict consumer sees them through each way of resolving the package.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import ts from "typescript";
import { createConsumer } from "./consumer.mjs";

const CONSUMER = `
import { createClient, CountersignError } from "countersign";
import type { Client, Config, Field, FieldError, Profile, ProfileChanges, Session, Status, Strength } from "countersign";

const client: Client = createClient({ origin: "https://school.example" });

export async function use(): Promise<string> {
  const session: Session | null = await client.session({ fresh: true });
  if (!session) return client.signInUrl("demo", { next: "/" });
  const seconds: number = session.expires_at - session.issued_at;
  const tags: string[] | undefined = session.tags["groups"];
  const mine: boolean = await client.has("groups:teacher");
  const answer = await client.check("groups:teacher", { at: "decided" });
  const why: string | undefined = answer.allowed ? answer.by : answer.problem.code;
  const { records, next } = await client.tags.find("groups", "teacher", { limit: 10 });
  const more = await client.tags.find("groups", "teacher", { after: next });
  const response: Response = await client.fetch("/api/marks", { method: "POST", body: "A+" });
  const stop: () => void = client.subscribe((changed) => console.log(changed?.account));
  const known: Session | null | undefined = client.getSnapshot();
  stop();
  return [seconds, tags, mine, why, records, more.records, response.status, known].join();
}

export async function join(config: Config): Promise<string> {
  const fields: Field[] = config.fields.filter(({ required }) => required);
  const weakest: 0 | 1 | 2 | 3 | 4 | undefined = config.password?.min_strength;
  const { score, warning }: Strength = await client.strength("a password", ["ada"]);
  const { next } = await client.register({ email: "ada@school.example", password: "a password", fields: { class: "7b" } });
  if (next === "verify_email") await client.verifyEmail("token").then(({ done }) => done === "approval_pending");
  const session: Session = await client.signInWithPassword({ login: "ada", password: "a password" });
  const anew: Session = await client.resetPassword({ token: "token" });
  return [fields, weakest, score, warning, session, anew].join();
}

export async function keep(): Promise<Profile> {
  const changes: ProfileChanges = { last_name: null, fields: { age: 14, news: null } };
  const profile: Profile = await client.updateProfile(changes);
  const confirmed: boolean = (profile.confirmed_until ?? 0) > Date.now() / 1000;
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
  const { records: [first], next } = await client.accounts.list({ status: "pending", limit: 10 });
  await client.accounts.list({ status: "pending", after: next });
  const made = await client.accounts.create({ email: "ben@school.example", email_verified: true, password_hash: "$argon2id$…" });
  return (await client.accounts.setStatus(first ?? made.account, "active")).status;
}

export const wrong = (error: unknown): FieldError[] | undefined =>
  error instanceof CountersignError && error.code === "fields_invalid" ? error.fields : undefined;

export const wait = (error: CountersignError): number => error.retry_after ?? 0;

// @ts-expect-error: nobody makes an account pending again
client.accounts.setStatus("ada", "pending");
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

let consumer;

before(async () => {
  consumer = await createConsumer();
  await consumer.write({ "consumer.ts": CONSUMER });
});

after(() => consumer?.remove());

const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;

for (const [name, module, moduleResolution] of [
  ["a bundler", ModuleKind.ESNext, ModuleResolutionKind.Bundler],
  ["Node", ModuleKind.NodeNext, ModuleResolutionKind.NodeNext],
]) {
  test(`a strict consumer compiles, resolved as ${name} does`, () => {
    const program = ts.createProgram([join(consumer.folder, "consumer.ts")], {
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

function text({ file, start = 0, messageText }) {
  const where = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : "";
  return where + ts.flattenDiagnosticMessageText(messageText, "\n");
}
