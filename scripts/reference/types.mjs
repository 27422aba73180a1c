// Pages of what the package exports, made of its declarations.

import { existsSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../paths.mjs";
import { code, joined, oneLine, table, titled } from "./markdown.mjs";

const pkg = join(root, "pkg");

/** The pages in their order; what several of them export stands on the first. */
const PAGES = [
  { name: "package.md", types: "index.d.ts", title: "countersign", about: "The client, for pages and for Node." },
  { name: "edge.md", types: "edge.d.ts", title: "countersign/edge", about: "The guard, for other services." },
  { name: "elements.md", types: "elements.d.ts", title: "countersign/elements", about: "The elements, for every page." },
  { name: "react.md", types: "react.d.ts", title: "countersign/react", about: "The bindings for React." },
  { name: "vue.md", types: "vue.d.ts", title: "countersign/vue", about: "The bindings for Vue." },
];

/** Each page by its name. */
export function typePages() {
  const there = PAGES.filter(({ types }) => existsSync(join(pkg, types)));
  const program = programOf(there.map(({ types }) => types));
  const homes = new Map();
  return Object.fromEntries(there.map((page) => [page.name, typePage(program, page, homes)]));
}

function programOf(files) {
  const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;
  const lib = ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"];
  const options = { strict: true, noEmit: true, module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext, target: ScriptTarget.ES2022, lib, types: [] };
  const program = ts.createProgram(files.map((file) => join(pkg, file)), options);
  program.getTypeChecker();
  return program;
}

function typePage(program, { name, types, title, about }, homes) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(pkg, types));
  const [own, others] = [[], []];
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (homes.has(symbol)) others.push(`[\`${exported.name}\`](${homes.get(symbol)})`);
    else own.push({ name: exported.name, symbol });
  }
  own.push(...untold(own, homes));
  const isValue = ({ symbol }) => Number(Boolean(symbol.flags & ts.SymbolFlags.Value));
  own.sort((one, other) => isValue(other) - isValue(one) || (one.name < other.name ? -1 : 1));
  anchored(own).forEach(({ symbol, anchor }) => homes.set(symbol, `${name}#${anchor}`));
  const sections = own.map(({ name, symbol }) => section(name, symbol));
  const events = eventsOf(source);
  if (events) sections.push(joined("## Events", events));
  if (others.length) sections.push(`## Also exported\n\n${others.sort().join(", ")}`);
  const index = anchored(own).map(({ name, anchor }) => `[\`${name}\`](#${anchor})`).join(", ");
  return titled(title, about, [index, ...sections].join("\n\n"));
}

/** What is not exported and yet spoken of by what is: bases, and what types are made of. */
function untold(own, homes) {
  // One may be exported by another name than it is declared with.
  const told = new Set(own.flatMap(({ name, symbol }) => [name, symbol.name]));
  const files = new Set(own.flatMap(({ symbol }) => symbol.declarations.map((node) => node.getSourceFile())).filter(({ fileName }) => fileName.startsWith(pkg)));
  const local = [...files].flatMap(({ statements }) => statements).filter((node) => isNamed(node) && !told.has(node.name.text) && !homes.has(node.symbol));
  const found = [];
  const look = (text) => {
    for (const { name, symbol } of local) {
      if (told.has(name.text) || !new RegExp(`\\b${name.text}\\b`).test(text)) continue;
      told.add(name.text);
      found.push({ name: name.text, symbol });
      symbol.declarations.forEach((node) => look(node.getText()));
    }
  };
  own.forEach(({ symbol }) => symbol.declarations.filter((node) => files.has(node.getSourceFile())).forEach((node) => look(node.getText())));
  return found;
}

const isNamed = (node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);

/** What a module adds to the events of a page. */
function eventsOf(source) {
  const globals = source.statements.filter((node) => ts.isModuleDeclaration(node) && node.name.text === "global").flatMap(({ body }) => body.statements);
  const map = globals.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === "GlobalEventHandlersEventMap");
  return map && joined(docOf(map), memberTable(map.members, "event"));
}

/** With the anchors that headings of these names have, one after the other: case does not count. */
function anchored(own) {
  const names = own.map(({ name }) => name.toLowerCase());
  return own.map((one, index) => {
    const before = names.slice(0, index).filter((name) => name === names[index]).length;
    return { ...one, anchor: before ? `${names[index]}-${before}` : names[index] };
  });
}

function section(name, symbol) {
  // Globals that a module adds to, such as JSX, are declarations elsewhere.
  const declarations = symbol.declarations.filter((node) => node.getSourceFile().fileName.startsWith(pkg));
  return [`## ${name}`, ...declarations.map(declaration)].join("\n\n");
}

function declaration(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) return members(node);
  if (ts.isVariableDeclaration(node) && node.type && ts.isTypeLiteralNode(node.type)) return joined(docOf(node.parent.parent), listed(node.type.members, `${node.name.getText()}.`));
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return joined(docOf(whole), fenced(whole.getText()));
}

function members(node) {
  const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => `\`${plain(type)}\``));
  const extended = bases.length ? `Extends ${bases.join(", ")}.` : "";
  const named = node.members.filter((member) => !isHidden(member) && !ts.isSetAccessor(member));
  const callable = named.some(isCallable);
  const body = callable ? listed(named, "") : memberTable(named);
  return joined(extended, docOf(node), body);
}

const isHidden = (member) => ts.isConstructorDeclaration(member) || Boolean(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private);

const isCallable = (member) => ts.isMethodSignature(member) || ts.isMethodDeclaration(member) || isNamespace(member);

/** A member that is an object of functions, such as `client.tags`. */
const isNamespace = (member) => member.type && ts.isTypeLiteralNode(member.type) && member.type.members.some(ts.isMethodSignature);

/** Members one after the other, each with what is said of it; those of a namespace behind its name. */
function listed(nodes, prefix) {
  return [...nodes].map((member) => {
    const name = member.name?.getText() ?? "";
    if (isNamespace(member)) return joined(`### ${prefix}${name}`, docOf(member), listed(member.type.members, `${prefix}${name}.`));
    return joined(`**${code(`${name ? prefix : ""}${plain(member)}`)}**`, docOf(member));
  }).join("\n\n");
}

function memberTable(nodes, head = "member") {
  const rows = [...nodes].map((member) => {
    const name = member.name ? `${nameOf(member)}${member.questionToken ? "?" : ""}` : plain(member).replace(/\]:.*$/, "]");
    return [code(name), code(plain(member.type ?? member)), docOf(member)];
  });
  return table([head, "type", ""], rows);
}

const nameOf = ({ name }) => (ts.isStringLiteral(name) ? name.text : name.getText());

/** The text of a node without its comments, in one line. */
function plain(node) {
  const text = node.getText().replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, "");
  return oneLine(text).replace(/^readonly |;$/g, "").replace(/;? \}/g, " }").replace(/^\| /, "").replace(/,? \)/g, ")").replace(/\( /g, "(");
}

function docOf(node) {
  const docs = node.jsDoc ?? [];
  const last = docs.at(-1);
  if (!last) return "";
  const text = typeof last.comment === "string" ? last.comment : ts.getTextOfJSDocComment(last.comment) ?? "";
  const tags = (last.tags ?? []).map((tag) => oneLine(tag.getText().replace(/^\s*\* ?/gm, "")));
  return joined(text, tags.map((tag) => `- ${tag}`).join("\n"));
}

const fenced = (text) => `\`\`\`ts\n${text.replace(/^export (declare )?/, "")}\n\`\`\``;
