// What the school calls things.

export const KINDS = { news: "News", letter: "Letter", homework: "Homework", rules: "How we do things" };

/** Who a document is for. */
export function audienceOf({ audience, class: of }) {
  return { public: "Everybody", school: "Everybody at the school", class: `Class ${of}`, staff: "Staff room" }[audience];
}

const LINES = {
  version_stale: "Somebody else has changed this while you were writing. Copy what you need; “Cancel” shows it as it is now.",
  confirmation_required: "Nothing was changed: this takes a fresh proof of who you are.",
  policy_refused: "You may not do this.",
  class_exists: "There is a class of this name already.",
  group_exists: "There is a group of this name already.",
  group_not_empty: "Somebody is still in this group.",
  transition_invalid: "There is no way from this status to that one.",
  network_unavailable: "The school could not be reached. Please try again.",
};

/** What is said in place of the edge's words. */
export const refusal = (error) => LINES[error.code];
