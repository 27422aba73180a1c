import { alarm, busy, make, notice } from "../dom.js";
import { createControl } from "./control.js";
import { createWait } from "./wait.js";

/**
 * A form made from fields. `submit(values)` gets what was filled in, named as on the wire; what it throws is shown where it belongs: beside the
 * fields it names, or above the button. `more` stands below the fields, `beside` next to the button; `owner` tells a password manager whose
 * password it is. `danger`: what it does cannot be undone.
 */
export function createForm(host, { id, fields, button: label, danger, owner, more, beside, submit }) {
  const controls = fields.map((field) => createControl(host, id, field));
  const message = alarm();
  const outcome = make("div", { role: "status" });
  const button = make("button", { type: "submit", part: `button primary${danger ? " danger" : ""}` }, label);
  const element = make(
    "form",
    { id, noValidate: true, part: "form" },
    owner && make("input", { name: "username", autocomplete: "username", value: owner, hidden: true }),
    controls.map((control) => control.element),
    more,
    message,
    beside ? make("div", { className: "row" }, button, beside) : button,
    outcome,
  );
  const wait = createWait(host, message, button);

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    // While it has to wait, the button is disabled.
    busy(button, send);
  });

  async function send() {
    unmark();
    if (complain(controls.map(({ name, check }) => ({ field: name, code: check() })))) return;
    try {
      await submit(nested(controls.map(({ name, read }) => [name, read()])));
    } catch (error) {
      show(error);
    }
  }

  function show(error) {
    if (error.code === "too_many_requests" && error.retry_after > 0) return wait.begin(error.retry_after);
    const faults = error.fields ?? [];
    const elsewhere = faults.filter(({ field }) => !controls.some(({ name }) => name === field));
    if (complain(faults) && !elsewhere[0]) return;
    message.textContent = [host.explain(error), ...elsewhere.map(({ field }) => field)].join(" ");
  }

  /** Puts each fault beside its field and goes to the first; false if there was none. */
  function complain(faults) {
    const wrong = controls.filter(({ name, complain }) => {
      const found = faults.find(({ field, code }) => field === name && code);
      if (found) complain(found.code);
      return found;
    });
    wrong[0]?.input.focus();
    return wrong.length > 0;
  }

  function unmark() {
    for (const { complain } of controls) complain();
    message.textContent = "";
    outcome.replaceChildren();
  }

  return {
    element,
    button,
    controls: Object.fromEntries(controls.map((control) => [control.name, control])),
    /** Says, below the button, what came of it. */
    say: (...nodes) => outcome.replaceChildren(notice(nodes)),
    focus: () => controls[0].input.focus(),
    /** What was typed, for a form that takes the place of this one. */
    typed: () => Object.fromEntries(controls.map(({ name, read }) => [name, read()])),
    retype: (typed) => controls.forEach(({ name, write }) => Object.hasOwn(typed, name) && write(typed[name])),
    reset() {
      unmark();
      wait.end();
      for (const { reset } of controls) reset();
    },
  };
}

/** `[["fields.class", "7b"]]` as `{ fields: { class: "7b" } }`. */
function nested(entries) {
  const values = {};
  for (const [name, value] of entries) {
    const [, declared] = name.split("fields.");
    if (declared === undefined) values[name] = value;
    else (values.fields ??= {})[declared] = value;
  }
  return values;
}

/** Only what was filled in: for an account that is new, nothing is to be taken away. */
export function filled(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([name, value]) => [name, name === "fields" ? filled(value) : value]));
}
