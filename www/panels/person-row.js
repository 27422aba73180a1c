import { make } from "../dom.js";
import { called } from "../words.js";

const STATUSES = { active: "Active", pending: "Waiting", blocked: "Blocked", disabled: "Disabled" };

export const status = (name) => make("span", { className: `badge status-${name}` }, STATUSES[name]);

/** A round sign with the letter that a name begins with. */
export const initials = (name) => make("span", { className: "initials", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase());

/** Somebody, as a link to her page. */
export const personRow = (profile, ...more) =>
  make(
    "li",
    { className: "person-row" },
    initials(called(profile)),
    make(
      "span",
      { className: "person-who" },
      make("a", { href: `/admin/people/${profile.account}` }, called(profile)),
      make("span", { className: "fine" }, profile.email && profile.email !== called(profile) ? profile.email : ""),
    ),
    status(profile.status),
    ...more,
  );
