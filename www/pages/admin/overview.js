import { client } from "../../client.js";
import { link, make, notify } from "../../dom.js";
import { button } from "../../form.js";
import { isInOffice, missing, setUp } from "../../groups.js";
import { administered } from "../../panels/administered.js";
import { tile, tiles } from "../../panels/tiles.js";
import { again } from "../../router.js";

export const page = administered("Administration", async () => {
  const [lacking, inOffice, { accounts: pending }, teachers, pupils] = await Promise.all([
    missing(),
    isInOffice(),
    client.accounts.list({ status: "pending", limit: 10 }),
    client.tags.find("groups", "teacher", { kind: "account", limit: 10 }),
    client.tags.find("groups", "class", { kind: "account", limit: 10 }),
  ]);
  const steps = [
    setUpStep(lacking.length, inOffice),
    step(teachers.records.length > 0, "Make somebody a teacher", [
      "Let Ben sign in once, in another browser or a private window. Then open ",
      link("/admin/classes/7b", "class 7b"),
      " and enter him as its teacher.",
    ]),
    step(pupils.records.length > 0, "Put a pupil into a class", [
      "Cleo, say, once she has signed in. Nobody vouches for her address: where ",
      link("/admin/classes/7b", "class 7b"),
      " is asked for it, it links to her page (she is under ",
      link("/admin/people", "People"),
      ", too), and you enter her there.",
    ]),
    step(
      false,
      "Look at it through their eyes",
      [
        "Ben finds a draft in the staff room and publishes it; Cleo’s page of 7b shows it at once. Under each document, “Who may read this?” says why.",
        " ",
      ],
      undefined,
      true,
    ),
  ];
  return [
    make("h1", {}, "Administration"),
    make("p", { className: "lead" }, "Everything here is a call of the package, and every change is an event."),
    make(
      "section",
      { className: "card", "aria-labelledby": "steps-title" },
      make("h2", { id: "steps-title" }, "First steps"),
      make("ol", { className: "steps" }, ...steps),
    ),
    tiles([
      tile(
        "/admin/people",
        "People",
        pending.length > 0 ? `${pending.length === 10 ? "10 or more" : pending.length} waiting to come in` : "Nobody is waiting",
      ),
      tile("/admin/classes", "Classes and groups", "Who is where, and what they may"),
      tile("/admin/activity", "Activity", "Who has changed what"),
      tile("/admin/keys", "Signing keys", "They change by themselves"),
    ]),
  ];
});

function setUpStep(lacking, inOffice) {
  const done = lacking === 0 && inOffice;
  const text = done
    ? "Its groups are there, and the office may edit every document."
    : `Makes ${lacking} groups, such as class/7b and teacher/7b, lets the group office edit every document, and puts you into it.`;
  return step(done, "Set up the school", text, !done && button("Set up the school", begin));
}

async function begin() {
  await setUp();
  await again();
  notify("The school is set up. Next, somebody has to teach.");
}

function step(done, title, text, action, open) {
  const state = open ? "" : done ? "done" : "to do";
  return make(
    "li",
    { className: done ? "done" : "" },
    make(
      "div",
      {},
      make("h3", {}, title, state && make("span", { className: `badge ${done ? "good" : ""}` }, state)),
      make("p", {}, ...[text].flat()),
      action,
    ),
  );
}
