// Fields, the forms that they stand in, and buttons: what is busy, what was wrong, and where it is said.

import { make } from "./dom.js";
import { fault, words } from "./words.js";

/**
 * A form of `fields` (elements of any kind) with a button of this `label`, and more of them `beside` it. `submit(values)` gets what was
 * typed, by name; a failure is said at the fields that it names, or below the button, where `more` of it follows.
 */
export function form(fields, label, submit, { beside = [], ...properties } = {}) {
  const send = make("button", { type: "submit" }, label);
  const message = make("p", { className: "error", role: "alert" });
  const buttons = beside.length > 0 ? make("div", { className: "line" }, send, ...beside) : send;
  const element = make("form", properties, ...fields, buttons, message);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    mark(element);
    message.textContent = "";
    busy(send, () => submit(typed(element)).catch(refused));
  });

  function refused(error) {
    if (error.fields) mark(element, error.fields);
    else message.replaceChildren(words(error), ...(error.more ?? []));
  }

  return element;
}

/** Some browsers write lines of a text as mails have them. */
const typed = (element) =>
  Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]));

/** A field with its label, a hint, and room for what is wrong with it. */
export function field(label, control, { hint } = {}) {
  const id = `field-${control.name}`;
  control.id = id;
  control.setAttribute("aria-describedby", [`${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" "));
  return make(
    "div",
    { className: "field" },
    make("label", { htmlFor: id }, label),
    hint && make("p", { className: "hint", id: `${id}-hint` }, hint),
    control,
    make("p", { className: "error", id: `${id}-error` }),
  );
}

/** A line of text that is no prose: an address, a path, a tag. */
export const plainInput = (name, properties) =>
  make("input", { name, autocomplete: "off", autocapitalize: "none", spellcheck: false, ...properties });

/** A choice from a list of `[value, label]`. */
export const select = (name, options) => make("select", { name }, ...options.map(([value, label]) => make("option", { value }, label)));

/** Shows what is wrong with the fields of a form, by their names, and goes to the first one; none clears it. */
function mark(form, fields = []) {
  for (const control of form.querySelectorAll("input, select, textarea")) {
    const wrong = fields.find(({ field }) => field === control.name);
    const place = form.querySelector(`#${control.id}-error`);
    if (place) place.textContent = wrong ? fault(wrong.code) : "";
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  form.querySelector("[aria-invalid]")?.focus();
}

/** A button that shows that it is busy while its task runs; a failure is said beside it. */
export function button(label, task, properties) {
  const element = make("button", { type: "button", ...properties }, label);
  element.addEventListener("click", () => busy(element, () => Promise.resolve(task()).catch(said(element))));
  return element;
}

const said = (element) => (error) => {
  const place = errorOf(element) ?? make("p", { className: "error", role: "alert" });
  element.after(place);
  place.textContent = words(error);
};

const errorOf = ({ nextElementSibling: next }) => (next?.classList.contains("error") ? next : undefined);

/** Runs the task while the button shows that it is busy; a second press meanwhile does nothing. */
export async function busy(element, task) {
  if (element.ariaBusy === "true") return;
  element.ariaBusy = "true";
  errorOf(element)?.replaceChildren();
  try {
    await task();
  } finally {
    element.ariaBusy = "false";
  }
}
