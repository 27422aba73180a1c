import { action, make } from "../dom.js";
import { createForm } from "../form/form.js";
import { closing, openDialog } from "./dialog.js";
import { createSection } from "./section.js";

/** What is stored about her, to take along or to end. */
export function createData(desk) {
  const { host, config } = desk;
  const [exports, deletes] = ["export", "delete_account"].map((name) => config.actions.includes(name));
  if (!exports && !deletes) return undefined;
  let profile = {};
  const deletion = deletes && createDeletion(desk, () => profile.email ?? profile.user_name);
  const { element } = createSection("data", host.say("account.data"), "", exports && createExport(desk), deletion);
  return { element, show: (news) => ({ profile } = news) };
}

/** Everything that is stored about her, as a file. */
function createExport({ host, act }) {
  const { client, say } = host;
  const message = make("p", { className: "hint", role: "status" });
  const tell = (text) => (message.textContent = text);

  async function download() {
    tell("");
    save(await act(client.exportAccount));
    tell(say("account.saved"));
  }

  const button = action(say("account.export_action"), download, { failed: (error) => tell(host.explain(error)) });
  return [make("p", {}, say("account.export")), button, message];
}

function save(data) {
  const href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  make("a", { href, download: "countersign-account.json" }).click();
  // Not at once: the download reads it a little later.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** In two steps, the second in a dialog of its own, where she types whose account it is. */
function createDeletion({ host, act, leave }, nameOf) {
  const { client, say, pieces } = host;
  const [title, text] = [say("account.delete"), say("account.delete_text")];

  function open() {
    const word = nameOf() ?? title;
    const label = pieces("account.delete_type", { word: make("bdi", {}, word) });
    const form = createForm(host, {
      id: "deletion",
      fields: [{ name: "confirm", type: "login", label, required: true, autocomplete: "off" }],
      button: title,
      danger: true,
      beside: closing(say("common.cancel")),
      submit: async ({ confirm }) => {
        if (confirm.toLowerCase() !== word.toLowerCase()) throw { code: "fields_invalid", fields: [{ field: "confirm", code: "mismatch" }] };
        await act(() => client.deleteAccount());
        leave("deleted", say("account.deleted"));
      },
    });
    openDialog(host, title, make("p", {}, text), form.element);
  }

  return [make("p", {}, text), action(title, async () => open(), { part: "button danger" })];
}
