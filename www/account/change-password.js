import { make } from "../dom.js";
import { newPasswordField, passwordField, personalWords } from "../forms/fields.js";
import { createForm } from "../forms/form.js";
import { createProof, proven } from "./proof.js";

/** "Password": another one, or the first. */
export function createPassword(client, person, config) {
  let shown;
  const personal = () => personalWords((name) => shown?.[name]);
  const form = createForm({
    id: "password-form",
    fields: [
      passwordField("old_password", "Old password"),
      newPasswordField(client, config, { label: "New password", personal }),
    ],
    button: "Change the password",
    submit: async ({ old_password, password: new_password }) => {
      const change = old_password ? { old_password, new_password } : { new_password };
      await proven(person, () => client.changePassword(change));
      form.reset();
      form.say(make("p", {}, "Your password has been changed. Every other session has been ended."));
      await person.set({ ...shown, has_password: true });
    },
  });
  // Unseen, and there for the password manager: whose password is this?
  const owner = make("input", { type: "text", autocomplete: "username", hidden: true });
  form.element.prepend(owner);
  const proof = createProof(client, config, form, "old_password");

  function show(profile) {
    shown = profile;
    owner.value = profile.email ?? profile.user_name ?? "";
    proof.show(profile);
  }

  return { elements: [proof.hint, form.element], show, begin: form.focus, clear: form.reset };
}
