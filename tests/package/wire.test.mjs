// The types of what goes over the wire, and over the border of the Wasm: that they are what the schemas say, that they compile, and that what
// the Wasm gives is of their kind.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import * as wasm from "../../pkg/wasm/countersign.js";
import { declarations } from "../../scripts/wire.mjs";
import { faults } from "../support/schema.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path) => readFile(join(root, path), "utf8");

let schemas;
let document;

before(async () => {
  wasm.initSync({ module: await readFile(join(root, "pkg/wasm/countersign_bg.wasm")) });
  schemas = JSON.parse(await read("src/schema/wire.json"));
  document = { components: { schemas } };
});

const assertIs = (name, value) => assert.deepEqual(faults(schemas[name], value, document), [], name);

test("wire.d.ts is what the schemas say: `npm run types` writes it", async () => {
  assert.equal(await read("pkg/wire.d.ts"), declarations(schemas));
});

test("there is no type of the wire that nobody can name: each is exported by `countersign` or `countersign/edge`", () => {
  const [wire, ...entries] = ["wire", "index", "edge"].map((name) => join(root, "pkg", `${name}.d.ts`));
  const program = ts.createProgram([wire, ...entries], { module: ts.ModuleKind.NodeNext, types: [] });
  const checker = program.getTypeChecker();
  const exportsOf = (file) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  const declared = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const named = new Set(entries.flatMap(exportsOf).map(declared));
  assert.ok(exportsOf(wire).length > 70);
  assert.deepEqual(exportsOf(wire).filter((symbol) => !named.has(symbol)).map(({ name }) => name), []);
});

/** What a strict program does with the types; a line after `@ts-expect-error` must not compile. */
const PROGRAM = `
import type { Claims, Config, ErrorCode, Explanation, Facts, Field, FieldError, Permission, Policy, Problem, Session, Strength } from "./wire.js";

export function told(problem: Problem): string | number | null {
  switch (problem.code) {
    case "fields_invalid": return problem.fields.map(({ field, code }: FieldError) => code === "taken" ? field : "").join();
    case "too_many_requests": return problem.retry_after;
    case "confirmation_required": return problem.proofs.includes("password") ? problem.max_age : null;
    case "configuration_invalid": return problem.faults[0] ?? "";
    case "link_refused": return problem.reason;
    case "tag_missing": case "permission_missing": case "policy_refused": return problem.tag ?? "";
    default: return problem.try_again ?? problem.detail;
  }
}

export const limit = (field: Field): number | undefined => (field.type === "text" ? field.max_length : undefined);
export const weakest = (config: Config): Strength["score"] | undefined => config.password?.min_strength;
export const frozen: Policy = Object.freeze({ and: ["anyone", { has_tag: { any: ["groups:a"] } }, { has_permission: { name: "read", kind: "document" } }] } as const);
export const facts: Facts = { now: 0, session: null, grants: [{ group_tag: "permissions:x", held: true }] };
export const parts = ({ parts, by }: Explanation): number => (parts ?? []).length + (by ?? "").length;
export const tags = ({ tags }: Session): string[] | undefined => tags["groups"];
export const end = ({ exp }: Claims): number => exp;
export const code: ErrorCode = "unauthenticated";
// @ts-expect-error there is no such code
export const other: ErrorCode = "unheard_of";
// @ts-expect-error a policy has one member
export const two: Policy = { and: [], or: [] };
// @ts-expect-error a record is of a kind
export const record: Permission = { name: "read", record: "42" };
// @ts-expect-error only a problem of that code has fields
export const none = (problem: Extract<Problem, { code: "unauthenticated" }>) => problem.fields;
`;

test("a strict program compiles with them, and a wrong one does not", async () => {
  const options = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: [], module: ts.ModuleKind.NodeNext };
  const program = join(root, "pkg", "wire-consumer.ts");
  const host = ts.createCompilerHost(options);
  const [readHere, existsHere] = [host.readFile, host.fileExists];
  host.fileExists = (path) => path === program || existsHere(path);
  host.readFile = (path) => (path === program ? PROGRAM : readHere(path));
  const source = host.getSourceFile;
  host.getSourceFile = (path, ...rest) => (path === program ? ts.createSourceFile(path, PROGRAM, ...rest) : source(path, ...rest));
  const compiled = ts.createProgram([program], options, host);
  const found = ts.getPreEmitDiagnostics(compiled).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  assert.deepEqual(found, []);
});

test("there is no `any` in them", async () => {
  assert.doesNotMatch(await read("pkg/wire.d.ts"), /:\s*any\b|<any>|any\[\]/);
});

test("every code of the Rust code is in them, and no other", async () => {
  const codes = [...(await read("src/error.rs")).matchAll(/^ {4}\w+ "(\w+)" \d{3} "/gm)].map(([, code]) => code);
  assert.ok(codes.length > 60);
  assert.deepEqual([...schemas.ErrorCode.enum].sort(), codes.sort());
  const kinds = schemas.Problem.oneOf.map(({ $ref }) => schemas[$ref.split("/").at(-1)].properties.code.enum);
  assert.deepEqual(kinds.flat().sort(), codes.sort());
});

test("the strength of a password, as the Wasm gives it, is of its type", async () => {
  wasm.load_dictionary(new Uint8Array(await readFile(join(root, "pkg/strength.dat"))));
  const judged = ["", "password", "grace", "qwertyuiop", "aaaaaaaa", "abcdefgh", "1999-12-31", "hopper1", "x7Kq92mZp!wd#h"].map((text) => wasm.strength(text, ["hopper"]));
  for (const strength of judged) assertIs("Strength", strength);
  assert.ok(new Set(judged.map(({ warning }) => warning)).size > 4);
});

test("policies, facts, outcomes and explanations go over the border as their types say", async () => {
  const vectors = JSON.parse(await read("tests/vectors/policy.json")).filter(({ facts }) => facts);
  for (const { policy, facts, outcome } of vectors) {
    assertIs("Policy", policy);
    assertIs("Facts", facts);
    const given = [JSON.stringify(policy), JSON.stringify(facts)];
    assertIs("Outcome", wasm.decide(...given));
    const explanation = JSON.parse(wasm.explain(...given));
    assertIs("Explanation", explanation);
    assert.equal(explanation.outcome, outcome);
  }
});

test("the Wasm knows every code, and throws errors of their type", () => {
  for (const code of schemas.ErrorCode.enum) assertIs("CodeDescription", wasm.problem(code));
  assert.equal(wasm.problem("unheard_of"), undefined);
  for (const wrong of [() => wasm.has({}, "x"), () => wasm.covers("a", ""), () => wasm.claims("x"), () => wasm.decide("{}", "{}")]) {
    assert.throws(wrong, (thrown) => (assertIs("Thrown", thrown), true));
  }
});
