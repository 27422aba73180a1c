import { emailField, loginField } from "../forms/fields.js";
import { createForm } from "../forms/form.js";
import { letter } from "../mailbox.js";

/** "Forgot your password?": a link by mail. Whether there is such an account is not said. */
export function createForgotPassword(client, config) {
  return createForgot({
    id: "forgot-password-form",
    field: loginField(config),
    button: "Send me a link",
    send: (login) => client.requestPasswordReset(login),
    says: "If there is an account of that name, a message with a link is on its way to its mailbox.",
  });
}

/** "Forgot your user name?": the name by mail. */
export function createForgotUserName(client) {
  return createForgot({
    id: "forgot-user-name-form",
    field: emailField("E-mail"),
    button: "Send me my user name",
    send: (email) => client.remindUserName(email),
    says: "If there is an account with that address, a message with its user name is on its way.",
  });
}

function createForgot({ id, field, button, send, says }) {
  const form = createForm({
    id,
    fields: [field],
    button,
    submit: async (values) => {
      await send(values[field.name]);
      form.say(...(await letter(says)));
    },
  });
  /** What was typed at "Sign in" need not be typed again. */
  function begin(login) {
    form.unmark();
    const input = form.controls[field.name];
    if (login && !input.read() && (field.type !== "email" || login.includes("@"))) input.write(login);
  }
  return { elements: [form.element], begin, clear: form.reset };
}
