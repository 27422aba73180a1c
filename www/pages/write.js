import { create, read } from "../api.js";
import { client } from "../client.js";
import { make } from "../dom.js";
import { field, select } from "../form.js";
import { editor } from "../panels/editor.js";
import { lonely, signInFirst } from "../panels/lonely.js";
import { mayUseStaffRoom } from "../policies.js";
import { go } from "../router.js";
import { classesOf } from "../tags.js";
import { KINDS } from "../words.js";

export async function page() {
  const session = await client.session();
  if (!session) return { title: "Staff room", node: signInFirst("Staff room", "Teachers sign in first.") };
  if (!(await client.can(mayUseStaffRoom)))
    return { title: "Staff room", node: lonely("For teachers", "This room is for those who teach here.") };
  const { teaches } = classesOf(session);
  const [{ classes }, everywhere] = await Promise.all([
    read("/api/classes"),
    client.hasPermission("edit", { kind: "document" }).catch(() => false),
  ]);
  const mine = classes.filter(({ id }) => everywhere || teaches.includes(id)).map(({ id }) => [`class:${id}`, `Class ${id}`]);
  const audiences = [
    ...mine,
    ...(everywhere
      ? [
          ["staff", "Staff room"],
          ["school", "Everybody at the school"],
          ["public", "Everybody"],
        ]
      : []),
  ];
  if (audiences.length === 0)
    return {
      title: "Write something",
      node: lonely(
        "Nobody to write to yet",
        "You teach no class here, and no group of yours was granted “edit document”. The office can change both.",
      ),
    };
  const wanted = new URL(location.href).searchParams.get("class");
  const audience = select("to", audiences);
  if (mine.some(([value]) => value === `class:${wanted}`)) audience.value = `class:${wanted}`;
  const kind = select("kind", Object.entries(KINDS));
  kind.value = "letter";
  const save = async ({ to, ...rest }) => {
    const [name, of = null] = to.split(":");
    const { id } = await create("/api/documents", { ...rest, audience: name, class: of });
    await go(`/documents/${id}`);
  };
  const extra = [make("div", { className: "pair" }, field("Who is it for?", audience), field("What is it?", kind))];
  const form = editor(
    {},
    { heading: "Write something", save, cancel: () => go("/teachers"), extra, label: "Keep it as a draft" },
  );
  return { title: "Write something", node: make("div", { className: "narrow" }, form) };
}
