// The HTML of the pages.

import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../scripts/paths.mjs";

const { parse } = createRequire(join(root, "node_modules", "vue", "package.json"))("@vue/compiler-dom");

/** The elements of the package and their attributes; `elements.test.mjs` holds them against the classes. */
export const ELEMENTS = {
  "countersign-auth": ["next", "next-from-url", "view", "name", "required", "disabled"],
  "countersign-user": ["account", "sign-in"],
  "countersign-account": ["sections"],
  "countersign-guard": ["tag", "policy", "at"],
};

const [ELEMENT, TEXT, ATTRIBUTE] = [1, 2, 6];

/** All elements, as `{ tag, attributes, text }`. What is not closed, or closes nothing, is a fault. */
export function elementsOf(html) {
  const found = [];
  const walk = (node) => {
    if (node.type === ELEMENT) found.push({ tag: node.tag, attributes: attributesOf(node), text: textOf(node) });
    (node.children ?? []).forEach(walk);
  };
  walk(parse(html, { parseMode: "html", isVoidTag: (tag) => VOID.includes(tag), isNativeTag: () => true, onError: fail }));
  return found;
}

/** The text of each module that stands in it. */
export const scriptsOf = (html) =>
  elementsOf(html).filter(({ tag, attributes, text }) => tag === "script" && attributes.type === "module" && text.trim()).map(({ text }) => text);

const VOID = ["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

const attributesOf = ({ props }) => Object.fromEntries(props.filter(({ type }) => type === ATTRIBUTE).map(({ name, value }) => [name, value?.content ?? ""]));

const textOf = ({ children }) => children.filter(({ type }) => type === TEXT).map(({ content }) => content).join("");

function fail(error) {
  throw error;
}
