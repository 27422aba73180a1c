import { busy, make, words } from "../dom.js";
import { createControl } from "./control.js";
import { createWait } from "./wait.js";
import { REFUSALS } from "../words.js";

/**
 * A form made from fields. `submit(values)` gets what was filled in, named as on the wire; what it throws is shown
 * where it belongs: beside the fields it names, or above the button. `more` stands below the fields, `beside` next to the button.
 */
export function createForm({ id, fields, button: label, danger = false, more = [], beside = [], submit }) {
  const controls = fields.map((field) => createControl(id, field));
  const message = make("p", { className: "error", role: "alert" });
  const outcome = make("div", { className: "outcome", role: "status" });
  const button = make("button", { type: "submit", className: danger ? "danger" : "" }, label);
  const buttons = make("div", { className: "line wrap" }, button, ...beside);
  const parts = controls.map((control) => control.element);
  const element = make("form", { id, noValidate: true }, ...parts, ...more, message, buttons, outcome);
  const wait = createWait(message, button);

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!wait.isOver()) return;
    busy(button, send);
  });

  async function send() {
    unmark();
    if (complain(asked().map((control) => ({ field: control.name, code: control.check() })))) return;
    try {
      await submit(values());
    } catch (error) {
      show(error);
    }
  }

  function show(error) {
    if (error.code === "too_many_requests" && error.retry_after > 0) return wait.begin(error.retry_after);
    const faults = error.fields ?? [];
    const elsewhere = faults.filter(({ field }) => !asked().some(({ name }) => name === field));
    const placed = complain(faults);
    if (placed && elsewhere.length === 0) return;
    const refusal = REFUSALS[error.code] ?? words(error);
    message.textContent = [refusal, ...elsewhere.map(({ field, code }) => `${field}: ${code}.`)].join(" ");
  }

  /** Puts each fault beside its field and goes to the first; false if there was none. */
  function complain(faults) {
    const wrong = asked().filter((control) => {
      const found = faults.find(({ field, code }) => field === control.name && code);
      if (found) control.complain(found.code);
      return found;
    });
    wrong[0]?.input.focus();
    return wrong.length > 0;
  }

  /** What was filled in: null where nothing was. */
  function values() {
    return nested(asked().map((control) => [control.name, control.read()]));
  }

  function unmark() {
    controls.forEach((control) => control.complain());
    message.textContent = "";
    outcome.replaceChildren();
  }

  const asked = () => controls.filter((control) => !control.element.hidden);

  const form = {
    element,
    controls: Object.fromEntries(controls.map((control) => [control.name, control])),
    unmark,
    /** Says, below the button, what came of it. */
    say: (...nodes) => outcome.replaceChildren(make("div", { className: "notice" }, ...nodes)),
    /** Shows or hides a field; what is hidden is not asked for. */
    ask: (name, wanted) => (form.controls[name].element.hidden = !wanted),
    /** Shows or hides the button that sends it. */
    offer: (offered) => (button.hidden = !offered),
    focus: () => asked()[0]?.input.focus(),
    reset() {
      unmark();
      wait.end();
      controls.forEach((control) => control.reset());
    },
  };
  return form;
}

/** `[["fields.class", "7b"]]` as `{ fields: { class: "7b" } }`. */
function nested(entries) {
  const values = {};
  for (const [name, value] of entries) {
    const [, own] = name.split("fields.");
    if (own === undefined) values[name] = value;
    else (values.fields ??= {})[own] = value;
  }
  return values;
}

/** Only what was filled in: for an account that is new, nothing is to be taken away. */
export function filled(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([name, value]) => [name, name === "fields" ? filled(value) : value]));
}
