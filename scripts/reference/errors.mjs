// The page of the errors: the codes of the wire as its schemas have them, and those of the client as its types do.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../paths.mjs";
import { meaningsOf } from "../wire.mjs";
import { code, joined, table, titled } from "./markdown.mjs";

/** Every code of an error: of the Worker with its status, then those of the client itself. */
export function errorsPage() {
  const about = "Every code of a problem document and of a `CountersignError`. A code never changes its meaning. [How to handle them](../errors.md).";
  const wire = table(["code", "status", "what it says"], wireCodes().map(({ name, status, says }) => [code(name), status, says]));
  const own = table(["code", "what it says"], ownCodes().map(({ name, says }) => [code(name), says]));
  return titled("Errors", about, joined("## Of the Worker and the Wasm", wire, "## Of the client itself", own));
}

function wireCodes() {
  const schemas = JSON.parse(readFileSync(join(root, "src", "schema", "wire.json"), "utf8"));
  const kinds = schemas.Problem.oneOf.map(({ $ref }) => schemas[$ref.split("/").at(-1)].properties.code);
  return inOrder(kinds.flatMap(({ enum: names, description }) => names.map((name) => wireCode(name, meaningsOf(description).of.get(name)))));
}

/** A code means its status and a sentence. */
function wireCode(name, meaning) {
  const [, status, says] = /^(\d{3}), (.+)$/.exec(meaning ?? "") ?? [];
  if (!says) throw new Error(`the schemas do not say what \`${name}\` means`);
  return { name, status, says };
}

/** The codes of `ClientProblem`, each with the comment that stands before it. */
function ownCodes() {
  const path = join(root, "pkg", "index.d.ts");
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
  const problem = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === "ClientProblem");
  const codes = problem.members.find(({ name }) => name.getText() === "code").type;
  // A comment stands before the `|` of its code, and so behind the code before.
  const starts = [codes.getFullStart(), ...codes.types.map(({ end }) => end)];
  return inOrder(codes.types.map((type, index) => ({ name: type.literal.text, says: commentAt(starts[index], source.text) })));
}

function commentAt(start, text) {
  const [{ pos, end }] = ts.getLeadingCommentRanges(text, start);
  return text.slice(pos, end).replace(/^\/\*\*|\*\/$|^\s*\* /gm, "");
}

const inOrder = (codes) => codes.sort((one, other) => (one.name < other.name ? -1 : 1));
