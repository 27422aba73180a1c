import { CountersignError } from "../error.js";
import { refused } from "./answer.js";
import { checkPolicy } from "./policy.js";
import { checkQuestion } from "./session.js";

const MEMBERS = ["tag", "permission", "groupTag", "policy", "conditions", "address", "at", "maxAge", "acr", "amr", "link"];
const TIERS = ["carried", "replicated", "decided"];

/**
 * What a route demands, read strictly: a demand that is misspelt, or whose value is missing, must not be met by everybody. It may come in
 * several parts, of which none says again what another has said.
 */
export function readDemand(...parts) {
  const demanded = {};
  for (const part of parts) {
    for (const [name, value] of membersOf("the demand", part, MEMBERS)) {
      if (Object.hasOwn(demanded, name)) throw malformed(`\`${name}\` is demanded twice`);
      demanded[name] = value;
    }
  }
  const { tag, permission, groupTag, policy, conditions, address, maxAge, acr, amr, link = false } = demanded;
  if (tag !== undefined) checkTag("tag", tag);
  if (groupTag !== undefined) checkTag("groupTag", groupTag);
  if (permission !== undefined) checkPermission(permission);
  if ((conditions !== undefined || address !== undefined) && policy === undefined) throw malformed("`conditions` and `address` are for a `policy`");
  if (conditions !== undefined) checkConditions(conditions);
  if (address !== undefined && typeof address !== "string") throw malformed("`address` is no text");
  if (typeof link !== "boolean") throw malformed("`link` is neither true nor false");
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 0)) throw malformed("`maxAge` is not a number of seconds");
  const judged = policy === undefined ? undefined : checkPolicy(policy);
  const at = tierOf(demanded.at, permission !== undefined || groupTag !== undefined || judged?.granted === true);
  // Asked about without it, the deployment would take the guard's own address for that of the person.
  if (judged?.addressed && at !== "carried" && address === undefined) throw malformed("a policy with `from_ip` needs the `address`");
  return {
    tag,
    permission,
    groupTag,
    policy: judged,
    conditions,
    address,
    at,
    maxAge,
    acr: names("acr", acr),
    amr: names("amr", amr),
    link,
  };
}

/** What groups are granted stands in no token: it is asked for where it is known. */
function tierOf(at, granted) {
  const tier = at ?? (granted ? "replicated" : "carried");
  if (!TIERS.includes(tier)) throw malformed(`no tier \`${tier}\``);
  if (granted && tier === "carried") throw malformed("permissions and the tags of groups are not carried: `at` must be `replicated` or `decided`");
  return tier;
}

/** The members of an object, each known and with a value. A map or a list has none, and would demand nothing. */
function membersOf(what, value, known) {
  if (Object.prototype.toString.call(value) !== "[object Object]") throw malformed(`${what} is no object of members`);
  const members = [];
  for (const name in value) {
    if (known && !known.includes(name)) throw malformed(`\`${name}\` cannot be demanded`);
    if (value[name] === undefined) throw malformed(`\`${name}\` is demanded without a value`);
    members.push([name, value[name]]);
  }
  return members;
}

function checkTag(name, question) {
  if (typeof question !== "string") throw malformed(`\`${name}\` is not \`set:tag\``);
  checkQuestion(question);
}

function checkPermission(permission) {
  const members = membersOf("`permission`", permission, ["name", "kind", "record"]);
  const texts = members.every(([, value]) => typeof value === "string" && value !== "");
  const { name, kind, record } = permission;
  if (!texts || name === undefined || (record !== undefined && kind === undefined)) {
    throw malformed("`permission` is a name, with a kind and a record of it where it is about one");
  }
}

function checkConditions(conditions) {
  const members = membersOf("`conditions`", conditions);
  if (!members.every(([, value]) => typeof value === "boolean")) throw malformed("`conditions` are true or false");
}

/** Names that can stand in a header and in a list with commas as they are. */
function names(member, value) {
  if (value === undefined) return undefined;
  const list = [value].flat();
  const good = list.length > 0 && list.length <= 8 && list.every((name) => typeof name === "string" && /^[\w:/.-]{1,64}$/.test(name));
  if (!good) throw malformed(`\`${member}\` is not a name or a list of names`);
  return list;
}

export const malformed = (title) => new CountersignError({ code: "query_invalid", title });

/** Refuses a session whose proof will not do (RFC 9470). The deployment judges by the same rules: `src/domain/demand.rs`. */
export function checkProof({ auth_time, acr, amr }, demand, now) {
  const young = demand.maxAge === undefined || now < auth_time + demand.maxAge;
  const sure = !demand.acr || demand.acr.includes(acr);
  const right = !demand.amr || demand.amr.some((method) => amr.includes(method));
  if (!young || !sure || !right) throw unproved(auth_time, demand);
}

/** The refusal of a session whose proof is too old or too weak. */
export function unproved(auth_time, { maxAge, acr, amr }) {
  const members = { max_age: maxAge ?? null, acr: acr ?? [], amr: amr ?? [] };
  return refused("confirmation_required", `a proof of ${auth_time} will not do`, { members, challenge: challenge(maxAge, acr) });
}

function challenge(maxAge, acr) {
  const parts = ['error="insufficient_user_authentication"', 'error_description="another proof is needed"'];
  if (maxAge !== undefined) parts.push(`max_age="${maxAge}"`);
  if (acr) parts.push(`acr_values="${acr.join(" ")}"`);
  return `Bearer ${parts.join(", ")}`;
}
