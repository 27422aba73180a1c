// Paths with parameters, as the page and the school's own routes have them.

export const CLASS = "\\d{1,2}[a-z]";
export const ACCOUNT = "[0-9a-f]{32}";
export const DOCUMENT = "[a-z0-9-]{1,64}";

/** What is that, and nothing else. */
export const whole = (shape) => new RegExp(`^${shape}$`);

/** Matches paths such as `/classes/:class`; a parameter that has no shape of its own is whatever stands between two slashes. */
export const pathPattern = (path, shapes = {}) =>
  whole(path.replaceAll(/:(\w+)/g, (_, name) => `(?<${name}>${shapes[name] ?? "[^/]+"})`));
