// Writes schemas as TypeScript: one exported type each, with its texts as doc comments. Only those are written that the package's own
// declarations take, with all that these lead to: a body or an answer that no method hands through is in the OpenAPI document alone.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const HEAD = `/** What goes over the wire. Written by \`npm run types\` from the Rust types; what is changed here is lost. */

/** The code of a problem. It never changes its meaning. */
export type ErrorCode = Problem["code"];
`;

const ONE_OF = `
/** An object with exactly one of these members. */
type OneOf<T> = { [K in keyof T]: { readonly [P in K]: T[P] } & { readonly [P in Exclude<keyof T, K>]?: never } }[keyof T];

// Without it, what is not exported would be all the same.
export {};
`;

/** The declarations of schemas by name. */
export function declarations(schemas) {
  const read = inputs(schemas);
  const open = reached(schemas, taken());
  const names = Object.keys(schemas).filter((name) => open.has(name) && name !== "ErrorCode");
  const written = names.map((name) => new Printer(schemas, read.has(name)).declaration(name, schemas[name]));
  const text = `${HEAD}\n${written.join("\n\n")}\n`;
  return text.includes("OneOf<") ? `${text}${ONE_OF}` : text;
}

/** The names that the package's own declarations take from those of the wire. */
function taken() {
  const pkg = join(root, "pkg");
  const files = readdirSync(pkg).filter((file) => file.endsWith(".d.ts") && file !== "wire.d.ts");
  const lists = files.flatMap((file) => [...readFileSync(join(pkg, file), "utf8").matchAll(/\{([^{}]*)\} from "\.\/wire\.js"/g)].map(([, list]) => list));
  return lists.flatMap((list) => list.split(",").map((entry) => entry.trim().split(" ")[0]).filter(Boolean));
}

/** Schemas of these names, and all that they lead to. */
function reached(schemas, names) {
  const found = new Set();
  const waiting = [...names];
  while (waiting.length) {
    const name = waiting.pop();
    if (found.has(name) || !schemas[name]) continue;
    found.add(name);
    for (const [, other] of JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/(\w+)"/g)) waiting.push(other);
  }
  return found;
}

/** Where what a program hands over begins. All that leads to is read only: so it may be handed over frozen. */
const HANDED_OVER = [
  "Policy", "Facts", "ProfileChanges", "Registration", "NewAccount", "Login", "Link", "PasswordChange", "EmailChange", "Confirmation", "Deletion",
  "GroupCreation", "LinkCreation", "KeyRotation",
];

/** What a guard gives out: one frozen object for all requests with the same token. */
const FROZEN = ["CarriedSession"];

function inputs(schemas) {
  const read = reached(schemas, [...HANDED_OVER, ...FROZEN]);
  // Only texts, or what is also written: those stay as they are.
  for (const name of ["Tags", "Status", "Outcome", "FieldValue"]) read.delete(name);
  return read;
}

class Printer {
  constructor(schemas, readOnly) {
    this.schemas = schemas;
    this.readOnly = readOnly ? "readonly " : "";
  }

  declaration(name, schema) {
    const { description, ...rest } = schema;
    const isInterface = rest.type === "object" && rest.properties && !rest.dependentRequired;
    const meanings = meaningsOf(description);
    const head = comment(meanings.text, "");
    if (isInterface) return `${head}export interface ${name} ${this.object(rest, "")}`;
    if (rest.enum) return `${head}export type ${name} =${this.names(rest.enum, meanings, "  ")};`;
    const type = this.type(rest, meanings.of.size ? "  " : "", meanings);
    return `${head}export type ${name} =${type.startsWith("\n") ? "" : " "}${type};`;
  }

  type(schema, indent, meanings = meaningsOf(schema.description)) {
    if (schema.$ref) return this.named(schema.$ref.split("/").at(-1), indent);
    if ("const" in schema) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    const parts = schema.anyOf ?? schema.oneOf;
    if (parts) return this.union(parts, indent, meanings);
    if (Array.isArray(schema.type)) return union(schema.type.map((type) => this.type({ ...schema, type }, indent)));
    return this.single(schema, indent);
  }

  /** By its name; in what is read only, an object by name (such as tags) is told anew, for by its name it can be changed. */
  named(name, indent) {
    const schema = this.schemas[name];
    return this.readOnly && schema?.additionalProperties && !schema.properties ? this.object(schema, indent) : name;
  }

  single(schema, indent) {
    switch (schema.type) {
      case "array": return `${this.readOnly}${grouped(this.type(schema.items, indent))}[]`;
      case "boolean": return "boolean";
      case "integer": case "number": return "number";
      case "null": return "null";
      case "object": return this.object(schema, indent);
      case "string": return literal(schema.pattern);
      default: return "unknown";
    }
  }

  object(schema, indent) {
    const { properties, additionalProperties: more, dependentRequired } = schema;
    if (!properties && !more) return "Record<string, never>";
    if (!properties) return `{ ${this.readOnly}[name: string]: ${more === true ? "unknown" : this.type(more, indent)} }`;
    if (dependentRequired) return this.dependent(schema, indent);
    const required = new Set(schema.required);
    // What is always there comes first, in the order of its type.
    const names = new Set([...required, ...Object.keys(properties)]);
    const members = [...names].map((name) => this.member(name, properties[name], required.has(name), `${indent}  `));
    return `{\n${members.join("\n")}\n${indent}}`;
  }

  member(name, schema, required, indent) {
    const meanings = meaningsOf(schema.description);
    const { description: _, ...rest } = schema;
    const key = `${comment(meanings.text, indent)}${indent}${this.readOnly}${name}${required ? "" : "?"}:`;
    if (rest.enum && meanings.of.size) return `${key}${this.names(rest.enum, meanings, `${indent}  `)};`;
    return `${key} ${this.type(rest, indent)};`;
  }

  /** An object of which one member may be there only beside another one. */
  dependent(schema, indent) {
    const [[name, [needed]]] = Object.entries(schema.dependentRequired);
    const { [name]: one, [needed]: other, ...properties } = schema.properties;
    const base = this.object({ ...schema, properties, dependentRequired: undefined }, indent);
    const both = { type: "object", required: [needed], properties: { [needed]: other, [name]: one } };
    const never = `{ ${this.readOnly}${needed}?: never; ${this.readOnly}${name}?: never }`;
    return `${base} & (${never} | ${this.object(both, indent)})`;
  }

  union(parts, indent, meanings) {
    const tagged = parts.filter(isTagged);
    if (tagged.length < 2) return union(parts.map((part) => this.type(part, indent)));
    const members = tagged.map((part) => {
      const [[name, inner]] = Object.entries(part.properties);
      return this.member(name, { ...inner, description: part.description }, true, `${indent}  `).replace("readonly ", "");
    });
    const one = `OneOf<{\n${members.join("\n")}\n${indent}}>`;
    const others = parts.filter((part) => !isTagged(part));
    const named = others.find((part) => part.enum && meanings.of.size);
    if (!named) return union([...others.map((part) => this.type(part, indent)), one]);
    const rest = others.filter((part) => part !== named).map((part) => this.type(part, indent));
    return [this.names(named.enum, meanings, indent), ...[...rest, one].map((type) => `${indent}| ${type}`)].join("\n");
  }

  /** Texts one below the other, each with what it means. */
  names(values, meanings, indent) {
    if (!meanings.of.size) return ` ${values.map((value) => JSON.stringify(value)).join(" | ")}`;
    const lines = values.map((value) => {
      const about = meanings.of.get(value);
      return `${about ? comment(about, indent) : ""}${indent}| ${JSON.stringify(value)}`;
    });
    return `\n${lines.join("\n")}`;
  }
}

/** An object whose only member says what it is. */
const isTagged = ({ properties, additionalProperties }) =>
  additionalProperties === false && properties && Object.keys(properties).length === 1;

/** A text that begins in one way is known to. */
function literal(pattern) {
  const [, beginning] = /^\^([a-z]+:)$/.exec(pattern ?? "") ?? [];
  return beginning ? `\`${beginning}\${string}\`` : "string";
}

/** In brackets, if it is several types at once. */
function grouped(type) {
  let depth = 0;
  for (const [sign] of type.matchAll(/[{}<>()]| [|&] /g)) {
    if ("{<(".includes(sign)) depth += 1;
    else if ("}>)".includes(sign)) depth -= 1;
    else if (!depth) return `(${type})`;
  }
  return type;
}

const union = (types) => [...new Set(types)].join(" | ");

/** A description without its list of what texts mean, and that list. */
export function meaningsOf(description = "") {
  const of = new Map();
  const text = description.replace(/(?:^|\n)- `([^`]+)`: (.*)/g, (_, name, about) => (of.set(name, about), "")).trim();
  return { text, of };
}

const WIDTH = 130;

function comment(text, indent) {
  if (!text) return "";
  const lines = text.split("\n").flatMap((line) => wrapped(line, WIDTH - indent.length - 3));
  if (lines.length === 1 && lines[0].length + indent.length + 7 <= WIDTH) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

function wrapped(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
  }
  return lines;
}
