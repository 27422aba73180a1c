// The types, as a strict consumer sees them through each way of resolving the package.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import ts from "typescript";
import { createConsumer } from "./consumer.mjs";

const CONSUMER = `
import { createClient, CountersignError, type Client, type Session } from "countersign";

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
