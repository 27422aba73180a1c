// The fields that no configuration describes, and what those are called that it does.

/** As the deployment calls them unless it was told otherwise: then they are called as the language has it. */
const STANDARD = {
  email: "E-mail",
  user_name: "User name",
  first_name: "First name",
  last_name: "Last name",
  picture: "Picture (address)",
};

/** A field of the configuration in her language, if there is a text for it. */
export function declaredField({ say }, field) {
  const own = STANDARD[field.name];
  if (own && own !== field.label) return field;
  return { ...field, label: say(`field.${field.name}`) ?? field.label };
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
