import { busy, make, words } from "../dom.js";

/** "My data": everything that is stored about her, as a file. */
export function createExport(client) {
  const message = make("p", { className: "fine", role: "status" });
  const button = make("button", { type: "button", className: "quiet" }, "Download my data");
  button.addEventListener("click", () => busy(button, download));

  async function download() {
    message.textContent = "";
    try {
      save(await client.exportAccount());
      message.textContent = "The file is among your downloads.";
    } catch (error) {
      message.textContent = words(error);
    }
  }

  const what = "Everything that is stored about you, as a JSON file: your profile, sessions, tags and what has happened.";
  const text = make("p", {}, what);
  const clear = () => (message.textContent = "");
  return { elements: [text, make("div", { className: "line" }, button), message], show() {}, clear };
}

function save(data) {
  const href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  make("a", { href, download: "countersign-account.json" }).click();
  // Not at once: the download reads it a little later.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
