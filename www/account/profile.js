import { make } from "../dom.js";
import { createForm } from "../forms/form.js";

/** "Profile": everything about her that she may change at once. The e-mail address has a section of its own. */
export function createProfile(client, { person, config }) {
  const note = make("span", { className: "note" });
  let shown;
  const form = createForm({
    id: "profile-form",
    fields: config.fields.filter(({ name }) => name !== "email"),
    button: "Save",
    submit: async (values) => {
      const changes = difference(shown, values);
      if (Object.keys(changes).length > 0) await person.set(await client.updateProfile(changes));
      form.say(make("p", {}, "Saved."));
    },
  });

  /** A profile that is shown already is left alone: she may be typing. */
  function show(profile) {
    if (profile === shown) return;
    shown = profile;
    note.textContent = profile.user_name ?? profile.name ?? "";
    fill();
  }

  function fill() {
    for (const control of Object.values(form.controls)) control.write(valueOf(shown, control.name));
  }

  function clear() {
    form.unmark();
    if (shown) fill();
  }

  return { elements: [form.element], note, show, clear };
}

function valueOf(profile, name) {
  const own = name.startsWith("fields.") ? profile.fields[name.slice("fields.".length)] : profile[name];
  return own ?? null;
}

/** What she has changed; what is the same need not be sent. */
function difference(profile, { fields = {}, ...values }) {
  const changes = differing(profile, values);
  const own = differing(profile.fields, fields);
  return Object.keys(own).length > 0 ? { ...changes, fields: own } : changes;
}

/** A box that nobody has ticked is the same as no answer. */
function differing(before, after) {
  const was = (name, value) => before[name] ?? (value === false ? false : null);
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => was(name, value) !== value));
}
