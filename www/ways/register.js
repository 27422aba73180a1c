import { make } from "../dom.js";
import { newPasswordField, personalWords } from "../forms/fields.js";
import { createForm, filled } from "../forms/form.js";
import { letter } from "../mailbox.js";

/** "Create an account": the fields that the deployment asks for, and a password. */
export function createRegister(client, config) {
  const personal = () => personalWords((name) => form.controls[name]?.read());
  const form = createForm({
    id: "register-form",
    // A picture has time until there is an account.
    fields: [
      ...config.fields.filter(({ name, required }) => required || name !== "picture"),
      newPasswordField(client, config, { label: "Password", personal }),
    ],
    button: "Create the account",
    submit: async (values) => {
      const details = filled(values);
      const { next } = await client.register(details);
      if (next !== "login") return finish(await NEXT[next](details));
      await enter(details);
    },
  });
  const outcome = make("div", { className: "notice", tabIndex: -1, hidden: true });

  /** Without anything to wait for, she is let in at once. */
  async function enter({ email: login, password }) {
    try {
      await client.signInWithPassword({ login, password });
    } catch (error) {
      // The answer to a known address is the same: it may be hers, with another password.
      if (error.code !== "credentials_invalid") throw error;
      finish([make("p", {}, "You can sign in now. If you have had an account before, its password is still the old one.")]);
    }
  }

  function finish(nodes) {
    form.reset();
    form.element.hidden = true;
    outcome.replaceChildren(...nodes);
    outcome.hidden = false;
    outcome.focus();
  }

  function begin() {
    if (!outcome.hidden) clear();
  }

  function clear() {
    form.reset();
    form.element.hidden = false;
    outcome.hidden = true;
  }

  return { elements: [form.element, outcome], begin, clear };
}

const NEXT = {
  verify_email: ({ email }) =>
    letter(`Look into your mailbox: a message to ${email} has a link that verifies your address. It may take a minute.`),
  approval: async () => [
    make("p", {}, "Thank you. An administrator will look at your account; after that you can sign in."),
  ],
};
