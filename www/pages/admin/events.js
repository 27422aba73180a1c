import { make } from "../../dom.js";
import { when } from "../../moment.js";

/** What has happened, in the words of the log. */
export const eventList = (events) =>
  events.length > 0 ? make("ul", { className: "rows events" }, ...events.map(eventRow)) : make("p", { className: "empty" }, "Nothing yet.");

export function eventRow({ at, happening, details = {}, from }) {
  const told = Object.entries(details).filter(([, value]) => value !== null && typeof value !== "object").map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`);
  return make("li", {}, make("span", {}, make("strong", {}, sentenceOf(happening)), make("span", { className: "fine event-details" }, told.join(" · "))), make("span", { className: "fine" }, when(at), from ? ` · ${from}` : ""));
}

const sentenceOf = (happening) => happening.charAt(0).toUpperCase() + happening.slice(1).replaceAll("_", " ");
