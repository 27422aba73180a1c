import { change, read } from "../api.js";
import { client } from "../client.js";
import { make, notify } from "../dom.js";
import { button, field, form } from "../form.js";
import { documentList } from "../panels/document-list.js";
import { lonely, signInFirst } from "../panels/lonely.js";
import { initials } from "../panels/person-row.js";
import { why } from "../panels/why.js";
import { mayReadClass, mayTeachClass } from "../policies.js";
import { again } from "../router.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

export async function page({ id }) {
  const one = await read(`/api/classes/${encodeURIComponent(id)}`).catch((error) => error);
  if (one instanceof Error) return refused(one, id);
  const [{ documents }, teaches] = await Promise.all([read("/api/documents"), client.can(mayTeachClass({ id }))]);
  const register = teaches ? await read(`/api/classes/${id}/register`).then(({ people }) => people) : undefined;
  const papers = documents.filter((document) => document.class === id);
  const node = make(
    "div",
    {},
    make(
      "div",
      { className: "class-head" },
      make("span", { className: "class-sign large", "aria-hidden": "true" }, id),
      make("div", {}, make("h1", {}, one.name), make("p", { className: "fine" }, `${one.tutor} · ${one.room}`)),
    ),
    note(one, teaches),
    make(
      "div",
      { className: "class-columns" },
      make(
        "section",
        { "aria-labelledby": "papers-title" },
        paperHead(id, teaches),
        papers.length > 0 ? documentList(papers) : make("p", { className: "empty" }, "Nothing has been handed out yet."),
      ),
      timetable(one),
    ),
    register && registerOf(register),
    reasons(id),
  );
  return { title: one.name, node };
}

const unknown = () => ({ title: "Not found", node: lonely("There is no such class", "Classes are called like 7b.") });

function refused(error, id) {
  if (error.status === 404) return unknown();
  if (error.status === 401)
    return { title: `Class ${id}`, node: signInFirst(`Class ${id}`, "What happens in a class is for those who belong to it.") };
  if (error.status !== 403) throw error;
  const closed = lonely(
    `Class ${id} is for its own people`,
    "Below is why it is closed to you. Should you belong here, the office puts you into the class, and this page opens by itself.",
  );
  return { title: `Class ${id}`, node: make("div", {}, closed, reasons(id)) };
}

const reasons = (id) =>
  why(
    [
      { label: "See the class", policy: mayReadClass({ id }) },
      { label: "Write its note", policy: mayTeachClass({ id }) },
    ],
    { title: "Who may see this?" },
  );

const paperHead = (id, teaches) =>
  make(
    "div",
    { className: "head" },
    make("h2", { id: "papers-title" }, "Handed out"),
    teaches && make("a", { className: "button quiet small", href: `/teachers/write?class=${id}` }, "Write something"),
  );

function note(one, teaches) {
  const section = make("section", { className: "blackboard", "aria-labelledby": "note-title" });
  const text =
    one.note.trim() === ""
      ? make("p", { className: "empty" }, "The board is clean.")
      : one.note.split(/\n{2,}/).map((part) => make("p", {}, part));
  const edit = () => section.replaceChildren(noteForm(one));
  section.append(
    make(
      "div",
      { className: "head" },
      make("h2", { id: "note-title" }, "On the board"),
      teaches && button("Change it", async () => edit(), { className: "small" }),
    ),
    make("div", { className: "prose" }, text),
  );
  return section;
}

function noteForm({ id, note, version }) {
  const text = make("textarea", { name: "note", rows: 5, value: note });
  const write = async (typed) => {
    await change(`/api/classes/${id}`, typed, version);
    await again();
    notify("It is on the board.");
  };
  return form([field("On the board", text, { hint: "For the class and its teachers." })], "Write it down", write, {
    noValidate: true,
    beside: [button("Cancel", again, { className: "quiet" })],
    "data-writing": "",
  });
}

function timetable({ timetable: week }) {
  const today = new Date().getDay() - 1;
  const day = (name, index) =>
    make(
      "li",
      { className: index === today ? "today" : "" },
      make("h3", {}, make("abbr", { title: name }, name.slice(0, 3))),
      make("ol", {}, ...(week[index] ?? []).map((lesson) => make("li", {}, lesson))),
    );
  return make(
    "section",
    { className: "card", "aria-labelledby": "timetable-title" },
    make("h2", { id: "timetable-title" }, "Timetable"),
    week.length > 0
      ? make("ul", { className: "week" }, ...DAYS.map(day))
      : make("p", { className: "empty" }, "It is still being made."),
  );
}

function registerOf(people) {
  const rows = people.map(({ name, role }) =>
    make(
      "li",
      {},
      initials(name),
      make("span", {}, name),
      make("span", { className: "badge" }, role === "teacher" ? "Teacher" : "Pupil"),
    ),
  );
  return make(
    "section",
    { className: "card", "aria-labelledby": "register-title" },
    make("h2", { id: "register-title" }, "Register"),
    rows.length > 0
      ? make("ul", { className: "register" }, ...rows)
      : make("p", { className: "empty" }, "Nobody is in this class yet. The office enters people under Administration, Classes."),
  );
}
