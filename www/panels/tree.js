import { make } from "../dom.js";

const OUTCOMES = { held: "held", failed: "failed", unknown: "not known" };

/** What has come of each part of a policy, as a tree in words. */
export const explained = (explanation) => make("ul", { className: "tree" }, branch(explanation));

function branch({ policy, outcome, by, parts = [] }) {
  const text = make("span", { className: "tree-text" }, ...inWords(policy));
  const because = by && outcome === "held" && make("span", { className: "tree-by" }, "by ", make("code", {}, by));
  const said = make("span", {}, text, " ", because, " ", make("span", { className: "tree-outcome" }, OUTCOMES[outcome]));
  const line = make("div", { className: `tree-line ${outcome}` }, said);
  return make("li", {}, line, parts.length > 0 && make("ul", {}, ...parts.map(branch)));
}

function inWords(policy) {
  if (Object.hasOwn(PLAIN, policy)) return [PLAIN[policy]];
  const [[name, value]] = Object.entries(policy);
  return MEMBERS[name]?.(value) ?? [JSON.stringify(policy)];
}

const PLAIN = {
  anyone: "anybody may",
  signed_in: "is signed in",
  verified: "has proved an e-mail address",
  and: "all of these",
  or: "one of these is enough",
  not: "this must not be so",
};

const tag = (question) => make("code", {}, question.replace(/^groups:/, ""));
const listed = (questions) => questions.flatMap((question, index) => (index > 0 ? [", ", tag(question)] : [tag(question)]));

const MEMBERS = {
  has_tag: (value) => {
    if (typeof value === "string") return ["carries the tag ", tag(value)];
    return value.any ? ["carries one of the tags ", ...listed(value.any)] : ["carries all of the tags ", ...listed(value.all)];
  },
  has_permission: ({ name, kind, record }) => [
    "is in a group that was granted ",
    make("code", {}, [name, kind].filter(Boolean).join(" ")),
    record ? ", for this one or for each" : ", for each of them",
  ],
  confirmed_within: (seconds) => [`gave a proof of who they are less than ${Math.round(seconds / 60)} minutes ago`],
};
