import { make } from "../dom.js";
import { createMeter } from "./meter.js";

/**
 * One field of a form: `element` with its label, its input and the place for what is wrong with it.
 *
 * A field is as in the deployment's configuration, or one of the form's own of type `password` or `login`. Further members: `autocomplete`,
 * `hint`, `beside` (a node beside the label), `value`, and for a new password `estimate(password)` and `needed`.
 */
export function createControl(host, form, field) {
  const id = `${form}-${field.name.replace(".", "-")}`;
  const { input, element: whole = input, read, write, more = [], clear } = (shapes[field.type] ?? text)(host, id, field);
  const error = make("p", { id: `${id}-error`, className: "error", part: "error" });
  const hint = field.hint && make("p", { id: `${id}-hint`, className: "hint", part: "hint" }, field.hint);
  const label = make("label", { htmlFor: id, part: "label" }, field.label, optional(host, field));
  input.setAttribute("aria-describedby", [hint, error].filter(Boolean).map(({ id }) => id).join(" "));
  input.part = "input";
  const head = field.beside ? make("div", { className: "between" }, label, field.beside) : label;
  const parts = field.type === "boolean" ? [make("div", { className: "tick" }, whole, label)] : [head, whole];
  const element = make("div", { className: "field", part: "field" }, parts, more, hint, error);
  element.dataset.name = field.name;
  write(field.value ?? null);

  /** Shows what is wrong, by its code; none: nothing is. */
  function complain(code) {
    error.textContent = code ? fault(host, code, field) : "";
    input.setAttribute("aria-invalid", String(Boolean(code)));
  }

  function reset() {
    write(field.value ?? null);
    clear?.();
    complain();
  }

  input.addEventListener("input", () => error.textContent && complain());
  return { name: field.name, field, element, input, read, write, complain, reset, check: () => faultIn(input, field) };
}

const shapes = { boolean: tick, choice, number, password };

function text(_host, id, field) {
  const type = { email: "email", url: "url", date: "date" }[field.type] ?? "text";
  const input = make("input", { id, name: field.name, type, ...limits(field), ...typing(field) });
  return { input, read: () => input.value.trim() || null, write: (value) => (input.value = value ?? "") };
}

function number(_host, id, field) {
  const step = field.integer ? "1" : "any";
  const inputMode = field.integer ? "numeric" : "decimal";
  const input = make("input", { id, name: field.name, type: "number", step, inputMode, ...limits(field) });
  const read = () => (input.value === "" ? null : input.valueAsNumber);
  return { input, read, write: (value) => (input.value = value ?? "") };
}

/** A box that is not ticked is an answer too, so it is never missing. */
function tick(_host, id, field) {
  const input = make("input", { id, name: field.name, type: "checkbox" });
  return { input, read: () => input.checked, write: (value) => (input.checked = value === true) };
}

function choice({ say }, id, field) {
  const none = make("option", { value: "" }, say(field.required ? "field.choose" : "field.none"));
  const called = (value) => say(`field.${field.name}.${value}`) ?? value;
  const options = field.choices.map((value) => make("option", { value }, called(value)));
  const input = make("select", { id, name: field.name, required: field.required }, none, options);
  return { input, read: () => input.value || null, write: (value) => (input.value = value ?? "") };
}

/** With a button that shows what was typed and, for a new one, a meter of its strength. */
function password(host, id, field) {
  // No longest length: a browser would cut a pasted password without a word.
  const input = make("input", { id, name: field.name, type: "password", ...limits(field), ...typing(field) });
  input.removeAttribute("maxlength");
  const toggle = make("button", { type: "button", part: "link", "aria-controls": id });
  const meter = field.estimate && createMeter(host, field);

  function reveal(shown) {
    input.type = shown ? "text" : "password";
    toggle.textContent = host.say(shown ? "field.hide" : "field.show");
    toggle.setAttribute("aria-label", `${toggle.textContent}: ${field.label}`);
  }

  reveal(false);
  toggle.addEventListener("click", () => reveal(input.type === "password"));
  if (meter) input.addEventListener("input", () => meter.measure(input.value));
  return {
    input,
    element: make("div", { className: "secret" }, input, toggle),
    more: meter ? [meter.element] : [],
    read: () => input.value || null,
    write: (value) => (input.value = value ?? ""),
    clear() {
      reveal(false);
      meter?.clear();
    },
  };
}

/** The limits as HTML attributes, so that a browser and whoever listens to it know them too. */
function limits({ required = false, min_length, max_length, pattern, min, max }) {
  return {
    required,
    ...(min_length > 0 && { minLength: min_length }),
    ...(max_length !== undefined && { maxLength: max_length }),
    pattern,
    ...(min !== undefined && { min: String(min) }),
    ...(max !== undefined && { max: String(max) }),
  };
}

const AUTOCOMPLETE = {
  email: "email",
  user_name: "username",
  first_name: "given-name",
  last_name: "family-name",
  picture: "photo",
};

function typing({ name, type, autocomplete = AUTOCOMPLETE[name] ?? "off" }) {
  const plain = ["email", "login", "password", "url", "user_name"].includes(type);
  return { autocomplete, ...(plain && { autocapitalize: "none", spellcheck: false }) };
}

/** What the browser finds wrong, as the code that the edge would give. */
function faultIn({ validity, value }, { type, min_length, max_length }) {
  const found = Object.keys(CODES).find((flaw) => validity[flaw]);
  if (found) return CODES[found];
  // A browser holds only what was typed against these, and counts otherwise than the edge.
  const length = type === "number" ? 0 : [...value].length;
  if (length > 0 && length < min_length) return "too_short";
  return length > max_length ? "too_long" : undefined;
}

const CODES = {
  badInput: "malformed",
  typeMismatch: "malformed",
  valueMissing: "missing",
  patternMismatch: "pattern_mismatch",
  rangeUnderflow: "too_small",
  rangeOverflow: "too_large",
  stepMismatch: "malformed",
};

/** What is wrong with a field in words; its own limits are named. */
function fault({ say }, code, { type, min_length, max_length, min, max }) {
  const limit = { too_short: min_length, too_long: max_length, too_small: min, too_large: max }[code];
  const exact = code === "malformed" ? type : limit !== undefined && "limit"; // what more can be said than the code
  return say(`fault.${code}_${exact}`, { count: limit }) ?? say(`fault.${code}`) ?? say("fault.other", { code });
}

const optional = ({ say }, { type, required }) =>
  required || type === "boolean" ? undefined : make("span", { className: "optional" }, ` ${say("field.optional")}`);
