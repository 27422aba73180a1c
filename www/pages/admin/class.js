import { change, read, remove } from "../../api.js";
import { client } from "../../client.js";
import { button, busy, field, link, make, notify, unseen, words } from "../../dom.js";
import { again } from "../../router.js";
import { lonely } from "../not-found.js";
import { administered } from "./frame.js";
import { called } from "./person-parts.js";
import { groupOf } from "./setup.js";

const ROOT = { pupil: "class", teacher: "teacher" };

export const page = administered("Class", async ({ id }) => {
  const one = /^\d{1,2}[a-z]$/.test(id) && (await read(`/api/classes/${id}`).catch((error) => (error.status === 404 ? null : Promise.reject(error))));
  if (!one) return [lonely("There is no such class", "Classes are called like 7b.")];
  const { people } = await read(`/api/classes/${id}/register`);
  return [
    make("p", { className: "back" }, link("/admin/classes", "← Classes and groups")),
    make("h1", {}, one.name),
    make("p", { className: "lead" }, "Who is entered here carries the tag ", make("code", {}, `class/${id}`), " or ", make("code", {}, `teacher/${id}`), ", and the class opens to them. ", link(`/classes/${id}`, "See it")),
    make("section", { className: "card", "aria-labelledby": "enter-title" }, make("h2", { id: "enter-title" }, "Enter somebody"), enterForm(id)),
    list("Teachers", people.filter(({ role }) => role === "teacher"), id),
    list("Pupils", people.filter(({ role }) => role === "pupil"), id),
  ];
});

function enterForm(id) {
  const input = make("input", { name: "handle", required: true, autocomplete: "off", autocapitalize: "none", spellcheck: false });
  const role = make("select", { name: "role" }, make("option", { value: "pupil" }, "Pupil"), make("option", { value: "teacher" }, "Teacher"));
  const submit = make("button", { type: "submit" }, "Enter");
  const message = make("p", { className: "error", role: "alert" });
  const form = make("form", {}, make("div", { className: "pair" }, field("Address or user name", input, { hint: "Such as ben@school.example, once they have signed in here." }), field("As", role)), submit, message);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    message.textContent = "";
    busy(submit, () => enter(id, input.value.trim(), role.value).catch((error) => (message.textContent = error.plain ?? words(error))));
  });
  return form;
}

/** By the very address or user name, or by how only one of them begins. */
async function whoIs(handle) {
  const { accounts } = await client.accounts.list({ handle, limit: 10 });
  const exact = accounts.find(({ email, user_name }) => [email, user_name].includes(handle));
  if (exact ?? accounts.length === 1) return client.accounts.get((exact ?? accounts[0]).account);
  const plain = accounts.length === 0 ? "Nobody of that name has signed in here yet." : "Several people begin like that. Please write it out.";
  throw Object.assign(new Error(plain), { plain });
}

/** First the tag, which is what counts; then the register, which says the name. */
async function enter(id, handle, role) {
  const profile = await whoIs(handle);
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
  const strike = ({ account, name, role }) => async () => {
    const { group } = await groupOf(`${ROOT[role]}/${id}`);
    await client.groups.removeMember(group, account);
    await remove(`/api/classes/${id}/register/${account}`);
    await after(`${name} has left ${id}.`);
  };
  const row = (person) => make("li", {}, make("a", { href: `/admin/people/${person.account}` }, person.name), button(["Take out", unseen(` ${person.name}`)], strike(person), { className: "small quiet" }));
  const heading = title.toLowerCase();
  return make("section", { className: "card", "aria-labelledby": heading }, make("h2", { id: heading }, title), people.length > 0 ? make("ul", { className: "rows" }, ...people.map(row)) : make("p", { className: "empty" }, `No ${heading} yet.`));
}
