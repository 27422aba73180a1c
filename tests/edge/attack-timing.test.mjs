// Attacks that want to learn from the time of an answer who has an account. What is measured is printed; what is asserted
// holds on a busy machine too: known and unknown are asked by turns, so whatever slows one slows the other.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OTHER_PASSWORD, Site, address, expect, median, startAdmin, unique } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const PEOPLE = 40;
/** How far apart two medians may be. */
const SHARE = 0.35;
const SLACK_MS = 15;
/** How often a guess by the threshold may be right; 0.5 is a coin's. */
const BEST_GUESS = 0.75;

describe("attacks that look at the clock", () => {
  let runtime, site, admin;

  before(async () => {
    runtime = await useRuntime();
    // A Worker that no other test asks at the same time.
    site = new Site(runtime, "brief");
    admin = await startAdmin(runtime, "brief");
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  const asked = {
    login: (email) => site.login(email, OTHER_PASSWORD),
    request_reset_password: (email) => site.post("request_reset_password", { login: email }),
    remind_user_name: (email) => site.post("remind_user_name", { email }),
    register: (email) => site.register({ email }),
  };

  const statuses = { login: 403, request_reset_password: 202, remind_user_name: 202, register: 202 };

  // The objects that stand in for nobody are few, and there from the first hundred strangers on.
  before(async () => {
    for (let n = 0; n < 100; n += 1) await asked.remind_user_name(address("stranger"));
  });

  for (const [path, status] of Object.entries(statuses)) {
    describe(path, () => {
      /** Milliseconds by kind of address, for when it is asked for the first time and for when it is asked for again. */
      const took = { "for the first time": { known: [], unknown: [] }, again: { known: [], unknown: [] } };

      before(async () => {
        const emails = { known: [], unknown: [] };
        for (let n = 0; n < PEOPLE; n += 1) {
          emails.known.push((await admin.known({ user_name: unique("clock") })).email);
          emails.unknown.push(address("unknown"));
        }
        for (const times of Object.values(took)) {
          for (let n = 0; n < PEOPLE; n += 1) {
            for (const kind of n % 2 ? ["known", "unknown"] : ["unknown", "known"]) {
              const begin = performance.now();
              const page = await asked[path](emails[kind][n]);
              times[kind].push(performance.now() - begin);
              expect(page, status);
            }
          }
        }
      });

      for (const [when, times] of Object.entries(took)) {
        it(`attack: the time that ${path} takes for an address, asked ${when}, does not tell whether it is known`, () => {
          const [known, unknown] = [median(times.known), median(times.unknown)];
          const guess = bestGuess(times);
          const figures = `known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms, ${Math.round(guess * 100)} % guessed`;
          console.log(`${path}, asked ${when}: ${figures} (${PEOPLE} each)`);
          assert.ok(Math.abs(known - unknown) < SHARE * Math.min(known, unknown) + SLACK_MS, figures);
          assert.ok(guess < BEST_GUESS, figures);
        });
      }
    });
  }
});

/** How often somebody is right who takes whatever is above the median of all for the slower kind. */
function bestGuess({ known, unknown }) {
  const threshold = median([...known, ...unknown]);
  const right = known.filter((time) => time > threshold).length + unknown.filter((time) => time <= threshold).length;
  const share = right / (known.length + unknown.length);
  return Math.max(share, 1 - share);
}
