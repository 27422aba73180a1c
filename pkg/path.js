/** The path of an endpoint; the parts may hold any character. */
export const pathOf = (...parts) => ["/api", ...parts.map(segment)].join("/");

/** A URL takes `.` and `..` for ways up, however they are written (WHATWG URL §4.4): sent is what names nothing. */
const segment = (part) => encodeURIComponent(part).replace(/^\.\.?$/, "!");

/** The prefix of every path, with one slash before it and none behind. */
export const rootOf = (prefix = "/auth") => `/${prefix}`.replace(/^\/+/, "/").replace(/\/+$/, "");

/** A query of those members that have a value; one with a list stands there once for each of it. */
export function query(members) {
  const given = Object.entries(members).filter(([, value]) => value != null);
  return new URLSearchParams(given.flatMap(([name, values]) => [values].flat().map((value) => [name, value])));
}

const MAX_BYTES = 512;

/**
 * A path of this very origin, and nothing that a browser may take for another one: where somebody may be sent back to. The deployment has the same
 * rule: `src/domain/next.rs`.
 */
export function isLocal(text) {
  const [path] = text.toLowerCase().split(/[?#]/);
  const plain = text.length <= MAX_BYTES && /^[\x21-\x5b\x5d-\x7e]+$/.test(text);
  return plain && path.startsWith("/") && !/\/\/|%2f|%5c/.test(path);
}
