import { lost } from "./whole.js";

/** A policy as the Rust code reads it. A part without a value is refused: left out, it would ask for something else. */
export function policyText(policy) {
  const part = (name, value) => value ?? lost(name || "policy", "policy_invalid");
  return part("", JSON.stringify(policy, part));
}

/** Time zones as facts to judge by: what each is ahead of UTC at this moment, in seconds. `now` is in milliseconds. */
export const offsetsOf = (zones, now) => Object.fromEntries(zones.map((zone) => [zone, offsetOf(zone, now)]));

/** None for a zone that this runtime does not know, so that it never grants. */
function offsetOf(timeZone, now) {
  try {
    // "11/26/2026, GMT+01:00", and "GMT" alone for UTC.
    const [, east] = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).format(now).split("GMT");
    return Date.parse(`1970-01-01T00:00${east || "Z"}`) / -1000;
  } catch {
    return undefined;
  }
}
