import { create, read } from "../../api.js";
import { client } from "../../client.js";
import { busy, field, make, mark, notify, words } from "../../dom.js";
import { again } from "../../router.js";
import { administered } from "./frame.js";
import { everyGroup, groupOf } from "./setup.js";

export const page = administered("Classes", async () => {
  const [{ classes }, groups] = await Promise.all([read("/api/classes"), everyGroup()]);
  return [
    make("h1", {}, "Classes and groups"),
    make("ul", { className: "tiles" }, ...classes.map(tile)),
    make("section", { className: "card", "aria-labelledby": "new-title" }, make("h2", { id: "new-title" }, "A new class"), newClass()),
    make("section", { className: "card", "aria-labelledby": "groups-title" }, make("h2", { id: "groups-title" }, "Groups"), make("p", { className: "fine" }, "A group is a tag with a name: whoever carries it, or one below it, is a member. Permissions are granted to groups."), await groupList(groups)),
  ];
});

const tile = ({ id, name, tutor, room }) =>
  make("li", {}, make("a", { className: "tile class-tile", href: `/admin/classes/${id}` }, make("span", { className: "class-sign", "aria-hidden": "true" }, id), make("strong", {}, name), make("span", {}, `${tutor} · ${room}`)));

function newClass() {
  const text = (name, more) => make("input", { name, required: true, autocomplete: "off", maxLength: 60, ...more });
  const submit = make("button", { type: "submit" }, "Make it");
  const message = make("p", { className: "error", role: "alert" });
  const form = make("form", { noValidate: true }, make("div", { className: "pair" }, field("Short name", text("id", { maxLength: 3 }), { hint: "Such as 8a." }), field("Full name", text("name"), { hint: "Such as Class 8a." })), make("div", { className: "pair" }, field("Tutor", text("tutor")), field("Room", text("room"))), submit, message);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mark(form);
    message.textContent = "";
    busy(submit, () => add(Object.fromEntries(new FormData(form))).catch((error) => (error.fields ? mark(form, error.fields) : (message.textContent = words(error)))));
  });
  return form;
}

async function add(details) {
  const { id, name } = await create("/api/classes", details);
  await groupOf(`class/${id}`, `Pupils of ${name}`);
  await groupOf(`teacher/${id}`, `Teachers of ${name}`);
  await again();
  notify(`${name} is there.`);
}

async function groupList(groups) {
  if (groups.length === 0) return make("p", { className: "empty" }, "None yet. “Set up the school” in the overview makes them.");
  const rows = await Promise.all(groups.map(groupRow));
  return make("ul", { className: "rows" }, ...rows);
}

async function groupRow({ group, name, description }) {
  const { permissions } = await client.groups.permissions(group, { limit: 10 });
  const granted = permissions.map(({ name: what, kind, record }) => make("span", { className: "badge" }, [what, kind, record].filter(Boolean).join(" ")));
  return make("li", {}, make("span", {}, make("code", {}, name), make("span", { className: "fine event-details" }, description)), make("span", { className: "badges" }, ...granted));
}
