import { refusal } from "./words.js";

/** The element with this id. */
export const at = (id) => document.getElementById(id);

/**
 * A new element: properties, then children (text or nodes; what is null or false is left out). A property with a hyphen is set as an
 * attribute, and `onclick` and its like listen.
 */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element[key] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const link = (href, ...children) => make("a", { href }, ...children);

/** Words that only screen readers have. */
export const unseen = (text) => make("span", { className: "visually-hidden" }, text);

/** A button that shows that it is busy while its task runs, and hands a failure to `failed`. */
export function button(label, task, { className = "", failed, ...properties } = {}) {
  const element = make("button", { type: "button", className, ...properties }, label);
  element.addEventListener("click", () => busy(element, () => Promise.resolve(task(element)).catch(failed ?? said(element))));
  return element;
}

/** A failure that has no place of its own is said beside the button. */
const said = (element) => (error) => {
  const place = element.nextElementSibling?.classList.contains("error") ? element.nextElementSibling : make("p", { className: "error", role: "alert" });
  element.after(place);
  place.textContent = words(error);
};

/** Runs the task while the button shows that it is busy; a second press meanwhile does nothing. */
export async function busy(element, task) {
  if (element.ariaBusy === "true") return;
  element.ariaBusy = "true";
  if (element.nextElementSibling?.classList.contains("error")) element.nextElementSibling.textContent = "";
  try {
    await task();
  } finally {
    element.ariaBusy = "false";
  }
}

/** A field with its label, a hint, and room for what is wrong with it. */
export function field(label, control, { hint, id = control.name } = {}) {
  control.id = `field-${id}`;
  const described = [`field-${id}-error`, hint && `field-${id}-hint`].filter(Boolean).join(" ");
  control.setAttribute("aria-describedby", described);
  return make(
    "div",
    { className: "field" },
    make("label", { htmlFor: control.id }, label),
    hint && make("p", { className: "hint", id: `field-${id}-hint` }, hint),
    control,
    make("p", { className: "error", id: `field-${id}-error` }),
  );
}

/** Shows what is wrong with the fields of a form, by their names, and goes to the first one; none clears it. */
export function mark(form, fields = []) {
  for (const control of form.querySelectorAll("input, select, textarea")) {
    const wrong = fields.find(({ field }) => field === control.name);
    const place = form.querySelector(`#${control.id}-error`);
    if (place) place.textContent = wrong ? (FAULTS[wrong.code] ?? "This will not do.") : "";
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  form.querySelector("[aria-invalid]")?.focus();
}

const FAULTS = {
  missing: "Please fill this in.",
  too_long: "This is too long.",
  malformed: "This does not have the form that is asked for.",
  not_a_choice: "Please choose from the list.",
};

/** A failure in words for people; one that has no words of ours comes with its code, for whoever helps them. */
export const words = (error) => refusal(error) ?? `${sentence(error.detail ?? error.title ?? error.message)} (${error.code ?? error.name})`;

export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** Tells screen readers; nothing is seen. */
export function announce(text) {
  at("status").textContent = text;
}

/** Shows a notice above the page, and tells it; none hides it. */
export function notify(...content) {
  at("notice").replaceChildren(...content);
  at("notice").hidden = content.length === 0;
  if (content.length > 0) announce(at("notice").textContent);
}
