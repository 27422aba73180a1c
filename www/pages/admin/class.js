import { change, read, remove } from "../../api.js";
import { client } from "../../client.js";
import { link, make, notify, unseen } from "../../dom.js";
import { button, field, form, plainInput, select } from "../../form.js";
import { groupOf } from "../../groups.js";
import { administered } from "../../panels/administered.js";
import { lonely } from "../../panels/lonely.js";
import { personBy } from "../../people.js";
import { again } from "../../router.js";
import { called } from "../../words.js";

const ROOT = { pupil: "class", teacher: "teacher" };

export const page = administered("Class", async ({ id }) => {
  const none = (error) => (error.status === 404 ? null : Promise.reject(error));
  const one = await read(`/api/classes/${encodeURIComponent(id)}`).catch(none);
  if (!one) return [lonely("There is no such class", "Classes are called like 7b.")];
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

const enterForm = (id) =>
  form(
    [
      make(
        "div",
        { className: "pair" },
        field("Address or user name", plainInput("handle", { required: true }), {
          hint: "Such as ben@school.example, once they have signed in here.",
        }),
        field("As", select("role", [["pupil", "Pupil"], ["teacher", "Teacher"]])),
      ),
    ],
    "Enter",
    ({ handle, role }) => enter(id, handle.trim(), role),
  );

/** First the tag, which is what counts; then the register, which says the name. */
async function enter(id, handle, role) {
  const profile = await personBy(handle);
  const { account } = profile;
  const { group } = await groupOf(`${ROOT[role]}/${id}`);
  await client.groups.addMember(group, account);
  await change(`/api/classes/${id}/register/${account}`, { name: called(profile), role });
  await after(`${called(profile)} is a ${role} of ${id} now.`);
}

async function after(text) {
  await again();
  notify(text);
}

function list(title, people, id) {
  const strike =
    ({ account, name, role }) =>
    async () => {
      const { group } = await groupOf(`${ROOT[role]}/${id}`);
      await client.groups.removeMember(group, account);
      await remove(`/api/classes/${id}/register/${account}`);
      await after(`${name} has left ${id}.`);
    };
  const row = (person) =>
    make(
      "li",
      {},
      make("a", { href: `/admin/people/${person.account}` }, person.name),
      button(["Take out", unseen(` ${person.name}`)], strike(person), { className: "small quiet" }),
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
