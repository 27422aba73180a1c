// The policy vectors, `tests/vectors/policy.json`: what every place that judges policies must say of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const vectors = JSON.parse(readFileSync(new URL("../vectors/policy.json", import.meta.url), "utf8"));

/** What a place says of each, in order. It stands alone, so that it can be sent elsewhere as text. */
export async function judgeAll(evaluate, vectors) {
  const said = [];
  for (const { policy, facts = { now: 0, session: null } } of vectors) {
    const judged = async () => evaluate(policy, facts);
    said.push(await judged().catch(({ code }) => ({ code })));
  }
  return said;
}

/** Compares it with what must be said. */
export function assertAll(said) {
  assert.equal(said.length, vectors.length);
  for (const [index, { name, invalid, outcome, explanation }] of vectors.entries()) {
    if (invalid) {
      assert.deepEqual(said[index], { code: "policy_invalid" }, name);
      continue;
    }
    assert.equal(said[index].outcome, outcome, name);
    assert.equal(said[index].explanation.outcome, outcome, name);
    if (explanation) assert.deepEqual(said[index].explanation, explanation, name);
  }
}
