// The client of all elements that have none of their own.

import { createClient } from "../index.js";

const listeners = new Set();
let shared;

/** The client of all elements without one of their own: one `createClient()`, unless another was set. */
export const sharedClient = () => (shared ??= createClient());

/** Sets the client of all elements that have none of their own. */
export function setClient(client) {
  shared = client;
  // A copy: who listens begins anew, and listens anew.
  for (const listener of [...listeners]) listener();
}

/** Calls the listener when another client is set. Returns the way to stop. */
export function onClient(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
