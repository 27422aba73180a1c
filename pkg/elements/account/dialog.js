import { action, make } from "../dom.js";

let count = 0;

/** Opens a modal dialog. Resolves, when it is closed, with its `returnValue`. */
export function openDialog(host, { title, begin }, ...content) {
  const heading = make("h2", { id: `dialog-${(count += 1)}`, part: "title" }, title);
  const dialog = make("dialog", { className: "card", part: "dialog card", "aria-labelledby": heading.id }, heading, content);
  host.content.append(dialog);
  dialog.showModal();
  begin?.();
  return new Promise((resolve) => {
    const closed = () => {
      dialog.remove();
      resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}

/** A button that closes the dialog that it stands in. */
export const closing = (label, { value = "", ...more } = {}) => {
  const button = action(label, async () => button.closest("dialog").close(value), more);
  return button;
};

/** Asks whether to go on. */
export async function confirmed(host, { title, text, button }) {
  const keep = closing(host.say("common.cancel"));
  const go = closing(button, { value: "go", part: "button primary danger" });
  const answer = await openDialog(
    host,
    // It begins at what does no harm.
    { title, begin: () => keep.focus() },
    make("p", {}, text),
    make("div", { className: "row" }, keep, go),
  );
  return answer === "go";
}
