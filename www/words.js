// What the school calls things, and what it says when something did not work.

export const KINDS = { news: "News", letter: "Letter", homework: "Homework", rules: "How we do things" };

/** Who a document is for. */
export function audienceOf({ audience, class: of }) {
  return { public: "Everybody", school: "Everybody at the school", class: `Class ${of}`, staff: "Staff room" }[audience];
}

/** What somebody is called; `otherwise` where nothing is known of her but the account. */
export const called = ({ name, user_name, email, account }, otherwise = account) => name ?? user_name ?? email ?? otherwise;

/** A failure in words for people; one that has no words of ours comes with its code, for whoever helps them. */
export const words = (error) =>
  known(LINES, error.code) ?? `${sentence(error.detail ?? error.title ?? error.message)} (${error.code ?? error.name})`;

const LINES = {
  version_stale: "Somebody else has changed this while you were writing. Copy what you need; “Cancel” shows it as it is now.",
  confirmation_required: "Nothing was changed: this takes a fresh proof of who you are.",
  policy_refused: "You may not do this.",
  class_exists: "There is a class of this name already.",
  group_exists: "There is a group of this name already.",
  group_not_empty: "Somebody is still in this group.",
  transition_invalid: "There is no way from this status to that one.",
  network_unavailable: "The school could not be reached. Please try again.",
  nobody: "Nobody of that name has signed in here yet.",
  unproved: "Nobody has proved yet that this address is theirs. Look who it is, and enter them there:",
};

const known = (texts, code) => (Object.hasOwn(texts, code) ? texts[code] : undefined);

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** What is wrong with a field. */
export const fault = (code) => known(FAULTS, code) ?? "This will not do.";

const FAULTS = {
  missing: "Please fill this in.",
  too_long: "This is too long.",
  malformed: "This does not have the form that is asked for.",
  not_a_choice: "Please choose from the list.",
};
