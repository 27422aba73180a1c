import { read } from "../api.js";
import { client } from "../client.js";
import { make } from "../dom.js";
import { documentList } from "../panels/document-list.js";
import { lonely, signInFirst } from "../panels/lonely.js";
import { classTile, tiles } from "../panels/tiles.js";
import { why } from "../panels/why.js";
import { mayUseStaffRoom, mayWriteFor } from "../policies.js";
import { classesOf } from "../tags.js";

export async function page() {
  const session = await client.session();
  if (!session) return { title: "Staff room", node: signInFirst("Staff room", "Teachers sign in first.") };
  if (!(await client.can(mayUseStaffRoom)))
    return {
      title: "Staff room",
      node: make(
        "div",
        {},
        lonely(
          "For teachers",
          "This room is for those who teach here. Should you be one, the office gives you the tag, and the door opens by itself.",
        ),
        reasons(),
      ),
    };
  const { teaches, office } = classesOf(session);
  const [{ documents }, { classes }] = await Promise.all([read("/api/documents"), read("/api/classes")]);
  const mine = classes.filter(({ id }) => office || teaches.includes(id));
  const registers = await Promise.all(
    mine.map(async (one) => ({ ...one, people: (await read(`/api/classes/${one.id}/register`)).people })),
  );
  const drafts = documents.filter(({ published }) => !published);
  const papers = documents.filter(
    ({ published, audience, class: of }) => published && (audience === "staff" || teaches.includes(of)),
  );
  const node = make(
    "div",
    {},
    make(
      "div",
      { className: "head" },
      make("h1", {}, "Staff room"),
      make("a", { className: "button", href: "/teachers/write" }, "Write something"),
    ),
    make("p", { className: "lead" }, "Your classes, your drafts, and what only teachers read."),
    section(
      "Your classes",
      registers.length > 0
        ? tiles(registers.map(tile))
        : make("p", { className: "empty" }, "You teach no class yet. The office enters you as a teacher of one."),
    ),
    section(
      "Drafts",
      drafts.length > 0
        ? documentList(drafts)
        : make("p", { className: "empty" }, "No drafts. What you write is one until you publish it."),
    ),
    section("For teachers", papers.length > 0 ? documentList(papers) : make("p", { className: "empty" }, "Nothing here yet.")),
    reasons(),
  );
  return { title: "Staff room", node };
}

const section = (title, ...content) => make("section", { className: "group" }, make("h2", {}, title), ...content);

function tile({ room, people, ...one }) {
  const pupils = people.filter(({ role }) => role === "pupil").map(({ name }) => name);
  const count = pupils.length === 1 ? "1 pupil" : `${pupils.length} pupils`;
  return classTile(
    `/classes/${one.id}`,
    one,
    {},
    make("span", {}, `${count} · ${room}`),
    make("span", { className: "fine" }, pupils.join(", ") || "Nobody entered yet"),
  );
}

const reasons = () =>
  why(
    [
      { label: "Enter", policy: mayUseStaffRoom },
      { label: "Write for everybody", policy: mayWriteFor(null) },
    ],
    { title: "Who may come in here?" },
  );
