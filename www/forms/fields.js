// The page's own fields, beside those that the deployment describes.

import { make } from "../dom.js";

/** What an account is signed in to with. */
export function loginField({ fields }) {
  const named = fields.some(({ name }) => name === "user_name");
  const label = named ? "E-mail or user name" : "E-mail";
  return { name: "login", type: "login", label, required: true, autocomplete: "username" };
}

export const emailField = (label) => ({ name: "email", type: "email", label, required: true });

/** A password that she has. */
export const passwordField = (name, label) => ({
  name,
  type: "password",
  label,
  required: true,
  autocomplete: "current-password",
});

/** Unseen, and there for the password manager: whose password is this? */
export const ownerField = () => make("input", { type: "text", autocomplete: "username", hidden: true });

/** For how long she is let in. */
export const rememberField = { name: "remember", type: "boolean", label: "Stay signed in on this device" };

/** A password that is being chosen. `personal()` gives what an attacker who knows her would try. */
export function newPasswordField(client, { password: rules }, { label, personal }) {
  return {
    name: "password",
    type: "password",
    label,
    required: true,
    min_length: rules.min_length,
    max_length: rules.max_length,
    autocomplete: "new-password",
    hint: `At least ${rules.min_length} characters. ${ADVICE}`,
    needed: rules.min_strength,
    estimate: (password) => client.strength(password, personal()),
  };
}

const ADVICE = "A few words that do not belong together are easy to remember and hard to guess.";

/** What is known about her, as `read(name)` tells it. */
export const personalWords = (read) => ["email", "user_name", "first_name", "last_name"].map(read).filter(Boolean);
