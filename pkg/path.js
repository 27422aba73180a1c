/** The path of an endpoint; the parts may hold any character. */
export const pathOf = (...parts) => ["/api", ...parts.map(encodeURIComponent)].join("/");

/** A query of those members that have a value. */
export const query = (members) => new URLSearchParams(Object.entries(members).filter(([, value]) => value != null));
