// The fields that no configuration describes, and what those are called that it does.

import { own } from "../own.js";
import en from "../text/en.js";

/** A field of the configuration in her language, unless the deployment calls it otherwise than it is called by itself. */
export function declaredField({ say }, field) {
  const called = own(en.field, field.name);
  return called && called !== field.label ? field : { ...field, label: say(`field.${field.name}`) ?? field.label };
}

/** What an account is signed in to with. */
export function loginField({ say }, { fields }) {
  const named = fields.some(({ name }) => name === "user_name");
  return { name: "login", type: "login", label: say(named ? "field.login" : "field.email"), required: true, autocomplete: "username" };
}

export const emailField = ({ say }) => ({ name: "email", type: "email", label: say("field.email"), required: true });

/** A password that she has. */
export const passwordField = ({ say }, more) => ({
  name: "password",
  type: "password",
  label: say("field.password"),
  required: true,
  autocomplete: "current-password",
  ...more,
});

/** For how long she is let in. */
export const rememberField = ({ say }) => ({ name: "remember", type: "boolean", label: say("field.remember") });

/** A password that is being chosen. `personal()` gives what an attacker who knows her would try. */
export function newPasswordField({ say, client }, { password: rules }, { personal, ...more }) {
  return {
    name: "password",
    type: "password",
    label: say("field.password"),
    required: true,
    min_length: rules.min_length,
    max_length: rules.max_length,
    autocomplete: "new-password",
    hint: say("field.advice", { count: rules.min_length }),
    needed: rules.min_strength,
    estimate: (password) => client.strength(password, personal()),
    ...more,
  };
}

/** What is known about her, as `read(name)` tells it. */
export const personalWords = (read) => ["email", "user_name", "first_name", "last_name"].map(read).filter(Boolean);
