// A page of the HTTP surface, made of its OpenAPI document.

import { anchor, code, joined, oneLine, table, titled } from "./markdown.mjs";

/** The page. */
export function httpPage(document) {
  const groups = groupsOf(document);
  const schemas = Object.entries(document.components.schemas).sort(([one], [other]) => (one < other ? -1 : 1)).map(schema);
  return titled("HTTP", about(document), joined(...groups.map(indexOf), ...groups.flatMap(groupText), "## Schemas", ...schemas));
}

const about = ({ openapi }) => `Everything that a deployment answers, as it describes itself at \`/auth/openapi.json\` (OpenAPI ${openapi}); with another
\`prefix\` that one stands in place of \`/auth\`. Errors are problem documents (RFC 9457), each with one of the [codes](errors.md). What changes
something must come from the deployment's own origin, or with a Bearer token.`;

/** The tags of the document, each with its operations. */
function groupsOf(document) {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const responses = resolved(operation.responses, document);
      return { ...operation, path, method: method.toUpperCase(), responses };
    }));
  return document.tags.map((tag) => ({ ...tag, operations: operations.filter(({ tags }) => tags[0] === tag.name) }));
}

function indexOf({ name, operations }) {
  const links = operations.map(heading).map((text) => `[${code(text)}](#${anchor(text)})`);
  return `**${capital(name)}:** ${links.join(", ")}`;
}

/** Its heading has the description with it: a schema may have the name of a tag, and links lead to that. */
function groupText({ name, description, operations }) {
  const about = `${description[0].toLowerCase()}${description.slice(1).replace(/\.$/, "")}`;
  return [`## ${capital(name)}: ${about}`, ...operations.map(section)];
}

const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** What several operations share stands in one place of the document. */
function resolved(responses, { components }) {
  const answerOf = (answer) => (answer.$ref ? components.responses[nameOf(answer.$ref)] : answer);
  return Object.fromEntries(Object.entries(responses).map(([status, answer]) => [status, answerOf(answer)]));
}

const heading = ({ method, path }) => `${method} ${path}`;

function section(operation) {
  const body = operation.requestBody;
  const good = Object.entries(operation.responses).filter(([status]) => Number(status) < 400);
  const bad = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
  return joined(
    `### ${heading(operation)}`,
    operation.summary,
    operation.description,
    parameters(operation.parameters ?? []),
    body && `Body${body.required ? "" : ", which may be missing"}: ${contents(body.content)}.`,
    good.map(([status, answer]) => `${status}: ${answer.content ? contents(answer.content) : "no body"}.`).join("\n"),
    bad.map(([status, answer]) => `- ${status}: ${codesOf(answer).map(code).join(", ") || oneLine(answer.description)}`).join("\n"),
  );
}

function parameters(list) {
  const rows = list.map(({ name, in: place, required, content, schema = content?.["application/json"].schema, description }) =>
    [code(name), `${place}${required ? "" : ", optional"}`, typeText(schema), description ?? schema?.description ?? ""]);
  return table(["parameter", "in", "type", ""], rows);
}

function contents(content) {
  const kinds = Object.entries(content).map(([type, { schema }]) => (type === "application/json" ? link(schema) : code(type)));
  return kinds.join(", or ");
}

/** The codes that an answer names, wherever its schema has them. */
function codesOf(answer) {
  const found = [];
  const walk = (value, key) => {
    if (key === "code" && value?.enum) found.push(...value.enum);
    else if (key === "code" && typeof value?.const === "string") found.push(value.const);
    else if (value && typeof value === "object") Object.entries(value).forEach(([name, inner]) => walk(inner, name));
  };
  walk(answer.content);
  return found.length ? [...new Set(found)] : (answer.description ?? "").split(", ").filter((word) => /^[a-z_]+$/.test(word));
}

function schema([name, definition]) {
  const { description, properties, required = [] } = definition;
  const rows = Object.entries(properties ?? {}).map(([member, inner]) =>
    [code(`${member}${required.includes(member) ? "" : "?"}`), typeText(inner), inner.description ?? ""]);
  const body = rows.length ? table(["member", "type", ""], rows) : typeText({ ...definition, description: undefined });
  return joined(`### ${name}`, description && oneLine(description), body);
}

const link = (schema) => (schema?.$ref ? `[${nameOf(schema.$ref)}](#${anchor(nameOf(schema.$ref))})` : typeText(schema));
const nameOf = (reference) => reference.split("/").at(-1);

/** A schema in a few words. */
function typeText(schema = {}) {
  if (schema === true) return "anything";
  if (schema.$ref) return link(schema);
  if ("const" in schema) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(typeof value === "string" ? value : JSON.stringify(value))).join(" or ") + otherwise(schema);
  for (const kind of ["anyOf", "oneOf"]) if (schema[kind]) return schema[kind].map(typeText).join(" or ");
  if (schema.allOf) return schema.allOf.map(typeText).join(" and ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ ...schema, type })).join(" or ");
  if (schema.type === "null") return "null";
  if (schema.type === "array") return `list of ${schema.items ? typeText(schema.items) : "anything"}${limits(schema)}`;
  if (schema.type === "object" || schema.properties) return objectText(schema);
  return `${schema.type ?? "anything"}${limits(schema)}${otherwise(schema)}`;
}

function objectText({ properties, required = [], additionalProperties }) {
  const members = Object.entries(properties ?? {}).map(([name, inner]) => `\`${name}${required.includes(name) ? "" : "?"}\` ${typeText(inner)}`);
  if (members.length) return `object of ${members.join(", ")}`;
  return additionalProperties && typeof additionalProperties === "object" ? `object of ${typeText(additionalProperties)}` : "object";
}

function limits({ minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, format }) {
  const range = (from, to, what) => (from === undefined && to === undefined ? [] : [`${between(from, to)}${what}`]);
  const said = [...range(minimum, maximum, ""), ...range(minLength, maxLength, " characters"), ...range(minItems, maxItems, " of them"), ...(format ? [format] : []), ...(pattern ? [code(pattern)] : [])];
  return said.length ? `, ${said.join(", ")}` : "";
}

function between(from, to) {
  if (to === undefined) return `${from} or more`;
  return from === undefined ? `at the most ${to}` : `${from} to ${to}`;
}

const otherwise = (schema) => ("default" in schema ? `, ${code(String(schema.default))} unless given` : "");
