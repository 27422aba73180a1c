import { read } from "../../api.js";
import { link, make, notify, unseen } from "../../dom.js";
import { ROLES, enter, strike } from "../../enrolment.js";
import { button, field, form, plainInput, select } from "../../form.js";
import { administered } from "../../panels/administered.js";
import { lonely } from "../../panels/lonely.js";
import { personRow } from "../../panels/person-row.js";
import { personBy } from "../../people.js";
import { again } from "../../router.js";
import { called } from "../../words.js";

export const page = administered("Class", async ({ id }) => {
  const one = await read(`/api/classes/${encodeURIComponent(id)}`).catch((error) => error);
  if (one.status === 404) return [lonely("There is no such class", "Classes are called like 7b.")];
  if (one.status === 403)
    return [lonely("Set up the school first", "You are not in its office yet. The overview has a button for it.")];
  if (one instanceof Error) throw one;
  const { people } = await read(`/api/classes/${id}/register`);
  return [
    make("p", { className: "back" }, link("/admin/classes", "← Classes and groups")),
    make("h1", {}, one.name),
    make(
      "p",
      { className: "lead" },
      "Who is entered here carries the tag ",
      make("code", {}, `class/${id}`),
      " or ",
      make("code", {}, `teacher/${id}`),
      ", and the class opens to them. ",
      link(`/classes/${id}`, "See it"),
    ),
    make(
      "section",
      { className: "card", "aria-labelledby": "enter-title" },
      make("h2", { id: "enter-title" }, "Enter somebody"),
      enterForm(id),
    ),
    list(
      "Teachers",
      people.filter(({ role }) => role === "teacher"),
      id,
    ),
    list(
      "Pupils",
      people.filter(({ role }) => role === "pupil"),
      id,
    ),
  ];
});

/** Whom the office means is shown before anything is given to them. */
function enterForm(id) {
  const place = make("div", { className: "group" });
  const ask = () => place.replaceChildren(whom(id, confirm));

  function confirm(profile, role) {
    const go = async () => {
      await enter(profile, id, role);
      await after(`${called(profile)} is a ${role} of ${id} now.`);
    };
    const yes = button(`Enter as a ${role}`, go);
    const no = button("Somebody else", async () => ask(), { className: "quiet" });
    place.replaceChildren(make("ul", { className: "people" }, personRow(profile)), make("div", { className: "line" }, yes, no));
    yes.focus();
  }

  ask();
  return place;
}

function whom(id, found) {
  const handle = field("Address or user name", plainInput("handle", { required: true }), {
    hint: "Such as ben@school.example, in full, once they have signed in here.",
  });
  const fields = [make("div", { className: "pair" }, handle, field("As", select("role", ROLES)))];
  const find = async ({ handle, role }) => found(await personBy(handle.trim()).catch(leadOn(id, role)), role);
  return form(fields, "Find", find);
}

/** Nobody is taken at her word here: whose address it may be is looked at on her own page, and entered from there. */
const leadOn = (id, role) => (error) => {
  const path = ({ account }) => `/admin/people/${account}?${new URLSearchParams({ class: id, as: role })}`;
  const more = (error.claimants ?? []).flatMap((profile) => [" ", link(path(profile), called(profile))]);
  throw Object.assign(error, { more });
};

async function after(text) {
  await again();
  notify(text);
}

function list(title, people, id) {
  const takeOut = (person) => async () => {
    await strike(person, id);
    await after(`${person.name} has left ${id}.`);
  };
  const row = (person) =>
    make(
      "li",
      {},
      make("a", { href: `/admin/people/${person.account}` }, person.name),
      button(["Take out", unseen(` ${person.name}`)], takeOut(person), { className: "small quiet" }),
    );
  const heading = title.toLowerCase();
  return make(
    "section",
    { className: "card", "aria-labelledby": heading },
    make("h2", { id: heading }, title),
    people.length > 0
      ? make("ul", { className: "rows" }, ...people.map(row))
      : make("p", { className: "empty" }, `No ${heading} yet.`),
  );
}
