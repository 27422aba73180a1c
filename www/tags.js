// What the tags of a session say about this school: `class/7b` attends, `teacher/7b` teaches.

const below = (tags, root) =>
  tags.filter((tag) => tag.startsWith(`${root}/`)).map((tag) => tag.slice(root.length + 1).split("/")[0]);
const within = (tags, root) => tags.some((tag) => tag === root || tag.startsWith(`${root}/`));

/** For showing and hiding. */
export function classesOf(session) {
  const tags = session?.tags.groups ?? [];
  const office = within(tags, "office");
  return {
    attends: [...new Set(below(tags, "class"))],
    teaches: [...new Set(below(tags, "teacher"))],
    staff: office || within(tags, "teacher"),
    office,
    // To the letter, as the deployment asks for it.
    admin: tags.includes("admin"),
  };
}
