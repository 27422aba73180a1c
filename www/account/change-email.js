import { make } from "../dom.js";
import { emailField } from "../forms/fields.js";
import { createForm } from "../forms/form.js";
import { letter } from "../mailbox.js";

/** "E-mail address": the move to another one, which both mailboxes are asked about. */
export function createEmail(client, { proven }) {
  const note = make("span", { className: "note" });
  let address;
  const form = createForm({
    id: "email-form",
    fields: [emailField("New e-mail address")],
    button: "Change the address",
    submit: async (values) => {
      const { next } = await proven(() => client.changeEmail(values));
      form.reset();
      form.say(...(await letter(NEXT[next](address, values.email))));
    },
  });

  function show(profile) {
    address = profile.email;
    note.textContent = address ?? "none";
  }

  return { elements: [form.element], note, show, clear: form.reset };
}

const NEXT = {
  confirm_old_email: (old, wanted) =>
    `Look into the mailbox of ${old}: a message there asks whether it is really you. ` +
    `Then one goes to ${wanted}, and with that the address is changed.`,
  confirm_new_email: (old, wanted) =>
    `Look into the mailbox of ${wanted}: a message there finishes the change. ` +
    `Until then ${old ? `it stays ${old}` : "nothing changes"}.`,
};
