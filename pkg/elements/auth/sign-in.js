import { make } from "../dom.js";
import { loginField, passwordField } from "../form/fields.js";
import { createForm } from "../form/form.js";
import { link, otherWays, turn } from "./parts.js";

/** "Sign in": with an e-mail address or a user name, and a password; or at a provider. */
export function createSignIn(host, ways) {
  const { config, go, remember, told, enter } = ways;
  const { say } = host;
  const offers = (action) => config.actions.includes(action);
  const form = offers("login") ? aForm() : undefined;
  const others = otherWays(host, ways, { form });
  const nothing = !form && others.length === 0 && make("p", { className: "muted" }, say("auth.nothing"));
  const register = offers("register") && turn(say("auth.new_here"), say("auth.register"), () => go("register"));
  return { title: say("auth.sign_in"), nodes: [form?.element, nothing, others, register], form };

  function aForm() {
    const forgot = offers("reset_password")
      ? link(say("auth.forgot_link"), () => go("forgot", { login: form.controls.login.read() }))
      : offers("remind_user_name") && link(say("auth.remind"), () => go("remind"));
    return createForm(host, {
      id: "sign-in",
      fields: [loginField(host, config), passwordField(host)],
      more: make("div", { className: "between" }, remember.element, forgot),
      button: say("auth.sign_in"),
      submit,
    });
  }

  async function submit(credentials) {
    try {
      await enter(credentials);
    } catch (error) {
      if (error.code === "email_unverified") return told({ title: "auth.mail", text: "error.email_unverified", mail: true });
      if (error.code === "credentials_invalid") form.controls.password.write(null);
      throw error;
    }
  }
}
