/** The path of an endpoint; the parts may hold any character. */
export const pathOf = (...parts) => ["/api", ...parts.map(encodeURIComponent)].join("/");

/** The prefix of every path, with one slash before it and none behind. */
export const rootOf = (prefix = "/auth") => `/${prefix}`.replace(/^\/+/, "/").replace(/\/+$/, "");

/** A query of those members that have a value; a list stands with commas. */
export function query(members) {
  const given = Object.entries(members).filter(([, value]) => value != null);
  return new URLSearchParams(given.map(([name, value]) => [name, [value].flat().join()]));
}
