import { make } from "../dom.js";
import { own } from "../own.js";
import { createMeter } from "./meter.js";

/**
 * One field of a form: `element` with its label, its input and the place for what is wrong with it.
 *
 * A field is as in the deployment's configuration, or one of the form's own of type `password` or `login`. Further members: `autocomplete`,
 * `hint`, `value`, and for a new password `estimate(password)` and `needed`.
 */
export function createControl(host, form, field) {
  const { name, type, label: called, hint, required } = field;
  const id = `${form}-${name.replace(".", "-")}`;
  const input = inputOf(host, id, field);
  const secret = type === "password" && disguise(host, input, called);
  const meter = field.estimate && createMeter(host, field);
  const more = !required && type !== "boolean" && make("span", { className: "hint" }, ` ${host.say("field.optional")}`);
  const label = make("label", { htmlFor: id, part: "label" }, called, more);
  const error = make("p", { id: `${id}-error`, className: "error", part: "error" });
  const advice = hint && make("p", { id: `${id}-hint`, className: "hint", part: "hint" }, hint);
  const lines = type === "boolean" ? make("div", { className: "tick" }, input, label) : [label, secret ? secret.element : input];
  const element = make("div", { className: "field", part: "field" }, lines, meter?.element, advice, error);
  element.dataset.name = name;
  input.setAttribute("aria-describedby", (hint ? `${id}-hint ` : "") + `${id}-error`);

  const read = () => valueOf(input, type);

  function write(value) {
    if (type === "boolean") input.checked = value === true;
    else input.value = value ?? "";
  }

  /** Shows what is wrong, by its code; none: nothing is. */
  function complain(code) {
    error.textContent = code ? fault(host, code, field) : "";
    input.setAttribute("aria-invalid", String(Boolean(code)));
  }

  function reset() {
    write(field.value);
    if (secret) secret.reveal(false);
    meter?.measure("");
    complain();
  }

  input.addEventListener("input", () => {
    meter?.measure(input.value);
    if (error.textContent) complain();
  });
  write(field.value);
  return { name, element, input, read, write, complain, reset, check: () => faultIn(input, field) };
}

const AUTOCOMPLETE = { email: "email", user_name: "username", first_name: "given-name", last_name: "family-name" };

/** Its limits are HTML attributes too, so that a browser and whoever listens to it know them. */
function inputOf({ say }, id, field) {
  const { name, type, required, choices, min_length, max_length, pattern, min, max, integer } = field;
  if (choices) {
    const none = make("option", { value: "" }, say(required ? "field.choose" : "field.none"));
    const options = choices.map((value) => make("option", { value }, say(`field.${name}.${value}`) ?? value));
    return make("select", { id, name, required, part: "input" }, none, options);
  }
  return make("input", {
    id,
    name,
    part: "input",
    // A type that HTML does not know is one of text.
    type: type === "boolean" ? "checkbox" : type,
    // A box that is not ticked is an answer too, so it is never missing.
    required: required && type !== "boolean",
    minLength: min_length || undefined,
    // A browser would cut a pasted password without a word.
    maxLength: type === "password" ? undefined : max_length,
    pattern,
    min,
    max,
    step: type === "number" && !integer ? "any" : undefined,
    autocomplete: field.autocomplete ?? own(AUTOCOMPLETE, name) ?? "off",
    ...(type !== "text" && { autocapitalize: "none", spellcheck: false }),
  });
}

function valueOf({ value, checked, valueAsNumber }, type) {
  if (type === "boolean") return checked;
  if (type === "number") return value === "" ? null : valueAsNumber;
  return (type === "password" ? value : value.trim()) || null;
}

/** The input of a password, with a button that shows what was typed. */
function disguise({ say }, input, called) {
  const toggle = make("button", { type: "button", part: "link" });

  function reveal(shown) {
    input.type = shown ? "text" : "password";
    toggle.textContent = say(shown ? "field.hide" : "field.show");
    toggle.ariaLabel = `${toggle.textContent}: ${called}`;
  }

  reveal(false);
  toggle.addEventListener("click", () => reveal(input.type === "password"));
  return { element: make("div", { className: "secret" }, input, toggle), reveal };
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
  stepMismatch: "malformed",
  valueMissing: "missing",
  patternMismatch: "pattern_mismatch",
  rangeUnderflow: "too_small",
  rangeOverflow: "too_large",
};

/** What is wrong with a field in words; its own limits are named. */
function fault({ say }, code, { type, min_length, max_length, min, max }) {
  const limit = own({ too_short: min_length, too_long: max_length, too_small: min, too_large: max }, code);
  const exact = limit === undefined ? type : "limit"; // what more can be said than the code
  return say(`fault.${code}_${exact}`, { count: limit }) ?? say(`fault.${code}`) ?? say("fault.other", { code });
}
