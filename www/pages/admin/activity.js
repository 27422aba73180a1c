import { client } from "../../client.js";
import { make } from "../../dom.js";
import { administered } from "./frame.js";
import { eventRow } from "./events.js";
import { growing } from "./person-parts.js";

export const page = administered("Activity", async () => [
  make("h1", {}, "Activity"),
  make("p", { className: "lead" }, "What those who manage have changed, the newest first. It cannot be edited."),
  make("section", { className: "card", "aria-label": "Events" }, ...(await growing(load, { empty: "Nothing has been changed yet.", className: "rows events" }))),
]);

async function load(after) {
  const { events, next } = await client.events.list({ limit: 25, after });
  return { items: events.map(eventRow), next };
}
