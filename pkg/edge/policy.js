import { offsetsOf, policyText } from "../facts.js";
import { decide, explain, zones } from "../wasm/countersign.js";
import { judged } from "./answer.js";

/**
 * Reads a policy: its text, the time zones that it names, whether it asks for what groups are `granted` or for an address, and the least age
 * of a proof that it asks for, in seconds. In the text of a policy a name before a colon is a member: inside of a string quotes are escaped.
 */
export function checkPolicy(policy) {
  const text = policyText(policy);
  const ages = [...text.matchAll(/"confirmed_within":(\d+)/g)].map(([, seconds]) => Number(seconds));
  return {
    text,
    zones: judged(() => zones(text)),
    granted: /"(has_permission|in_group_with)":/.test(text),
    addressed: text.includes('"from_ip":'),
    maxAge: ages.length > 0 ? Math.min(...ages) : undefined,
  };
}

/** Whether a policy holds for a session, or for nobody. What is not known grants nothing. `now` is in milliseconds. */
export function holds({ text, zones }, now, facts) {
  const known = { ...facts, now: Math.floor(now / 1000), zones: offsetsOf(zones, now) };
  return judged(() => decide(text, JSON.stringify(known))) === "held";
}

/** Judges a policy by facts that are given, and by nothing else. */
export function evaluate(policy, facts) {
  const asked = [policyText(policy), JSON.stringify(facts)];
  return { outcome: judged(() => decide(...asked)), explanation: JSON.parse(judged(() => explain(...asked))) };
}
