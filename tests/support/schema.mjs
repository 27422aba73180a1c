// As much of JSON Schema as the OpenAPI document uses.

import assert from "node:assert/strict";

const types = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: Number.isSafeInteger,
  null: (value) => value === null,
  number: Number.isFinite,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  string: (value) => typeof value === "string",
};

/**
 * What is wrong with a value, one line each. It is stricter than the standard in one thing: a member that the schema does
 * not describe is a fault, for then the document does not say everything.
 */
export function faults(schema, value, document, at = "$") {
  const below = (part, inner, place) => faults(part, inner, document, place);
  if (schema.$ref) return below(resolve(document, schema.$ref), value, at);
  const expected = [schema.type ?? []].flat();
  if (expected.length && !expected.some((type) => types[type](value))) return [`${at} is no ${schema.type}`];
  const found = [...alternatives(schema, value, at, below), ...limits(schema, value, at)];
  for (const part of schema.allOf ?? []) found.push(...below(part, value, at));
  if (Array.isArray(value) && schema.items) found.push(...value.flatMap((inner, n) => below(schema.items, inner, `${at}[${n}]`)));
  if (!types.object(value)) return found;
  for (const name of schema.required ?? []) if (!(name in value)) found.push(`${at}.${name} is missing`);
  for (const [name, inner] of Object.entries(value)) {
    const part = schema.properties?.[name] ?? schema.additionalProperties;
    if (part && part !== true) found.push(...below(part, inner, `${at}.${name}`));
    else if (!part && expected.includes("object")) found.push(`${at}.${name} is not described`);
  }
  return found;
}

function alternatives(schema, value, at, below) {
  const found = [];
  for (const [name, most] of [["anyOf", Infinity], ["oneOf", 1]]) {
    const parts = schema[name]?.map((part) => below(part, value, at));
    const good = parts?.filter((part) => !part.length).length;
    if (good === 0 || good > most) found.push(`${at} is ${good} of its forms: ${parts.flat()}`);
  }
  return found;
}

function limits(schema, value, at) {
  const wrong = [
    [schema.enum && !schema.enum.includes(value), `none of ${schema.enum}`],
    ["const" in schema && schema.const !== value, `not ${schema.const}`],
    [types.number(value) && value < schema.minimum, `less than ${schema.minimum}`],
    [types.string(value) && schema.pattern && !new RegExp(schema.pattern, "u").test(value), `not ${schema.pattern}`],
    [types.string(value) && [...value].length > schema.maxLength, `longer than ${schema.maxLength}`],
    [types.string(value) && [...value].length < schema.minLength, `shorter than ${schema.minLength}`],
  ];
  return wrong.filter(([is]) => is).map(([, what]) => `${at} is ${what}`);
}

/** What a `#/…` reference leads to. */
export function resolve(document, reference) {
  const found = reference.slice(2).split("/").reduce((part, name) => part?.[name], document);
  assert.ok(found, `${reference} leads nowhere`);
  return found;
}

/** An operation's answers of a status, which may stand elsewhere in the document. */
export function responseOf(document, operation, status) {
  const response = operation.responses[status];
  return response?.$ref ? resolve(document, response.$ref) : response;
}

/** An answer of an endpoint is one that the document describes: its status, its type, its headers, its members, and of a problem its code. */
export function assertDescribed(document, method, path, page) {
  const place = `${method} ${path}`;
  const response = responseOf(document, document.paths[path][method], page.status);
  assert.ok(response, `${place}: ${page.status} ${page.text}`);
  for (const [name, { required }] of Object.entries(response.headers ?? {})) {
    assert.ok(!required || page.headers.get(name), `${place}: ${page.status} has no ${name}`);
  }
  const [type] = (page.headers.get("content-type") ?? "").split(";");
  const schema = response.content?.[type]?.schema;
  if (!schema) assert.equal(page.text, "", `${place}: ${page.status} is described without ${type}`);
  else if (type !== "text/html") assert.deepEqual(faults(schema, page.json, document), [], `${place}: ${page.text}`);
}
