import { read } from "../../api.js";
import { client } from "../../client.js";
import { link, make, notify, unseen } from "../../dom.js";
import { ROLES, enter } from "../../enrolment.js";
import { button, field, form, plainInput, select } from "../../form.js";
import { dateAndTime, when } from "../../moment.js";
import { administered } from "../../panels/administered.js";
import { eventList } from "../../panels/events.js";
import { lonely } from "../../panels/lonely.js";
import { status } from "../../panels/person-row.js";
import { ACCOUNT, whole } from "../../paths.js";
import { profileOf } from "../../people.js";
import { again } from "../../router.js";
import { called } from "../../words.js";

const UNPROVED = "The address of this account has not been proved, nor has the name. Enter them only if you know that it is theirs.";

const STEPS = [
  { to: "active", title: "Activate", from: ["blocked", "disabled"], said: "is active now" },
  { to: "active", title: "Approve", from: ["pending"], said: "may come in now" },
  {
    to: "blocked",
    title: "Block",
    from: ["pending", "active", "disabled"],
    said: "is blocked, and every session of theirs has ended",
    danger: true,
  },
  { to: "disabled", title: "Disable", from: ["active", "blocked"], said: "is disabled", danger: true },
];

export const page = administered("Person", async ({ account }) => {
  const profile = whole(ACCOUNT).test(account) && (await profileOf(account));
  if (!profile) return [lonely("There is nobody of that id", "Perhaps the account has been deleted.")];
  const [{ classes }, { tags }, sessions, { events }] = await Promise.all([
    read("/api/classes"),
    client.tags.get("groups", `account/${account}`),
    client.accounts.sessions(account),
    client.accounts.events(account, { limit: 20 }),
  ]);
  return [
    make("p", { className: "back" }, link("/admin/people", "← People")),
    make("div", { className: "head" }, make("h1", {}, called(profile)), status(profile.status)),
    facts(profile),
    part("Into a class", profile.email_verified ? undefined : UNPROVED, classForm(profile, classes)),
    part("Tags", "What this person’s token carries, from the next one on.", tagsOf(account, tags)),
    part(
      "Signed in",
      sessions.length > 0 ? "Ending them all takes effect at once where it is decided." : "Nowhere at the moment.",
      sessionsOf(profile, sessions),
    ),
    part("What has happened", undefined, eventList(events)),
  ];
});

function part(title, text, ...content) {
  const id = `part-${title.toLowerCase().replaceAll(" ", "-")}`;
  return make(
    "section",
    { className: "card", "aria-labelledby": id },
    make("h2", { id }, title),
    text && make("p", { className: "fine" }, text),
    ...content,
  );
}

function facts(profile) {
  const { account, email, email_verified, user_name, created_at, has_password } = profile;
  const rows = [
    ["Address", email ? `${email}${email_verified ? "" : " (not verified)"}` : "none known"],
    ["User name", user_name ?? "none"],
    ["Came", dateAndTime(created_at)],
    ["Signs in", has_password ? "with a password, or a provider" : "through a provider"],
    ["Account", make("code", {}, account)],
  ];
  const steps = STEPS.filter(({ from }) => from.includes(profile.status)).map(({ to, title, said, danger }) =>
    button(title, () => step(profile, to, said), { className: danger ? "quiet danger" : "" }),
  );
  return make(
    "section",
    { className: "card" },
    make(
      "dl",
      { className: "facts" },
      ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
    ),
    make("div", { className: "line" }, ...steps),
  );
}

function classForm(profile, classes) {
  const into = async ({ class: id, role }) => {
    await enter(profile, id, role);
    await after(`${called(profile)} is a ${role} of ${id} now.`);
  };
  const wanted = new URL(location.href).searchParams;
  const names = [["", "Choose …"], ...classes.map(({ id, name }) => [id, name])];
  const fields = [
    field("Class", chosen(select("class", names), wanted.get("class"))),
    field("As", chosen(select("role", ROLES), wanted.get("as"))),
  ];
  return form([make("div", { className: "pair" }, ...fields)], "Enter", into);
}

/** With what she comes for already chosen, if there is that. */
function chosen(select, value) {
  select.required = true;
  if ([...select.options].some((option) => option.value === value)) select.value = value;
  return select;
}

async function step(profile, to, said) {
  await client.accounts.setStatus(profile.account, to);
  await after(`${called(profile)} ${said}.`);
}

async function after(text) {
  await again();
  notify(text);
}

function tagsOf(account, tags) {
  const record = `account/${account}`;
  const take = (tag) => async () => {
    await client.tags.remove("groups", record, [tag]);
    await after(`${tag} has been taken.`);
  };
  const chips = tags.map((tag) =>
    make("li", {}, make("code", {}, tag), button(["Take", unseen(` the tag ${tag}`)], take(tag), { className: "small quiet" })),
  );
  const give = async ({ tag }) => {
    await client.tags.add("groups", record, [tag.trim()]);
    await after(`${tag.trim()} has been given.`);
  };
  const hint = "Such as teacher/7b. Classes have a form of their own, which enters the name as well.";
  return make(
    "div",
    {},
    tags.length > 0 ? make("ul", { className: "chips" }, ...chips) : make("p", { className: "empty" }, "None yet."),
    form([field("Another tag", plainInput("tag", { required: true }), { hint })], "Give", give),
  );
}

function sessionsOf(profile, sessions) {
  const { account } = profile;
  const end = (sid) => async () => {
    const ended = await (sid ? client.accounts.endSessions(account, sid) : client.accounts.endSessions(account));
    await after(ended === 1 ? "One session has been ended." : `${ended} sessions have been ended.`);
  };
  const name = ({ device }) => [device?.browser, device?.os].filter(Boolean).join(" on ") || "An unknown device";
  const rows = sessions.map((one) =>
    make(
      "li",
      {},
      make("span", {}, name(one), make("span", { className: "fine" }, " last used ", when(one.used_at))),
      button(["End", unseen(` the session of ${name(one)}`)], end(one.sid), { className: "small quiet" }),
    ),
  );
  return make(
    "div",
    {},
    make("ul", { className: "rows" }, ...rows),
    sessions.length > 1 && button("End them all", end(), { className: "quiet danger" }),
  );
}
