import { make } from "../dom.js";
import { emailField, loginField } from "../form/fields.js";
import { createForm } from "../form/form.js";
import { link } from "./parts.js";

/** "Forgot your password?": a link by mail. Whether there is such an account is not said. */
export function createForgot(host, ways) {
  const field = loginField(host, ways.config);
  const remind = { view: "remind", action: "remind_user_name", text: "auth.remind" };
  return createAsking(host, ways, { view: "forgot", action: "reset_password", field, send: host.client.requestPasswordReset, also: remind });
}

/** "Forgot your user name?": the name by mail. */
export function createRemind(host, ways) {
  const field = emailField(host);
  const forgot = { view: "forgot", action: "reset_password", text: "auth.forgot" };
  return createAsking(host, ways, { view: "remind", action: "remind_user_name", field, send: host.client.remindUserName, also: forgot });
}

function createAsking(host, { config, go, told }, { view, action, field, send, also }) {
  const { say } = host;
  const offers = (action) => config.actions.includes(action);
  const back = link(say("auth.back"), () => go("sign-in"));
  if (!offers(action)) return { title: say(`auth.${view}`), nodes: [make("p", { className: "muted" }, say("auth.nothing")), back] };
  const form = createForm(host, {
    id: view,
    fields: [field],
    button: say(`auth.${view}_action`),
    submit: async (values) => {
      await send(values[field.name]);
      told({ title: "auth.mail", text: "auth.sent", mail: true, other: { view, typed: form.typed(), text: "common.again" } });
    },
  });
  const lead = make("p", { className: "muted" }, say(`auth.${view}_lead`));
  const other = offers(also.action) && link(say(also.text), () => go(also.view));
  return { title: say(`auth.${view}`), nodes: [lead, form.element, make("div", { className: "between" }, back, other)], form };
}
