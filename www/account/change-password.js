import { make } from "../dom.js";
import { newPasswordField, ownerField, personalWords } from "../forms/fields.js";
import { createForm } from "../forms/form.js";

/** "Password": another one, or the first. */
export function createPassword(client, { person, proven, config }) {
  let shown;
  const personal = () => personalWords((name) => shown?.[name]);
  const form = createForm({
    id: "password-form",
    fields: [newPasswordField(client, config, { label: "New password", personal })],
    button: "Change the password",
    submit: async ({ password: new_password }) => {
      await proven(() => client.changePassword({ new_password }));
      form.reset();
      form.say(make("p", {}, "Your password has been changed. Every other session has been ended."));
      await person.set({ ...shown, has_password: true });
    },
  });
  const owner = ownerField();
  form.element.prepend(owner);

  function show(profile) {
    shown = profile;
    owner.value = profile.email ?? profile.user_name ?? "";
  }

  return { elements: [form.element], show, begin: form.focus, clear: form.reset };
}
