import { newPasswordField, personalWords } from "../form/fields.js";
import { createForm } from "../form/form.js";
import { createSection } from "./section.js";

/** Another password, or the first. */
export function createPassword({ host, config, act, changed }) {
  const { client, say } = host;
  if (!config.password || !config.actions.includes("change_password")) return undefined;
  let shown = {};
  const personal = () => personalWords((name) => shown[name]);
  const form = createForm(host, {
    id: "password",
    fields: [newPasswordField(host, config, { label: say("account.password_new"), personal })],
    owner: " ",
    button: "",
    submit: async ({ password: new_password }) => {
      await act(() => client.changePassword({ new_password })).catch(unnamed);
      form.reset();
      form.say(say("account.saved"), " ", say("account.elsewhere"));
      await changed("password");
    },
  });
  const owner = form.element.querySelector("[name=username]");
  const { element, heading, about } = createSection("password", "", "", form.element);

  function show({ profile }) {
    shown = profile;
    const has = profile.has_password;
    heading.textContent = say(has ? "field.password" : "account.password_set");
    about.textContent = say(has ? "account.password_lead" : "account.password_lead_first");
    form.button.textContent = say(has ? "account.change" : "account.save");
    owner.value = profile.email ?? profile.user_name ?? "";
  }

  return { element, show };
}

/** A password is of no use to whom no name leads. */
function unnamed(error) {
  throw error.code === "email_unverified" ? { code: "unnamed" } : error;
}
