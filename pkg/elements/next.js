// A page that wants somebody signed in sends her to sign in with `?next=/path`, and with `max_age` if it wants a proof of who she is that is not
// older, in seconds. From there she goes back; a page of another origin sends her without `next`, and she goes back by herself.

import { isLocal } from "../path.js";
import { storage } from "./storage.js";

const PATIENCE = 30_000;
const SENT = "countersign:sent";

/**
 * What the address of the page says: `{ path, maxAge, back }`, or undefined. `path` is undefined if only a fresh proof is asked for. `back` says
 * that she was sent to that page a moment ago, and it has sent her back: something else than a sign-in is missing, and she would go to and fro
 * for ever.
 */
export function readNext() {
  const { searchParams } = new URL(location.href);
  const [wanted, seconds] = ["next", "max_age"].map((name) => searchParams.get(name));
  const path = wanted !== null && isLocal(wanted) ? wanted : undefined;
  const maxAge = /^\d{1,9}$/.test(seconds) ? Number(seconds) : undefined;
  if (path === undefined && (wanted !== null || maxAge === undefined)) return undefined;
  const [sent, at] = JSON.parse(storage()?.getItem(SENT) ?? "[]");
  return { path, maxAge, back: path !== undefined && sent === path && Date.now() - at < PATIENCE };
}

/** Takes it out of the address. */
export function dropNext() {
  const address = new URL(location.href);
  for (const name of ["next", "max_age"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

/** Whether a session's proof is older than that page takes. */
export const isAged = ({ auth_time }, { maxAge }) => maxAge !== undefined && Date.now() / 1000 >= auth_time + maxAge;

/** Goes there, in place of this page. */
export function goOn(path) {
  storage()?.setItem(SENT, JSON.stringify([path, Date.now()]));
  location.replace(path);
}
