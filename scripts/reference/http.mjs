// A page of the HTTP surface, made of its OpenAPI document.

/** The groups of operations, by how their paths go on behind the prefix. The first that fits has it. */
const GROUPS = [
  ["Sign in and out", /^\/oauth\/|^\/api\/(login|logout|link|pending_link|settle_link)$|^\/api\/link$/],
  ["Sessions and questions", /^\/(session|refresh|check|confirm)|^\/api\/(sessions|confirm|end_confirmation)/],
  ["One's own account", /^\/api\/(register|profile|change|request|reset|remind|verify|undo|export|delete|identities|config|me)/],
  ["People, for managers", /^\/api\/accounts/],
  ["Tags, groups, permissions and links", /^\/api\/(tags|groups|permissions|policy|rules|links)/],
  ["Keys and the deployment itself", /./],
];

/** The page. */
export function httpPage(document) {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation, responses: resolved(operation.responses, document) })));
  const groups = GROUPS.map(([title]) => [title, operations.filter(({ path }) => groupOf(path) === title)]).filter(([, found]) => found.length);
  const index = groups.map(([title, found]) => `**${title}:** ${found.map((operation) => `[\`${heading(operation)}\`](#${anchor(heading(operation))})`).join(", ")}`).join("\n\n");
  const body = groups.map(([title, found]) => [`## ${title}`, ...found.map(section)].join("\n\n")).join("\n\n");
  const schemas = Object.entries(document.components.schemas).sort(([one], [other]) => (one < other ? -1 : 1)).map(schema);
  return `# HTTP

<!-- Written by \`node scripts/reference.mjs\`; not to be edited. -->

Everything that a deployment answers, as it describes itself at \`/auth/openapi.json\` (OpenAPI ${document.openapi}); with another \`prefix\` that one stands in place of \`/auth\`. Errors are
problem documents (RFC 9457), each with one of the [codes](errors.md). What changes something must come from the deployment's own origin, or with a Bearer token.

${index}

${body}

## Schemas

${schemas.join("\n\n")}
`;
}

/** What several operations share stands in one place of the document. */
function resolved(responses, { components }) {
  const answerOf = (answer) => (answer.$ref ? components.responses[nameOf(answer.$ref)] : answer);
  return Object.fromEntries(Object.entries(responses).map(([status, answer]) => [status, answerOf(answer)]));
}

const groupOf = (path) => GROUPS.find(([, pattern]) => pattern.test(path.replace(/^\/auth/, "")))[0];

const heading = ({ method, path }) => `${method} ${path}`;
const anchor = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");

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
    bad.map(([status, answer]) => `- ${status}: ${codesOf(answer).map(errorLink).join(", ") || oneLine(answer.description)}`).join("\n"),
  );
}

function parameters(list) {
  if (!list.length) return "";
  const rows = list.map(({ name, in: place, required, content, schema = content?.["application/json"].schema, description }) =>
    `| \`${name}\` | ${place}${required ? "" : ", optional"} | ${cell(typeText(schema))} | ${cell(oneLine(description ?? schema?.description ?? ""))} |`);
  return ["| parameter | in | type | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

const contents = (content) => Object.entries(content).map(([type, { schema }]) => (type === "application/json" ? link(schema) : `\`${type}\``)).join(", or ");

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

const errorLink = (code) => `\`${code}\``;

function schema([name, definition]) {
  const { description, properties, required = [] } = definition;
  const rows = Object.entries(properties ?? {}).map(([member, inner]) =>
    `| \`${member}${required.includes(member) ? "" : "?"}\` | ${cell(typeText(inner))} | ${cell(oneLine(inner.description ?? ""))} |`);
  const table = rows.length ? ["| member | type | |", "| --- | --- | --- |", ...rows].join("\n") : typeText({ ...definition, description: undefined });
  return joined(`### ${name}`, description && oneLine(description), table);
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
const joined = (...parts) => parts.filter(Boolean).join("\n\n");
const oneLine = (text) => text.replace(/\s+/g, " ").trim();
const code = (text) => `\`${text}\``;
const cell = (text) => text.replaceAll("|", "\\|");
