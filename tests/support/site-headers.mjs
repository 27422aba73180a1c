// The headers that every page of the sample application has, as `www/_headers` says: a page that a test shows in its place has them too.

import { readFileSync } from "node:fs";

const [ofEveryPage] = readFileSync(new URL("../../www/_headers", import.meta.url), "utf8").split("\n/");

/** By their names in lower case. */
export const siteHeaders = Object.fromEntries(
  [...ofEveryPage.matchAll(/^\s+([\w-]+): (.*)$/gm)].map(([, name, value]) => [name.toLowerCase(), value]),
);

export const sitePolicy = siteHeaders["content-security-policy"];
