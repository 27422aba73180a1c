// The school's own routes, below /api. The client's `fetch` renews the session where it has to.

import { client } from "./client.js";

/** A refusal of the school, or of the guard before it: a problem document with its `code`. */
class Refusal extends Error {
  constructor({ code, title, detail, status, fields, max_age }) {
    super(detail ?? title);
    Object.assign(this, { code, title, detail, status, fields, max_age });
  }
}

export const read = (path) => call(path);

/** Changes a version of something: if there is a later one by now, the refusal is `version_stale`. */
export const change = (path, body, version) => call(path, { method: "PUT", body, version });

export const create = (path, body) => call(path, { method: "POST", body });

export const remove = (path) => call(path, { method: "DELETE" });

async function call(path, { method = "GET", body, version } = {}) {
  const headers = { accept: "application/json" };
  if (body) headers["content-type"] = "application/json";
  if (version !== undefined) headers["if-match"] = `"${version}"`;
  const answer = await client.fetch(path, { method, headers, body: body && JSON.stringify(body) }).catch(() => undefined);
  if (!answer) throw new Refusal({ code: "network_unavailable", title: "the school could not be reached", status: 0 });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Refusal({ code: "response_invalid", title: "the answer cannot be read", status: answer.status, ...said });
  return said;
}
