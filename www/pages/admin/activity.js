import { client } from "../../client.js";
import { make } from "../../dom.js";
import { administered } from "./frame.js";
import { eventRow } from "./events.js";
import { called, growing, profilesOf } from "./person-parts.js";

export const page = administered("Activity", async () => [
  make("h1", {}, "Activity"),
  make("p", { className: "lead" }, "What those who manage have changed, the newest first. It cannot be edited."),
  make("section", { className: "card", "aria-label": "Events" }, ...(await growing(load, { empty: "Nothing has been changed yet.", className: "rows events" }))),
]);

async function load(after) {
  const { events, next } = await client.events.list({ limit: 25, after });
  const managers = await profilesOf([...new Set(events.map(({ by }) => by).filter(Boolean))]);
  const names = new Map(managers.map((profile) => [profile.account, called(profile)]));
  return { items: events.map((one) => eventRow(one, names.get(one.by))), next };
}
