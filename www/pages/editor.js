import { busy, button, field, make, mark, words } from "../dom.js";

/** A form for the words of a document. `extra` are further fields of it; `save` gets all of them by name. */
export function editor({ title = "", body = "" }, { heading, save, cancel, extra = [], label = "Save" }) {
  const submit = make("button", { type: "submit" }, label);
  const message = make("p", { className: "error", role: "alert" });
  const form = make(
    "form",
    { className: "card sheet editor", noValidate: true },
    make("h1", {}, heading),
    ...extra,
    field("Title", make("input", { name: "title", value: title, maxLength: 120, required: true, autocomplete: "off" })),
    field("Text", make("textarea", { name: "body", value: body, rows: 12, required: true }), { hint: "An empty line begins a new paragraph." }),
    make("div", { className: "line" }, submit, button("Cancel", async () => cancel(), { className: "quiet" })),
    message,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mark(form);
    message.textContent = "";
    busy(submit, () => save(Object.fromEntries(new FormData(form))).catch(refused));
  });

  function refused(error) {
    if (error.fields) mark(form, error.fields);
    else message.textContent = words(error);
  }

  return form;
}
