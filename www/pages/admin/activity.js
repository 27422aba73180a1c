import { client } from "../../client.js";
import { make } from "../../dom.js";
import { administered } from "../../panels/administered.js";
import { eventRow } from "../../panels/events.js";
import { growing } from "../../panels/growing.js";
import { profilesOf } from "../../people.js";
import { called } from "../../words.js";

export const page = administered("Activity", async () => [
  make("h1", {}, "Activity"),
  make("p", { className: "lead" }, "What those who manage have changed, the newest first. It cannot be edited."),
  make(
    "section",
    { className: "card", "aria-label": "Events" },
    ...(await growing(load, { empty: "Nothing has been changed yet.", className: "rows events" })),
  ),
]);

async function load(after) {
  const { events, next } = await client.events.list({ limit: 25, after });
  const managers = await profilesOf([...new Set(events.map(({ by }) => by).filter(Boolean))]);
  const names = new Map(managers.map((profile) => [profile.account, called(profile)]));
  return { items: events.map((one) => eventRow(one, names.get(one.by))), next };
}
