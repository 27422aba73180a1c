import { make } from "../dom.js";
import { when } from "../moment.js";

/** What has happened, in the words of the log. */
export const eventList = (events) =>
  events.length > 0
    ? make("ul", { className: "rows events" }, ...events.map((one) => eventRow(one)))
    : make("p", { className: "empty" }, "Nothing yet.");

/** `by` is what the one is called who has done it. */
export function eventRow({ at, happening, details = {} }, by) {
  const told = detailsOf(details).map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`);
  const what = make(
    "span",
    {},
    make("strong", {}, sentenceOf(happening)),
    make("span", { className: "fine event-details" }, told.join(" · ")),
  );
  return make("li", {}, what, make("span", { className: "fine" }, by ? `${by} · ` : "", when(at)));
}

/** In words rather than ids, where there are words. */
function detailsOf({ group, name, permission, ...rest }) {
  const granted = permission && [permission.name, permission.kind, permission.record].filter(Boolean).join(" ");
  const all = { group: name ?? group, permission: granted, ...rest };
  const says = ([, value]) => ![null, undefined, ""].includes(value) && typeof value !== "object";
  return Object.entries(all)
    .map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : value])
    .filter(says)
    .map(([key, value]) => [key, shortened(value)]);
}

/** Ids are told apart by how they begin. */
const shortened = (value) => String(value).replaceAll(/\b[0-9a-f]{32}\b/g, (id) => `${id.slice(0, 6)}…`);

const sentenceOf = (happening) => happening.charAt(0).toUpperCase() + happening.slice(1).replaceAll("_", " ");
