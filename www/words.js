// What the page says where the edge answers with a code. What is not here is said in the edge's own words.

/** What is wrong with a field, by the code of its fault; the field's own limits are named. */
export function fault(code, field) {
  const says = FAULTS[code];
  return says ? says(field) : `This was refused (${code}).`;
}

const FAULTS = {
  missing: () => "Please fill this in.",
  too_short: ({ min_length }) => (min_length ? `At least ${characters(min_length)}, please.` : "This is too short."),
  too_long: ({ max_length }) => (max_length ? `At most ${characters(max_length)}, please.` : "This is too long."),
  pattern_mismatch: () => "This does not have the form that is asked for.",
  malformed: ({ type }) => MALFORMED[type] ?? "This cannot be read.",
  not_a_choice: () => "Please choose from the list.",
  too_small: ({ min }) => (min === undefined ? "This is too small." : `Not below ${min}, please.`),
  too_large: ({ max }) => (max === undefined ? "This is too large." : `Not above ${max}, please.`),
  too_weak: () => "This is too easy to guess. A few words more make it strong.",
  breached: () => "This password is known from a leak elsewhere. Please choose another one.",
  taken: () => "This is taken already. Please choose another one.",
  unknown: () => "This is not asked for here.",
};

const MALFORMED = {
  email: "This is not an e-mail address.",
  url: "This is not a web address.",
  number: "This is not a number.",
  date: "This is not a date.",
  user_name: "These characters cannot stand in a user name.",
};

const characters = (count) => `${count} ${count === 1 ? "character" : "characters"}`;

/** Said in place of the edge's words. */
export const REFUSALS = {
  confirmation_required: "Nothing was changed: this takes a fresh proof of who you are.",
  email_unverified: "Your e-mail address is not verified yet. Choose a user name, or give the address once more: a mail verifies it.",
  approval_pending: "An administrator has not looked at your account yet. Please try again later.",
  last_way_in: "This is your only way in, and so it stays. Choose a password, or link another account first.",
  identity_unknown: "This account is no longer linked.",
  provider_unknown: "This provider is no longer offered here. Please load the page again.",
  provider_unavailable: "The provider does not answer at this moment. Please try again later.",
};

/** What has been done on another page that leads back to this one: `/?done=…`. */
export const DONE = {
  proved: "Thank you, it is you. For some minutes you can do what takes a fresh proof: go on where you were.",
  linked: "It is linked: from now on you can sign in with it, too.",
  email_verified: "Your e-mail address is verified. You can sign in now.",
  password_needed:
    "Your address is confirmed. Because the link was opened in another browser than you registered in, choose a " +
    "password: a mail is on its way to you.",
  approval_pending: "Your e-mail address is verified. An administrator looks at your account next; then you can sign in.",
  old_email_confirmed: "Thank you. Now look into the mailbox of your new address: a message there finishes the change.",
  email_changed: "Your e-mail address has been changed.",
  email_change_undone:
    "Your e-mail address is the old one again, every session has been ended and the password is gone. A mail is on its " +
    "way to you that leads to a new one.",
  recovered: "Welcome back. Choose a new password now: for some minutes the old one is not needed.",
};

export const STRENGTHS = ["Very weak", "Weak", "Fair", "Strong", "Very strong"];

/** What makes a password weak, by the code of its warning. */
export const WARNINGS = {
  common_password: "a common password",
  word: "a word from the dictionary",
  name: "a name",
  keyboard_walk: "keys that lie side by side",
  repeat: "the same again and again",
  sequence: "characters in their order",
  date: "a date",
  personal_word: "something that is known about you",
};
