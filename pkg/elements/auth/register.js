import { make } from "../dom.js";
import { declaredField, newPasswordField, personalWords } from "../form/fields.js";
import { createForm, filled } from "../form/form.js";
import { otherWays, turn } from "./parts.js";

/** "Create an account": the fields that the deployment asks for, and a password; or at a provider. */
export function createRegister(host, ways) {
  const { config, go, told, enter } = ways;
  const { say, client } = host;
  const title = say("auth.register");
  const back = turn(say("auth.have_account"), say("auth.sign_in"), () => go("sign-in"));
  if (!config.actions.includes("register")) return { title, nodes: [make("p", { className: "muted" }, say("error.registration_closed")), back] };

  const personal = () => personalWords((name) => form.controls[name]?.read());
  const form = createForm(host, {
    id: "register",
    // A picture has time until there is an account.
    fields: [
      ...config.fields.filter(({ name, required }) => required || name !== "picture").map((field) => declaredField(host, field)),
      newPasswordField(host, config, { personal }),
    ],
    button: say("auth.register_action"),
    submit: async (values) => {
      const details = filled(values);
      const { next } = await client.register(details);
      if (next === "verify_email") return told(letter(details, form.typed()));
      if (next === "approval") return told({ title: "auth.thanks", text: "auth.approval" });
      await letIn(details);
    },
  });

  /** Without anything to wait for, she is let in at once. */
  async function letIn({ email: login, password }) {
    try {
      await enter({ login, password });
    } catch (error) {
      // The answer to a known address is the same: it may be hers, with another password.
      if (error.code !== "credentials_invalid") throw error;
      told({ title: "auth.thanks", text: "auth.created" });
    }
  }

  return { title, nodes: [form.element, otherWays(host, ways, { form }), back], form };
}

function letter({ email }, { password, ...typed }) {
  return { title: "auth.mail", text: "auth.mail_register", email, mail: true, other: { view: "register", typed, text: "auth.mail_other" } };
}
