import { client } from "../../client.js";
import { make } from "../../dom.js";

export const STATUSES = { active: "Active", pending: "Waiting", blocked: "Blocked", disabled: "Disabled" };

export const status = (name) => make("span", { className: `badge status-${name}` }, STATUSES[name]);

/** What an account is called in a list. */
export const called = ({ name, user_name, email, account }) => name ?? user_name ?? email ?? account;

/** Somebody, as a link to her page. */
export const personRow = (profile, ...more) =>
  make(
    "li",
    { className: "person-row" },
    make("span", { className: "initials", "aria-hidden": "true" }, called(profile).slice(0, 1).toUpperCase()),
    make("span", { className: "person-who" }, make("a", { href: `/admin/people/${profile.account}` }, called(profile)), make("span", { className: "fine" }, profile.email && profile.email !== called(profile) ? profile.email : "")),
    status(profile.status),
    ...more,
  );

/** Their profiles, without those that are gone. */
export async function profilesOf(accounts) {
  const gone = (error) => {
    if (error.code === "account_unknown") return null;
    throw error;
  };
  return (await Promise.all(accounts.map((account) => client.accounts.get(account).catch(gone)))).filter(Boolean);
}

/** A list that grows by "Show more": `next(after)` resolves with `{ items, next }`, items being elements. */
export async function growing(load, { empty, className = "people" }) {
  const list = make("ul", { className });
  const more = make("button", { type: "button", className: "quiet", hidden: true }, "Show more");
  let after;
  const grow = async () => {
    const { items, next } = await load(after);
    list.append(...items);
    after = next;
    more.hidden = next === null;
    if (list.children.length === 0 && next !== null) await grow();
  };
  more.addEventListener("click", () => grow());
  await grow();
  return list.children.length > 0 ? [list, more] : [make("p", { className: "empty" }, empty)];
}
