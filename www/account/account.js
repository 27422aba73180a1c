import { at, make } from "../dom.js";
import { createEmail } from "./change-email.js";
import { createPassword } from "./change-password.js";
import { createExport } from "./export.js";
import { createDeletion } from "./deletion.js";
import { createProfile } from "./profile.js";

/** What people do with their own account, each if the deployment offers it. */
const SECTIONS = [
  { action: "profile", title: "Profile", create: createProfile },
  { action: "change_email", title: "E-mail address", create: createEmail },
  { action: "change_password", title: "Password", create: createPassword },
  { action: "export", title: "My data", create: createExport },
  { action: "delete_account", title: "Delete my account", create: createDeletion },
];

/** "My account": a section for each thing to do, one open at a time. */
export function createAccount(client, person, proven) {
  let sections; // made when the configuration is known

  async function show(session, profile) {
    const config = await client.config();
    // Without accounts of its own, a deployment keeps what the providers say.
    at("my-account").hidden = !config.password;
    if (!config.password) return;
    sections ??= build(config);
    sections.forEach(({ content }) => content.show(profile));
  }

  function build(config) {
    const made = SECTIONS.filter(({ action }) => config.actions.includes(action)).map((section) => {
      const content = section.create(client, { person, proven, config });
      const summary = make("summary", {}, make("h3", {}, section.title), ...(content.note ? [content.note] : []));
      // Those of one name close each other.
      const unfolded = make("div", { className: "unfolded" }, ...content.elements);
      const element = make("details", { name: "my-account" }, summary, unfolded);
      element.addEventListener("toggle", () => element.open || content.clear());
      return { action: section.action, content, element };
    });
    at("my-account-sections").replaceChildren(...made.map(({ element }) => element));
    return made;
  }

  function clear() {
    at("my-account").hidden = true;
    // Nothing of hers stays behind.
    at("my-account-sections").replaceChildren();
    sections = undefined;
  }

  /** She came by a link that proved who she is: choosing a password comes first. */
  function openPassword() {
    const section = sections?.find(({ action }) => action === "change_password");
    if (!section) return;
    section.element.open = true;
    section.content.begin();
  }

  return { show, clear, openPassword };
}
