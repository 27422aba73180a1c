import { make } from "../dom.js";
import { emailField, passwordField } from "../forms/fields.js";
import { createForm, filled } from "../forms/form.js";
import { letter } from "../mailbox.js";
import { createProof, proven } from "./proof.js";

/** "E-mail address": the move to another one, which both mailboxes are asked about. */
export function createEmail(client, person, config) {
  const note = make("span", { className: "note" });
  let address;
  const form = createForm({
    id: "email-form",
    fields: [emailField("New e-mail address"), passwordField("password", "Your password")],
    button: "Change the address",
    submit: async (values) => {
      const { next } = await proven(person, () => client.changeEmail(filled(values)));
      form.reset();
      form.say(...(await letter(NEXT[next](address, values.email))));
    },
  });
  const proof = createProof(client, config, form, "password");

  function show(profile) {
    address = profile.email;
    note.textContent = address ?? "none";
    proof.show(profile);
  }

  return { elements: [proof.hint, form.element], note, show, clear: form.reset };
}

const NEXT = {
  confirm_old_email: (old, wanted) =>
    `Look into the mailbox of ${old}: a message there asks whether it is really you. ` +
    `Then one goes to ${wanted}, and with that the address is changed.`,
  confirm_new_email: (old, wanted) =>
    `Look into the mailbox of ${wanted}: a message there finishes the change. ` +
    `Until then ${old ? `it stays ${old}` : "nothing changes"}.`,
};
