import { CountersignError } from "./error.js";

/** Members as they are. Without one that got lost on its way, the question would be another one. */
export function whole(members) {
  for (const name in members) members[name] ?? lost(name);
  return members;
}

/** Refuses what has no value. */
export function lost(name, code = "query_invalid") {
  throw new CountersignError({ code, title: `\`${name}\` has no value` });
}
