// The blocks of the pages as a strict project compiles them that has installed the package from its tarball.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { root } from "../../scripts/paths.mjs";
import { createConsumer } from "../support/consumer.mjs";

/** What the blocks take for granted. */
const CONTEXT = ["context.d.ts", "modules.d.ts"];

/** The project: `compile(files)` resolves files by their names, `{ "page-7.ts": text }`, and answers with what is wrong. */
export async function createProject() {
  const consumer = await createConsumer({ tools: true });
  for (const name of CONTEXT) writeFileSync(join(consumer.folder, name), readFileSync(new URL(name, import.meta.url), "utf8"));
  return { ...consumer, compile: (files) => compile(consumer.folder, files) };
}

function compile(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  // Plain JavaScript need not say of what type a parameter is; everything else is as strict for it.
  const isPlain = (name) => /\.js\.tsx?$/.test(name);
  const names = Object.keys(files);
  const plain = faults(folder, names.filter(isPlain), { noImplicitAny: false });
  return [...plain, ...faults(folder, names.filter((name) => !isPlain(name)), {})];
}

function faults(folder, names, more) {
  if (!names.length) return [];
  const program = ts.createProgram([...names, ...CONTEXT].map((name) => join(folder, name)), {
    strict: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    jsx: ts.JsxEmit.ReactJSX,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: ["node"],
    skipLibCheck: true,
    noEmit: true,
    ...more,
  });
  return ts.getPreEmitDiagnostics(program).map((fault) => describe(folder, fault));
}

function describe(folder, { file, start = 0, messageText }) {
  const where = file ? `${relative(folder, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : "";
  return where + ts.flattenDiagnosticMessageText(messageText, "\n");
}

/** A block as a module. One that returns is the body of a function, behind its imports; its lines stay where they are. */
export function asModule(text) {
  const source = ts.createSourceFile("block.tsx", text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX);
  if (!source.statements.some(returns)) return text;
  const isImport = (node) => ts.isImportDeclaration(node);
  const end = source.statements.filter(isImport).at(-1)?.end ?? 0;
  return `${text.slice(0, end)}; export async function block(request: Request) {${text.slice(end)}\n}`;
}

function returns(node) {
  if (ts.isReturnStatement(node)) return true;
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  return ts.forEachChild(node, returns) ?? false;
}

/** A single-file component of Vue as the module that its compiler makes of it: what the template says is in it. */
export function vueModule(text, name) {
  const { parse, compileScript } = createRequire(join(root, "node_modules", "vue", "package.json"))("@vue/compiler-sfc");
  const isCustomElement = (tag) => tag.startsWith("countersign-");
  const { descriptor, errors } = parse(text, { filename: name, templateParseOptions: { isCustomElement } });
  if (errors.length) throw new Error(`${name}: ${errors.join("; ")}`);
  if (descriptor.scriptSetup?.lang !== "ts") throw new Error(`${name}: <script setup lang="ts"> is what the page shows`);
  const { content } = compileScript(descriptor, { id: name, inlineTemplate: true, templateOptions: { compilerOptions: { isCustomElement } } });
  const unknown = content.match(/_ctx\.\w+|_resolveComponent\("[^"]+"\)/g);
  if (unknown) throw new Error(`${name}: the template names what the script does not: ${unknown}`);
  return content;
}
