import { pathOf, query } from "./path.js";

/** The calls below `/api`: `get(["groups", group], { limit: 10 })`, and with a body the others. */
export function calling(call) {
  const sending = (method) => (parts, body) => call(pathOf(...parts), { method, body });
  return {
    get: (parts, asked = {}) => call(`${pathOf(...parts)}?${query(asked)}`.replace(/\?$/, "")),
    post: sending("POST"),
    put: sending("PUT"),
    remove: sending("DELETE"),
  };
}
