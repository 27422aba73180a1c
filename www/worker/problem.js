// What the school's routes answer: JSON, and problem documents (RFC 9457) where something is refused.

const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };

const PROBLEMS = {
  body_invalid: [400, "the body is not JSON as this route takes it"],
  fields_invalid: [422, "something in the form is not as it must be"],
  origin_refused: [403, "a change must come from the site itself"],
  not_found: [404, "there is no such path"],
  method_refused: [405, "this path does not take the method"],
  document_unknown: [404, "there is no such document, or none for you"],
  class_unknown: [404, "there is no such class"],
  class_exists: [409, "there is a class of this name"],
  version_missing: [428, "say in `If-Match` which version the change is of"],
  version_stale: [412, "somebody has changed this meanwhile"],
  too_large: [413, "the body is too large"],
  media_type_refused: [415, "the body must be `application/json`"],
  unavailable: [503, "the school cannot answer at this moment"],
};

export function problem(code, members, headers) {
  const [status, title] = PROBLEMS[code];
  const body = JSON.stringify({ title, status, code, ...members });
  return new Response(body, { status, headers: { ...HEADERS, "content-type": "application/problem+json", ...headers } });
}

/** With a version, it is the ETag that a change has to name. */
export function json(value, { status = 200, version } = {}) {
  const tag = version === undefined ? {} : { etag: `"${version}"` };
  return Response.json(value, { status, headers: { ...HEADERS, ...tag } });
}

export const nothing = () => new Response(null, { status: 204, headers: HEADERS });
