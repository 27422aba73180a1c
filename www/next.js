// A page that wants somebody signed in sends her to the sign-in page with `?next=/path`, and with `max_age` if it wants a proof of who she
// is that is not older, in seconds. From there she goes back; a page of another origin sends her without `next`, and she goes back by herself.

import { go, isPage } from "./router.js";

const MAX_BYTES = 512;
const PATIENCE = 30_000;
const SENT = "school:sent";

/**
 * What the address says: `{ path, maxAge, back }`, or undefined. `back` says that she was sent to that page a moment ago, and it has sent her
 * back: something else than a sign-in is missing, and she would go to and fro for ever.
 */
export function readNext() {
  const { searchParams } = new URL(location.href);
  const seconds = searchParams.get("max_age");
  const path = searchParams.get("next") ?? (seconds === null ? null : "/");
  if (path === null || !isLocal(path)) return undefined;
  const maxAge = /^\d{1,9}$/.test(seconds) ? Number(seconds) : undefined;
  const [sent, at] = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  return { path, maxAge, back: sent === path && Date.now() - at < PATIENCE };
}

/** Whether a session's proof is older than that page takes. */
export const isAged = ({ auth_time }, { maxAge }) => maxAge !== undefined && Date.now() / 1000 >= auth_time + maxAge;

/** Goes there, in place of this page. */
export function goOn(path) {
  if (isPage(path)) return go(path, { replace: true });
  sessionStorage.setItem(SENT, JSON.stringify([path, Date.now()]));
  location.replace(path);
}

/** A path of this origin, and nothing that a browser may take for another one: as `src/domain/next.rs` has it. */
function isLocal(text) {
  const [path] = text.toLowerCase().split(/[?#]/);
  const plain = text.length <= MAX_BYTES && /^[\x21-\x5b\x5d-\x7e]+$/.test(text);
  return plain && path.startsWith("/") && !/\/\/|%2f|%5c/.test(path);
}
