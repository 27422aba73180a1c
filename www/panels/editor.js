import { make } from "../dom.js";
import { button, field, form } from "../form.js";

/** A form for the words of a document. `extra` are further fields of it; `save` gets all of them by name. */
export const editor = ({ title = "", body = "" }, { heading, save, cancel, extra = [], label = "Save" }) =>
  form(
    [
      make("h1", {}, heading),
      ...extra,
      field("Title", make("input", { name: "title", value: title, maxLength: 120, required: true, autocomplete: "off" })),
      field("Text", make("textarea", { name: "body", value: body, rows: 12, required: true }), {
        hint: "An empty line begins a new paragraph.",
      }),
    ],
    label,
    save,
    {
      className: "card sheet editor",
      noValidate: true,
      beside: [button("Cancel", async () => cancel(), { className: "quiet" })],
      "data-writing": "",
    },
  );
