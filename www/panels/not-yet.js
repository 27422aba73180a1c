// Who is in no class yet: whom to ask, and a way to see at once that it is done.

import { client } from "../client.js";
import { make } from "../dom.js";
import { button } from "../form.js";
import { classesOf } from "../tags.js";

export function isInNoClass(session) {
  const { attends, teaches } = classesOf(session);
  return session !== null && attends.length + teaches.length === 0;
}

/**
 * The session, asked for anew while it has no class: the token may have been renewed on the way, by an answer to something else, and
 * the client not know it yet. What it then carries is shown.
 */
export async function latest(session) {
  if (!isInNoClass(session)) return session;
  return client.session({ at: "replicated" }).catch(() => session);
}

/** `text` says whom to ask. Once she carries a class, the page is shown anew. */
export function notYet(text) {
  const said = make("span", { className: "fine", role: "status" });
  const look = async () => {
    said.textContent = "";
    if (isInNoClass(await client.session({ at: "decided" }))) said.textContent = "Not yet.";
  };
  return make(
    "div",
    { className: "group" },
    make("p", { className: "lead" }, text),
    make("p", { className: "fine" }, "Have they done it? It can take up to five minutes until it shows here; or look again at once."),
    make("div", { className: "line" }, button("Look again", look, { className: "quiet small" }), said),
  );
}
