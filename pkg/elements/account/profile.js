import { make } from "../dom.js";
import { declaredField } from "../form/fields.js";
import { createForm } from "../form/form.js";
import { own } from "../own.js";
import { person } from "../person.js";
import { createSection } from "./section.js";

/** Everything about her that she may change at once. The e-mail address has a section of its own. */
export function createProfile({ host, config, act, changed }) {
  const { client, say } = host;
  const fields = config.fields.filter(({ name }) => name !== "email").map((field) => declaredField(host, field));
  if (!config.password || !config.actions.includes("profile") || fields.length === 0) return undefined;
  let shown = {};
  const form = createForm(host, {
    id: "profile",
    fields,
    button: say("account.save"),
    submit: async (values) => {
      fill(await act(() => client.updateProfile(difference(shown, values))));
      form.say(say("account.saved"));
      await changed("profile");
    },
  });
  const who = make("div");
  const { element } = createSection("profile", say("account.profile"), "", who, form.element);

  /** What is shown already is left alone: she may be typing. */
  function show({ profile }) {
    if (JSON.stringify(profile) !== JSON.stringify(shown)) fill(profile);
  }

  function fill(profile) {
    shown = profile;
    who.replaceChildren(person(profile));
    for (const control of Object.values(form.controls)) control.write(valueOf(profile, control.name));
  }

  return { element, show };
}

function valueOf(profile, name) {
  const [, declared] = name.split("fields.");
  return declared === undefined ? own(profile, name) : own(profile.fields, declared);
}

/** What she has changed; what is the same need not be sent. */
function difference(profile, { fields, ...values }) {
  return { ...differing(profile, values), fields: fields && differing(profile.fields, fields) };
}

/** A box that nobody has ticked, and what was taken away, are the same as no answer. */
function differing(before, after) {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => (own(before, name) ?? false) !== (value ?? false)));
}
