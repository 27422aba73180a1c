import { make } from "../dom.js";
import { loginField, passwordField } from "../forms/fields.js";
import { createForm } from "../forms/form.js";
import { letter } from "../mailbox.js";

/** "Sign in": with an e-mail address or a user name, and a password. */
export function createSignIn(client, config, remember) {
  const holder = make("div");
  const form = createForm({
    id: "sign-in-form",
    fields: [loginField(config), passwordField("password", "Password")],
    more: [holder],
    button: "Sign in",
    submit: async (credentials) => {
      try {
        await client.signInWithPassword({ ...credentials, remember: remember.read() });
      } catch (error) {
        if (error.code === "email_unverified") form.say(...(await letter(NEW_MAIL)));
        if (error.code === "credentials_invalid") form.controls.password.write(null);
        throw error;
      }
    },
  });
  return { elements: [form.element], holder, clear: form.reset, login: form.controls.login.read };
}

const NEW_MAIL = "Look into your mailbox: a new message is on its way, with a link that verifies your address.";
