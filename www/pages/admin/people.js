import { client } from "../../client.js";
import { announce, make } from "../../dom.js";
import { button, field, form, plainInput } from "../../form.js";
import { administered } from "../../panels/administered.js";
import { growing } from "../../panels/growing.js";
import { personRow } from "../../panels/person-row.js";
import { profilesOf } from "../../people.js";
import { again } from "../../router.js";
import { called } from "../../words.js";

const PAGE = 10;

export const page = administered("People", async () => {
  const [{ registration }, pending] = await Promise.all([client.config(), client.accounts.list({ status: "pending", limit: 1 })]);
  const approves = /approval/.test(registration ?? "");
  const waiting = approves || pending.accounts.length > 0;
  return [make("h1", {}, "People"), waiting && (await waitingFor(approves)), await search()].filter(Boolean);
});

async function waitingFor(approves) {
  const list = await rowsOf({ status: "pending" }, waitingRow, "Nobody is waiting.");
  return make(
    "section",
    { className: "card", "aria-labelledby": "waiting-title" },
    make("h2", { id: "waiting-title" }, "Waiting to come in"),
    make(
      "p",
      { className: "fine" },
      approves
        ? "Nobody comes in here before you have approved."
        : "They have an account, and have not proved their address. Approve whom you know.",
    ),
    ...list,
  );
}

function waitingRow(profile) {
  const settle = (status, said) => async () => {
    await client.accounts.setStatus(profile.account, status);
    await again();
    announce(`${called(profile)} ${said}`);
  };
  return personRow(
    profile,
    button("Approve", settle("active", "may come in now"), { className: "small" }),
    button("Refuse", settle("blocked", "is refused"), { className: "small quiet danger" }),
  );
}

async function search() {
  const found = make("div", { className: "found" });
  const show = async ({ handle = "" } = {}) => {
    const begins = handle.trim();
    const filter = begins === "" ? {} : { handle: begins };
    found.replaceChildren(...(await rowsOf(filter, personRow, "No address and no user name begins like that.")));
  };
  const input = plainInput("handle", { type: "search" });
  const hint = "How it begins will do. Without one, everybody.";
  await show();
  return make(
    "section",
    { className: "card", "aria-labelledby": "people-title" },
    make("h2", { id: "people-title" }, "Everybody"),
    form([field("Address or user name", input, { hint })], "Search", show, { role: "search" }),
    found,
  );
}

/** A list of those whom the filter finds. */
function rowsOf(filter, row, empty) {
  const load = async (after) => {
    const { accounts, next } = await client.accounts.list({ ...filter, limit: PAGE, after });
    const profiles = await profilesOf(accounts.map(({ account }) => account));
    return { items: profiles.map((profile) => row(profile)), next };
  };
  return growing(load, { empty });
}
