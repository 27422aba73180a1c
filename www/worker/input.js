// What comes in, checked once at the door: where it comes from, which version it is of, and what it says.

import { problem } from "./problem.js";

const MAX_BYTES = 65_536;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029]/;

/**
 * The session's cookie is SameSite=Lax: that keeps other sites out, but not sibling hosts. So what changes something says where it comes
 * from; a token in the header is put there by nobody's browser.
 */
export const isOwn = ({ headers }, issuer) =>
  /^bearer /i.test(headers.get("authorization") ?? "") || headers.get("origin") === issuer;

/** The version that a change is of; undefined where none is named. */
export function versionOf(request) {
  const [, version] = /^"(\d{1,9})"$/.exec(request.headers.get("if-match") ?? "") ?? [];
  return version === undefined ? undefined : Number(version);
}

/** The body by a form: `{ value }`, or the `refusal` to answer with. What the form does not name is refused. */
export async function readForm(request, form) {
  const [type] = (request.headers.get("content-type") ?? "").toLowerCase().split(";");
  if (type.trim() !== "application/json") return { refusal: problem("media_type_refused") };
  const bytes = await readBytes(request);
  if (!bytes) return { refusal: problem("too_large") };
  const body = parsed(bytes);
  if (Object.prototype.toString.call(body) !== "[object Object]") return { refusal: problem("body_invalid") };
  const fields = [
    ...Object.keys(body)
      .filter((name) => !Object.hasOwn(form, name))
      .map((field) => ({ field, code: "unknown" })),
    ...Object.entries(form).flatMap(([field, check]) => faults(field, check(body[field]))),
  ];
  return fields.length > 0 ? { refusal: problem("fields_invalid", { fields }) } : { value: body };
}

/** No more than is taken is read. Undefined if there is more. */
async function readBytes({ headers, body }) {
  if (Number(headers.get("content-length") ?? 0) > MAX_BYTES) return undefined;
  const parts = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES) return undefined;
    parts.push(part);
  }
  return new Blob(parts).arrayBuffer();
}

const faults = (field, code) => (code ? [{ field, code }] : []);

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Text within bounds, in characters, of which at least one can be seen. */
export const text =
  (max, { min = 1 } = {}) =>
  (value) => {
    if (value === undefined || (min > 0 && typeof value === "string" && value.trim() === "")) return "missing";
    if (typeof value !== "string" || CONTROL.test(value) || !value.isWellFormed()) return "malformed";
    return value.length > max ? "too_long" : undefined;
  };

export const matching = (pattern) => (value) => {
  if (value === undefined) return "missing";
  return typeof value === "string" && pattern.test(value) ? undefined : "malformed";
};

export const oneOf =
  (...choices) =>
  (value) => {
    if (value === undefined) return "missing";
    return choices.includes(value) ? undefined : "not_a_choice";
  };

export const orNull = (check) => (value) => (value === null ? undefined : check(value));
