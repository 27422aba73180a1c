import { make } from "../dom.js";

/** What is seen until something is known. */
export function ghost() {
  const lines = [1, 2, 3, 4].map(() => make("div", { className: "ghost" }));
  return make("div", { className: "card", part: "card", "aria-busy": "true" }, lines);
}
