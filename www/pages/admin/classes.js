import { create, read } from "../../api.js";
import { client } from "../../client.js";
import { make, notify } from "../../dom.js";
import { field, form } from "../../form.js";
import { everyGroup, groupOf } from "../../groups.js";
import { administered } from "../../panels/administered.js";
import { classTile, tiles } from "../../panels/tiles.js";
import { again } from "../../router.js";

export const page = administered("Classes", async () => {
  const [{ classes }, groups] = await Promise.all([read("/api/classes"), everyGroup()]);
  return [
    make("h1", {}, "Classes and groups"),
    tiles(classes.map(tile)),
    make(
      "section",
      { className: "card", "aria-labelledby": "new-title" },
      make("h2", { id: "new-title" }, "A new class"),
      newClass(),
    ),
    make(
      "section",
      { className: "card", "aria-labelledby": "groups-title" },
      make("h2", { id: "groups-title" }, "Groups"),
      make(
        "p",
        { className: "fine" },
        "A group is a tag with a name: whoever carries it, or one below it, is a member. Permissions are granted to groups.",
      ),
      await groupList(groups),
    ),
  ];
});

const tile = (one) =>
  classTile(`/admin/classes/${one.id}`, one, {}, make("span", {}, `${one.tutor} · ${one.room}`));

function newClass() {
  const text = (name, more) => make("input", { name, required: true, autocomplete: "off", maxLength: 60, ...more });
  const names = [
    field("Short name", text("id", { maxLength: 3 }), { hint: "Such as 8a." }),
    field("Full name", text("name"), { hint: "Such as Class 8a." }),
  ];
  const more = [field("Tutor", text("tutor")), field("Room", text("room"))];
  return form([names, more].map((pair) => make("div", { className: "pair" }, ...pair)), "Make it", add, { noValidate: true });
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
  const granted = permissions.map(({ name: what, kind, record }) =>
    make("span", { className: "badge" }, [what, kind, record].filter(Boolean).join(" ")),
  );
  return make(
    "li",
    {},
    make("span", {}, make("code", {}, name), make("span", { className: "fine event-details" }, description)),
    make("span", { className: "badges" }, ...granted),
  );
}
