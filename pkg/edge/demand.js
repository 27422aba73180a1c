import { CountersignError } from "../error.js";
import { refused } from "./answer.js";

const MEMBERS = ["tag", "at", "maxAge", "acr", "amr"];
const TIERS = ["carried", "replicated", "decided"];

/** What a route demands, read strictly: a demand that is misspelt, or whose value is missing, must not be met by everybody. */
export function readDemand(demanded) {
  if (!isPlain(demanded)) throw malformed("the demand is no object of members");
  for (const name in demanded) {
    if (!MEMBERS.includes(name)) throw malformed(`\`${name}\` cannot be demanded`);
    if (demanded[name] === undefined) throw malformed(`\`${name}\` is demanded without a value`);
  }
  const { tag, at = "carried", maxAge, acr, amr } = demanded;
  if (!TIERS.includes(at)) throw malformed(`no tier \`${at}\``);
  if (tag !== undefined && typeof tag !== "string") throw malformed("`tag` is not `set:tag`");
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 0)) throw malformed("`maxAge` is not a number of seconds");
  return { tag, at, maxAge, acr: names("acr", acr), amr: names("amr", amr) };
}

/** A map or a list has no members, and would demand nothing. */
const isPlain = (value) => Object.prototype.toString.call(value) === "[object Object]";

/** Names that can stand in a header and in a list with commas as they are. */
function names(member, value) {
  if (value === undefined) return undefined;
  const list = [value].flat();
  const good = list.length > 0 && list.length <= 8 && list.every((name) => typeof name === "string" && /^[\w:/.-]{1,64}$/.test(name));
  if (!good) throw malformed(`\`${member}\` is not a name or a list of names`);
  return list;
}

const malformed = (title) => new CountersignError({ code: "query_invalid", title });

/** Refuses a session whose proof will not do (RFC 9470). The deployment judges by the same rules: `src/domain/demand.rs`. */
export function checkProof({ auth_time, acr, amr }, demand, now) {
  const young = demand.maxAge === undefined || now < auth_time + demand.maxAge;
  const sure = !demand.acr || demand.acr.includes(acr);
  const right = !demand.amr || demand.amr.some((method) => amr.includes(method));
  if (young && sure && right) return;
  const members = { max_age: demand.maxAge ?? null, acr: demand.acr ?? [], amr: demand.amr ?? [] };
  throw refused("confirmation_required", `a proof of ${auth_time} will not do`, { members, challenge: challenge(demand) });
}

function challenge({ maxAge, acr }) {
  const parts = ['error="insufficient_user_authentication"', 'error_description="another proof is needed"'];
  if (maxAge !== undefined) parts.push(`max_age="${maxAge}"`);
  if (acr) parts.push(`acr_values="${acr.join(" ")}"`);
  return `Bearer ${parts.join(", ")}`;
}
