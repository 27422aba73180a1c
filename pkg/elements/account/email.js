import { make } from "../dom.js";
import { emailField } from "../form/fields.js";
import { createForm } from "../form/form.js";
import { badge, createSection } from "./section.js";

/** The move to another address, which both mailboxes are asked about. */
export function createEmail({ host, config, act, changed }) {
  const { client, say, pieces } = host;
  if (!config.actions.includes("change_email")) return undefined;
  let address;
  const form = createForm(host, {
    id: "email",
    fields: [{ ...emailField(host), label: say("account.email_new") }],
    button: say("account.change"),
    submit: async (values) => {
      const old = address;
      const { next } = await act(() => client.changeEmail(values));
      form.reset();
      form.say(pieces(`account.${next}`, { old: strong(old), email: strong(values.email) }));
      await changed("email");
    },
  });
  const now = make("p");
  const { element } = createSection("email", say("field.email"), say("account.email_lead"), now, form.element);

  function show({ profile: { email, email_verified } }) {
    address = email;
    const state = say(email_verified ? "account.verified" : "account.unverified");
    now.replaceChildren(...(email ? [strong(email), " ", badge(state)] : [say("account.none")]));
  }

  return { element, show };
}

const strong = (text) => make("strong", {}, make("bdi", {}, text ?? ""));
