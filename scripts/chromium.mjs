// The browser of the browser tests: Debian's Chromium, or the one that CHROMIUM names.

import { ensureDebian } from "./debian.mjs";

/** Resolves with the browser's path. */
export const ensureChromium = () =>
  ensureDebian({ name: "Chromium", path: "/usr/bin/chromium", package: "chromium", variable: "CHROMIUM" });
