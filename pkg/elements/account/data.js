import { action, make } from "../dom.js";
import { createForm } from "../form/form.js";
import { closing, openDialog } from "./dialog.js";
import { createSection } from "./section.js";

/** What is stored about her, to take along or to end. */
export function createData(desk) {
  const { host, config } = desk;
  const [exports, deletes] = ["export", "delete_account"].map((name) => config.actions.includes(name));
  if (!exports && !deletes) return undefined;
  const deletion = deletes && createDeletion(desk);
  const texts = { title: host.say("account.data"), lead: host.say("account.data_lead") };
  const { element } = createSection("data", texts, exports && createExport(desk), deletion?.element);
  return { element, show: (news) => deletion && deletion.show(news) };
}

/** Everything that is stored about her, as a file. */
function createExport({ host }) {
  const { client, say } = host;
  const message = make("p", { className: "hint", role: "status" });
  const failed = (error) => (message.textContent = host.explain(error));

  async function download() {
    message.textContent = "";
    save(await client.exportAccount());
    message.textContent = say("account.exported");
  }

  const button = action(say("account.export_action"), download, { failed });
  return make("div", { className: "stack" }, make("p", {}, say("account.export")), make("div", { className: "row" }, button), message);
}

function save(data) {
  const href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  make("a", { href, download: "countersign-account.json" }).click();
  // Not at once: the download reads it a little later.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** In two steps, the second in a dialog of its own, where she types whose account it is. */
function createDeletion({ host, proven, leave }) {
  const { client, say, pieces } = host;
  let name;

  function open() {
    const word = name ?? say("account.delete_word");
    const keep = closing(say("account.keep"));
    const form = createForm(host, {
      id: "deletion",
      fields: [{ name: "confirm", type: "login", label: pieces("account.delete_type", { word: make("bdi", {}, word) }), required: true, autocomplete: "off" }],
      button: say("account.delete_for_ever"),
      danger: true,
      beside: keep,
      submit: async ({ confirm }) => {
        if (confirm.toLowerCase() !== word.toLowerCase()) throw { code: "fields_invalid", fields: [{ field: "confirm", code: "mismatch" }] };
        await proven(() => client.deleteAccount());
        leave("deleted", say("account.deleted"));
      },
    });
    return openDialog(
      host,
      // It begins at what does no harm.
      { title: say("account.delete_title"), begin: () => keep.focus() },
      make("p", {}, say("account.delete_text")),
      form.element,
    );
  }

  const button = action(say("account.delete"), async () => void open(), { part: "button danger" });
  const element = make("div", { className: "stack parted" }, make("p", {}, say("account.delete_lead")), make("div", { className: "row" }, button));
  return { element, show: ({ profile }) => (name = profile.email ?? profile.user_name) };
}
