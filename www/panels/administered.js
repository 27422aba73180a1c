import { client } from "../client.js";
import { make } from "../dom.js";
import { classesOf } from "../tags.js";
import { lonely, signInFirst } from "./lonely.js";

const ROOMS = [
  ["/admin", "Overview"],
  ["/admin/people", "People"],
  ["/admin/classes", "Classes"],
  ["/admin/activity", "Activity"],
  ["/admin/keys", "Signing keys"],
  ["/admin/rules", "Rules"],
];

/** A page of the administration: for whoever carries the tag. What it calls is guarded at the edge in any case. */
export const administered = (title, content) => async (params) => {
  const session = await client.session();
  if (!session) return { title, node: signInFirst("Administration", "The office signs in first.") };
  if (!classesOf(session).admin)
    return { title, node: lonely("For the office", "This part is for those who run the school.") };
  return {
    title,
    node: make("div", { className: "admin" }, rooms(), make("div", { className: "admin-room" }, ...(await content(params)))),
  };
};

function rooms() {
  const { pathname } = location;
  const current = (path) => (path === pathname || (path !== "/admin" && pathname.startsWith(`${path}/`)) ? "page" : undefined);
  return make(
    "nav",
    { className: "rooms", "aria-label": "Administration" },
    ...ROOMS.map(([href, label]) => make("a", { href, "aria-current": current(href) }, label)),
  );
}
