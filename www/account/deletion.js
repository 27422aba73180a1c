import { at, make } from "../dom.js";
import { createForm } from "../forms/form.js";

/** "Delete my account": in two steps, the second in a dialog of its own. */
export function createDeletion(client, { proven }) {
  const open = make("button", { type: "button", className: "quiet danger" }, "Delete my account …");
  const keep = make("button", { type: "button", className: "quiet" }, "Keep my account");
  const form = createForm({
    id: "deletion-form",
    fields: [],
    button: "Delete it for ever",
    danger: true,
    beside: [keep],
    submit: async () => {
      await proven(() => client.deleteAccount());
      at("goodbye").textContent = "Your account has been deleted.";
    },
  });
  const title = make("h2", { id: "deletion-title" }, "Delete your account?");
  const text = make("p", {}, "Your profile, your sessions and your tags are gone for ever. Nobody can bring them back.");
  const dialog = make("dialog", { className: "card", "aria-labelledby": title.id }, title, text, form.element);

  open.addEventListener("click", () => {
    form.reset();
    dialog.showModal();
    // The dialog begins at what does no harm.
    keep.focus();
  });
  keep.addEventListener("click", () => dialog.close());

  function clear() {
    dialog.close();
    form.reset();
  }

  const lead = make("p", {}, "This cannot be undone. You may want to download your data before.");
  return { elements: [lead, make("div", { className: "line" }, open), dialog], show() {}, clear };
}
