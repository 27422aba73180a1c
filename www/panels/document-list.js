import { make } from "../dom.js";
import { when } from "../moment.js";
import { KINDS, audienceOf } from "../words.js";

/** Documents as a list of links. */
export const documentList = (documents) =>
  make("ul", { className: "documents" }, ...documents.map((one) => make("li", {}, row(one))));

const row = (one) =>
  make(
    "a",
    { className: "document-row", href: `/documents/${one.id}` },
    make(
      "span",
      { className: "document-kind" },
      KINDS[one.kind],
      !one.published && make("span", { className: "badge draft" }, "Draft"),
    ),
    make("span", { className: "document-title" }, one.title),
    make("span", { className: "document-summary" }, one.summary),
    make(
      "span",
      { className: "document-foot" },
      make("span", { className: `badge for-${one.audience}` }, audienceOf(one)),
      " ",
      one.author,
      " · ",
      when(one.changed_at),
    ),
  );
