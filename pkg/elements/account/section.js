import { make } from "../dom.js";

/** A section: its title and what it is for at the side, and beside or below that what is done in it. */
export function createSection(name, title, lead, ...content) {
  const heading = make("h2", { id: `${name}-title`, tabIndex: -1, part: "title" }, title);
  const about = make("p", { className: "muted" }, lead);
  const head = make("div", { className: "head" }, heading, about);
  const body = make("div", { className: "stack body" }, content);
  const element = make("section", { className: "card section", part: `card section-${name}`, "aria-labelledby": heading.id }, head, body);
  return { element, heading, about };
}

export const badge = (text) => make("span", { className: "badge", part: "badge" }, text);
