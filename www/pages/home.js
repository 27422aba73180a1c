import { read } from "../api.js";
import { client } from "../client.js";
import { TERMS } from "../content.js";
import { link, make } from "../dom.js";
import { when } from "../moment.js";
import { latest, notYet } from "../panels/not-yet.js";
import { tile, tiles } from "../panels/tiles.js";
import { classesOf } from "../tags.js";
import { called } from "../words.js";

export async function page() {
  const [{ documents }, known] = await Promise.all([read("/api/documents"), client.session()]);
  const profile = known && (await client.profile().catch(() => null));
  const session = await latest(known);
  const news = documents.filter(({ kind, audience }) => kind === "news" && audience === "public");
  const open = documents.filter(({ kind, audience }) => kind !== "news" && audience === "public");
  const node = make(
    "div",
    { className: "home" },
    session && profile ? welcome(session, profile) : hero(),
    make(
      "div",
      { className: "home-columns" },
      make(
        "section",
        { "aria-labelledby": "news-title" },
        make("h2", { id: "news-title" }, "News"),
        make("div", { className: "news" }, ...news.map(story)),
        news.length === 0 && make("p", { className: "empty" }, "No news is good news."),
      ),
      make("aside", { className: "home-aside" }, terms(), papers(open)),
    ),
  );
  return { title: "Hollow Oak School", node };
}

const hero = () =>
  make(
    "section",
    { className: "hero" },
    make(
      "div",
      { className: "hero-text" },
      make("p", { className: "eyebrow" }, "Since 1907, by the pond"),
      make("h1", {}, "A small school under a very old tree"),
      make(
        "p",
        { className: "lead" },
        "Three hundred pupils, twenty-six teachers, one oak with a hole in it that has held footballs, owls and, once, the entire brass section.",
      ),
      make(
        "p",
        { className: "line" },
        make("a", { className: "button", href: "/sign-in" }, "Sign in"),
        make("a", { className: "button quiet", href: "/documents" }, "Read what is open to all"),
      ),
    ),
    make("img", { className: "hero-art", src: "/art/oak.svg", alt: "", width: 480, height: 360 }),
  );

function welcome(session, profile) {
  const { attends, teaches, staff, admin } = classesOf(session);
  const cards = [
    ...attends.map((id) => [`/classes/${id}`, `Class ${id}`, "The note, the timetable and what was handed out"]),
    ...teaches.map((id) => [`/classes/${id}`, `You teach ${id}`, "Its note, register and documents"]),
    ...(staff ? [["/teachers", "Staff room", "Write something, see who is in which class"]] : []),
    ...(admin ? [["/admin", "Administration", "People, classes, keys, and what has happened"]] : []),
  ];
  return make(
    "section",
    { className: "welcome" },
    make("p", { className: "eyebrow" }, greeting()),
    make("h1", {}, `Hello, ${called(profile, "you")}`),
    cards.length > 0
      ? tiles(cards.map((card) => tile(...card)))
      : notYet(
          "You are not in a class yet. The office puts you into one; until then you see here what everybody sees. Show them the address that you signed in with.",
        ),
  );
}

function greeting() {
  const hour = new Date().getHours();
  if (hour < 5) return "You are up late";
  if (hour < 12) return "Good morning";
  return hour < 18 ? "Good afternoon" : "Good evening";
}

const story = ({ id, title, summary, changed_at }) =>
  make(
    "article",
    { className: "story" },
    make("h3", {}, link(`/documents/${id}`, title)),
    make("p", {}, summary),
    make("p", { className: "fine" }, when(changed_at)),
  );

const terms = () =>
  make(
    "section",
    { className: "card", "aria-labelledby": "terms-title" },
    make("h2", { id: "terms-title" }, "Term dates"),
    make(
      "dl",
      { className: "terms" },
      ...TERMS.map(({ name, from, to }) => make("div", {}, make("dt", {}, name), make("dd", {}, `${from} – ${to}`))),
    ),
  );

const papers = (documents) =>
  make(
    "section",
    { className: "card", "aria-labelledby": "papers-title" },
    make("h2", { id: "papers-title" }, "Good to know"),
    make("ul", { className: "plain" }, ...documents.map(({ id, title }) => make("li", {}, link(`/documents/${id}`, title)))),
  );
