// The language of an element, and what is said in it. Texts are data: English is here, the others come when one is spoken.

import { own } from "./own.js";
import en from "./text/en.js";

const LATE = {
  de: () => import("./text/de.js"),
  es: () => import("./text/es.js"),
  fr: () => import("./text/fr.js"),
  ja: () => import("./text/ja.js"),
};

const known = new Map([["en", en]]); // as loaded
const added = new Map(); // as the page has it, over those
const listeners = new Set();
let watching = false;

/**
 * Adds a language, or replaces texts of one: `{ auth: { sign_in: "Log in" } }`. What is missing is said as before, and in the end in English.
 */
export function addLanguage(language, texts) {
  const name = language.toLowerCase();
  added.set(name, merged(added.get(name), texts));
  for (const listener of [...listeners]) listener(true);
}

/** Calls the listener when an element may speak another language; with true: when texts have changed. Returns the way to stop. */
export function onLanguage(listener) {
  watch();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The language of an element: that of the page around it, else one that she reads, if it is known here; else English. */
export function languageOf(element) {
  const wanted = [around(element), ...(navigator.languages ?? [])].filter(Boolean);
  return wanted.find((language) => names(language).some(isKnown)) ?? "en";
}

/**
 * Resolves with the way to say things in a language: `say("auth.title", { name })`, undefined for what has no text. A number is written as
 * the language has it, and a text of several forms is chosen by `count`.
 */
export async function speaker(language) {
  const spoken = names(language);
  await Promise.all(spoken.map(load));
  return speaking(language, [...spoken, "en"]);
}

/** The same in English, at once. */
export const english = () => speaking("en", ["en"]);

function speaking(language, spoken) {
  const plural = new Intl.PluralRules(language);
  const sources = spoken.flatMap((name) => [added.get(name), known.get(name)]).filter(Boolean);

  function find(path) {
    const dot = path.indexOf(".");
    const [group, key] = [path.slice(0, dot), path.slice(dot + 1)];
    return sources.map((texts) => own(own(texts, group), key)).find((text) => text !== undefined);
  }

  /** The pieces of a text, its values among them as they are. */
  function pieces(path, values = {}) {
    const found = find(path);
    const text = found && typeof found === "object" ? (found[plural.select(values.count)] ?? found.other) : found;
    return text?.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? written(values[piece]) : piece));
  }

  const written = (value) => (typeof value === "number" ? value.toLocaleString(language) : value);

  const say = (path, values) => pieces(path, values)?.join("");
  return { language, say, pieces };
}

async function load(name) {
  if (known.has(name) || !Object.hasOwn(LATE, name)) return;
  // Without the network it is said in English.
  const texts = await LATE[name]().catch(() => undefined);
  if (texts) known.set(name, texts.default);
}

const isKnown = (name) => added.has(name) || known.has(name) || Object.hasOwn(LATE, name);

/** `de-AT` is spoken as `de-at`, then as `de`. */
function names(language) {
  const name = language.toLowerCase();
  return [...new Set([name, name.split("-")[0]])];
}

/** What the nearest attribute says, also outside of the tree of shadows that the element stands in. */
function around(element) {
  for (let at = element; at; at = at.getRootNode().host) {
    const found = at.closest("[lang]");
    if (found) return found.lang;
  }
  return undefined;
}

function watch() {
  if (watching) return;
  watching = true;
  const tell = () => [...listeners].forEach((listener) => listener(false));
  new MutationObserver(tell).observe(document, { attributes: true, attributeFilter: ["lang"], subtree: true });
  addEventListener("languagechange", tell);
}

function merged(before = {}, texts) {
  const groups = Object.entries(texts).map(([group, more]) => [group, { ...before[group], ...more }]);
  return { ...before, ...Object.fromEntries(groups) };
}
