import { make } from "../dom.js";

/** Links as tiles. */
export const tiles = (list) => make("ul", { className: "tiles" }, ...list);

export const tile = (href, title, text) => linked("tile", href, make("strong", {}, title), make("span", {}, text));

/** A class, with its sign; `more` comes below its name. */
export const classTile = (href, { id, name }, { mine = false }, ...more) =>
  linked(
    `tile class-tile${mine ? " mine" : ""}`,
    href,
    make("span", { className: "class-sign", "aria-hidden": "true" }, id),
    make("strong", {}, name),
    ...more,
  );

const linked = (className, href, ...content) => make("li", {}, make("a", { className, href }, ...content));
