import { CountersignError } from "../error.js";
import { isLocal } from "../path.js";

/** Where people sign in: a path of the issuer's origin. */
export function readSignIn(path, issuer) {
  if (typeof path === "string" && isLocal(path)) return new URL(path, issuer);
  throw new CountersignError({ code: "next_invalid", title: "`signIn` is no path of the issuer's origin" });
}

/** Whether a browser goes somewhere with this request, and would show its person what it is answered. */
export function navigates({ method, headers }) {
  if (method !== "GET") return false;
  const mode = headers.get("sec-fetch-mode");
  if (mode !== null) return mode === "navigate";
  return (headers.get("accept") ?? "").toLowerCase().includes("text/html");
}

/**
 * Sends a browser to sign in, and from there back to where it was, if that is a path of the issuer's origin; `maxAge` says how old her
 * proof may be when she comes back.
 */
export function toSignIn({ url }, page, maxAge) {
  const target = new URL(page);
  const { origin, pathname, search } = new URL(url);
  if (origin === target.origin && isLocal(pathname + search)) target.searchParams.set("next", pathname + search);
  if (maxAge !== undefined) target.searchParams.set("max_age", maxAge);
  const headers = { location: target.href, "cache-control": "no-store", "referrer-policy": "no-referrer" };
  return new Response(null, { status: 303, headers });
}
