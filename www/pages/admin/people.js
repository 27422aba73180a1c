import { client } from "../../client.js";
import { announce, button, busy, field, make, words } from "../../dom.js";
import { again } from "../../router.js";
import { administered } from "./frame.js";
import { called, growing, personRow, profilesOf } from "./person-parts.js";

const PAGE = 10;

export const page = administered("People", async () => {
  const [{ registration }, pending] = await Promise.all([client.config(), client.accounts.list({ status: "pending", limit: 1 })]);
  const approves = /approval/.test(registration ?? "");
  const waiting = approves || pending.accounts.length > 0;
  return [make("h1", {}, "People"), waiting && (await waitingFor(approves)), await search()].filter(Boolean);
});

async function waitingFor(approves) {
  const list = await growing(async (after) => {
    const { accounts, next } = await client.accounts.list({ status: "pending", limit: PAGE, after });
    return { items: (await profilesOf(accounts.map(({ account }) => account))).map(waitingRow), next };
  }, { empty: "Nobody is waiting." });
  return make("section", { className: "card", "aria-labelledby": "waiting-title" }, make("h2", { id: "waiting-title" }, "Waiting to come in"), make("p", { className: "fine" }, approves ? "Nobody comes in here before you have approved." : "They have an account, and have not proved their address. Approve whom you know."), ...list);
}

function waitingRow(profile) {
  const settle = (status, said) => async () => {
    await client.accounts.setStatus(profile.account, status);
    await again();
    announce(`${called(profile)} ${said}`);
  };
  return personRow(profile, button("Approve", settle("active", "may come in now"), { className: "small" }), button("Refuse", settle("blocked", "is refused"), { className: "small quiet danger" }));
}

async function search() {
  const input = make("input", { name: "handle", autocomplete: "off", autocapitalize: "none", spellcheck: false, type: "search" });
  const found = make("div", { className: "found" });
  const submit = make("button", { type: "submit" }, "Search");
  const form = make("form", { role: "search" }, field("Address or user name", input, { hint: "How it begins will do. Without one, everybody." }), submit);
  const show = async () => {
    const handle = input.value.trim() || undefined;
    const filter = { limit: PAGE, ...(handle && { handle }) };
    found.replaceChildren(
      ...(await growing(async (after) => {
        const { accounts, next } = await client.accounts.list({ ...filter, after });
        return { items: (await profilesOf(accounts.map(({ account }) => account))).map((profile) => personRow(profile)), next };
      }, { empty: "No address and no user name begins like that." })),
    );
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, () => show().catch((error) => found.replaceChildren(make("p", { className: "error", role: "alert" }, words(error)))));
  });
  await show();
  return make("section", { className: "card", "aria-labelledby": "people-title" }, make("h2", { id: "people-title" }, "Everybody"), form, found);
}
