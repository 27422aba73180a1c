import { action, make } from "../dom.js";

/** Opens a modal dialog. Resolves, when it is closed, with its `returnValue`. */
export function openDialog(host, title, ...content) {
  const dialog = make("dialog", { className: "card", part: "dialog card", "aria-label": title }, make("h2", { part: "title" }, title), content);
  host.content.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

/** A button that closes the dialog that it stands in. */
export const closing = (label, value = "", more = {}) => {
  const button = action(label, async () => button.closest("dialog").close(value), more);
  return button;
};

/** Asks whether to go on. It begins at what does no harm. */
export async function confirmed(host, title, button, ...text) {
  const buttons = [closing(host.say("common.cancel")), closing(button, "go", { part: "button primary danger" })];
  return (await openDialog(host, title, make("p", {}, text), make("div", { className: "row" }, buttons))) === "go";
}
