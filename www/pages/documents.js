import { read } from "../api.js";
import { client } from "../client.js";
import { make } from "../dom.js";
import { documentList } from "../panels/document-list.js";
import { audienceOf } from "../words.js";

const ORDER = ["class", "staff", "school", "public"];

export async function page() {
  const [{ documents }, session] = await Promise.all([read("/api/documents"), client.session()]);
  const groups = Map.groupBy(documents, audienceOf);
  const rank = ([, [one]]) => ORDER.indexOf(one.audience);
  const sections = [...groups]
    .toSorted((one, other) => rank(one) - rank(other))
    .map(([title, list]) => make("section", { className: "group" }, make("h2", {}, title), documentList(list)));
  const node = make(
    "div",
    {},
    make("h1", {}, "Documents"),
    make(
      "p",
      { className: "lead" },
      session
        ? "What you may read. What is for others is not listed, not even by its title."
        : "What is open to all. Sign in to see what is for your class.",
    ),
    ...sections,
  );
  return { title: "Documents", node };
}
