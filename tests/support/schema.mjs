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
  const found = [];
  if (schema.type && ![schema.type].flat().some((type) => types[type](value))) return [`${at} is no ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) found.push(`${at} is none of ${schema.enum}`);
  if ("const" in schema && schema.const !== value) found.push(`${at} is not ${schema.const}`);
  if (schema.oneOf && schema.oneOf.filter((part) => !below(part, value, at).length).length !== 1) {
    found.push(`${at} is not one of its forms: ${schema.oneOf.flatMap((part) => below(part, value, at))}`);
  }
  if (schema.type === "array") found.push(...value.flatMap((inner, n) => below(schema.items, inner, `${at}[${n}]`)));
  if (![schema.type].flat().includes("object") || !types.object(value)) return found;
  for (const name of schema.required ?? []) if (!(name in value)) found.push(`${at}.${name} is missing`);
  for (const [name, inner] of Object.entries(value)) {
    const part = schema.properties?.[name] ?? schema.additionalProperties;
    found.push(...(part ? below(part, inner, `${at}.${name}`) : [`${at}.${name} is not described`]));
  }
  return found;
}

/** What a `#/…` reference leads to. */
export function resolve(document, reference) {
  const found = reference.slice(2).split("/").reduce((part, name) => part?.[name], document);
  assert.ok(found, `${reference} leads nowhere`);
  return found;
}

/** An answer of an endpoint is one that the document describes: its status, its type, its members, and of a problem its code. */
export function assertDescribed(document, method, path, page) {
  const place = `${method} ${path}`;
  const response = document.paths[path][method].responses[page.status];
  assert.ok(response, `${place}: ${page.status} ${page.text}`);
  const [type] = (page.headers.get("content-type") ?? "").split(";");
  const schema = response.content?.[type]?.schema;
  if (type === "text/html") return;
  if (!schema) assert.equal(page.text, "", `${place}: ${page.status} is described without ${type}`);
  else for (const part of schema.allOf ?? [schema]) assert.deepEqual(held(part, page.json, document), [], `${place}: ${page.text}`);
}

// The second part of a problem says no more than which codes there are.
function held(part, json, document) {
  const codes = !part.$ref && part.properties?.code?.enum;
  if (codes) return codes.includes(json.code) ? [] : [`${json.code} is none of ${codes}`];
  return faults(part, json, document);
}
