// Policies that a question brings along: `GET /auth/check?policy=…`.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAccounts } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { makeGroup } from "../support/grants.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const everyTier = ["carried", "replicated", "decided"];
const whereGrantsAre = ["replicated", "decided"];

describe("a policy in a question", () => {
  let runtime, origin, people, admin, person, nobody;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.ruled;
    people = await startPeople(runtime, "ruled");
    admin = await people.admin();
    nobody = new Browser();
    person = await createAccounts(runtime, "ruled").member();
    await admin.giveTags(person, "teacher/high-school", "driver");
    const permission = { name: "read", kind: "document", record: `of-${person.account}` };
    await makeGroup(admin, { permissions: [permission], tags: { permissions: ["zap database"] }, members: [person] });
    await person.send("POST", "/auth/refresh");
  });

  after(async () => {
    await people?.close();
    await runtime?.close();
  });

  const ask = (who, policy, more) => {
    const text = typeof policy === "string" && policy.startsWith("{") ? policy : JSON.stringify(policy);
    return (who.browser ?? who).get(`${origin}/auth/check?${new URLSearchParams({ policy: text, ...more })}`);
  };

  /** It holds; the answer says so, and why. */
  async function assertHeld(who, policy, more) {
    const page = await ask(who, policy, { ...more, explain: "1" });
    assert.equal(page.status, 200, `${JSON.stringify(policy)}: ${page.text}`);
    assert.deepEqual([page.json.allowed, page.json.outcome, page.json.explanation.outcome], [true, "held", "held"]);
    return page.json.explanation;
  }

  /** It does not; who is signed in learns why not, who is nobody that she may be somebody who may. */
  async function assertRefused(who, policy, outcome, more) {
    const page = await ask(who, policy, { ...more, explain: "1" });
    assertProblem(page, 403, "policy_refused");
    assert.deepEqual([page.json.outcome, page.json.explanation.outcome], [outcome, outcome], JSON.stringify(policy));
    return page.json.explanation;
  }

  const read = (record) => ({ has_permission: { name: "read", kind: "document", record } });

  describe("of each kind", () => {
    it("`anyone`, `signed_in` and `verified`", async () => {
      const unproved = await people.person({ email_verified: false });
      for (const at of everyTier) {
        for (const who of [nobody, person]) await assertHeld(who, "anyone", { at });
        for (const policy of ["signed_in", "verified"]) {
          await assertHeld(person, policy, { at });
          assertProblem(await ask(nobody, policy, { at }), 401, "unauthenticated");
        }
        await assertRefused(unproved, "verified", "failed", { at });
      }
    });

    it("`user_in`, `has_tag` with one, any and all", async () => {
      for (const at of everyTier) {
        await assertHeld(person, { user_in: ["0".repeat(32), person.account] }, { at });
        await assertRefused(person, { user_in: ["0".repeat(32)] }, "failed", { at });
        const explained = await assertHeld(person, { has_tag: "groups:teacher" }, { at });
        assert.equal(explained.by, "teacher/high-school");
        await assertHeld(person, { has_tag: { any: ["groups:head", "groups:driver"] } }, { at });
        await assertHeld(person, { has_tag: { all: ["groups:teacher", "groups:driver"] } }, { at });
        await assertRefused(person, { has_tag: { all: ["groups:teacher", "groups:head"] } }, "failed", { at });
        await assertRefused(person, { has_tag: "groups:teach" }, "failed", { at });
      }
    });

    it("`has_permission` and `in_group_with`, where that is known", async () => {
      const own = `of-${person.account}`;
      for (const at of whereGrantsAre) {
        await assertHeld(person, read(own), { at });
        await assertHeld(person, { in_group_with: "permissions:zap database" }, { at });
        for (const policy of [read("other"), { has_permission: { name: "read", kind: "document" } }, { has_permission: { name: "update", kind: "document", record: own } }, { in_group_with: "permissions:zap" }]) {
          await assertRefused(person, policy, "failed", { at });
        }
      }
    });

    it("`from_ip`, of the address that the question names, else of the one that it comes from", async () => {
      const policy = { from_ip: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"] };
      for (const address of ["10.9.8.7", "2001:db8:1::1", "192.0.2.7", "::ffff:192.0.2.7"]) await assertHeld(nobody, policy, { address });
      for (const address of ["11.0.0.1", "192.0.2.8", "2001:db9::1"]) await assertRefused(nobody, policy, "failed", { address });
      const from = (ip) => nobody.get(`${origin}/auth/check?${new URLSearchParams({ policy: JSON.stringify(policy) })}`, { headers: { "cf-connecting-ip": ip } });
      assert.deepEqual([(await from("10.1.1.1")).status, (await from("11.1.1.1")).status], [200, 403]);
      assertProblem(await ask(nobody, policy, { address: "10.0.0" }), 400, "query_invalid");
    });

    it("`between_times` and `on_weekdays`, by the clocks of the zone", async () => {
      for (const zone of ["UTC", "Asia/Kathmandu", "Pacific/Auckland", "America/St_Johns"]) {
        const [before, after] = [-2, 2].map((hours) => clock(zone, hours));
        await assertHeld(nobody, { between_times: { from: before.time, to: after.time, zone } });
        await assertRefused(nobody, { between_times: { from: after.time, to: before.time, zone } }, "failed");
        const days = [...new Set([-1, 1].map((minutes) => clock(zone, minutes / 60).day))];
        await assertHeld(nobody, { on_weekdays: { days, zone } });
        await assertRefused(nobody, { not: { on_weekdays: { days, zone } } }, "failed");
      }
    });

    it("`confirmed_within`: who proved it too long ago is asked to prove it once more", async () => {
      const policy = { and: [{ has_tag: "groups:teacher" }, { confirmed_within: 600 }] };
      for (const at of everyTier) await assertHeld(person, policy, { at });
      const old = await people.person();
      await admin.giveTags(old, "teacher");
      await old.unconfirm();
      for (const at of whereGrantsAre) {
        const page = await ask(old, policy, { at });
        assertProblem(page, 401, "confirmation_required");
        assert.equal(page.json.max_age, 600);
        await assertRefused(old, { and: [{ has_tag: "groups:head" }, { confirmed_within: 600 }] }, "failed", { at });
      }
    });

    it("`condition`, as the question says", async () => {
      const conditions = JSON.stringify({ open: true, shut: false });
      await assertHeld(nobody, { condition: "open" }, { conditions });
      await assertRefused(nobody, { condition: "shut" }, "failed", { conditions });
      await assertHeld(nobody, { not: { condition: "shut" } }, { conditions });
      for (const wrong of ["{", "[]", '{"open":1}', '{"open":"true"}', "true", ""]) {
        assertProblem(await ask(nobody, { condition: "open" }, { conditions: wrong }), 400, "query_invalid");
      }
    });

    it("`and`, `or`, `not`, and why", async () => {
      const policy = { or: [{ and: ["signed_in", { has_tag: "groups:head" }] }, { not: { has_tag: "groups:banned" } }] };
      assert.deepEqual(await assertHeld(person, policy, { at: "decided" }), {
        policy: "or",
        outcome: "held",
        parts: [
          { policy: "and", outcome: "failed", parts: [{ policy: "signed_in", outcome: "held" }, { policy: { has_tag: "groups:head" }, outcome: "failed" }] },
          { policy: "not", outcome: "held", parts: [{ policy: { has_tag: "groups:banned" }, outcome: "failed" }] },
        ],
      });
      const quiet = await ask(person, policy);
      assert.deepEqual([quiet.json.explanation, quiet.json.outcome], [undefined, "held"]);
    });
  });

  it("what is not known grants nothing, and neither does its contrary", async () => {
    const unknown = [{ condition: "open" }, { from_ip: ["0.0.0.0/0", "::/0"] }];
    for (const policy of unknown) {
      for (const whole of [policy, { not: policy }, { not: { not: policy } }, { and: ["anyone", policy] }, { or: [{ not: "anyone" }, policy] }]) {
        await assertRefused(nobody, whole, "unknown");
        await assertRefused(admin, whole, "unknown", { at: "decided" });
      }
      await assertHeld(nobody, { or: ["anyone", policy] });
    }
  });

  it("no token carries what groups are granted: at that tier it is not known", async () => {
    for (const policy of [read(`of-${person.account}`), { in_group_with: "permissions:zap database" }]) {
      for (const whole of [policy, { not: policy }]) await assertRefused(person, whole, "unknown", { at: "carried" });
    }
    for (const query of ["permission=read", "group_tag=permissions:zap database"]) {
      assertProblem(await person.get(`/auth/check?at=carried&${query}`), 400, "query_invalid");
      assert.equal((await person.get(`/auth/check?${query}`)).json.at, "replicated");
    }
  });

  it("all questions of one request must hold", async () => {
    const asked = (more) => ask(person, "anyone", { at: "decided", ...more });
    const own = { permission: "read", kind: "document", record: `of-${person.account}` };
    const all = { tag: "groups:teacher", ...own, group_tag: "permissions:zap database", max_age: "600" };
    assert.equal((await asked(all)).status, 200);
    assertProblem(await asked({ ...all, tag: "groups:head" }), 403, "tag_missing");
    assertProblem(await asked({ ...all, record: "other" }), 403, "permission_missing");
    assertProblem(await asked({ ...all, group_tag: "permissions:other" }), 403, "permission_missing");
    assertProblem(await asked({ ...all, max_age: "0" }), 401, "confirmation_required");
    assertProblem(await ask(person, { not: "anyone" }, { at: "decided", ...all }), 403, "policy_refused");
    assertProblem(await ask(nobody, "anyone", { tag: "groups:teacher" }), 401, "unauthenticated");
  });

  describe("that is none", () => {
    const nested = (depth) => (depth === 1 ? "anyone" : { not: nested(depth - 1) });
    const wide = (count) => Array.from({ length: count }, () => "anyone");
    const invalid = {
      "no JSON": "{",
      "of another form": { anyone: true },
      "an unknown atom": "everybody",
      "an unknown member": { has_tags: "groups:x" },
      "two members": { has_tag: "groups:x", condition: "y" },
      "an empty object": {},
      "a list": ["anyone"],
      "an empty list": { and: [] },
      "an empty list of people": { user_in: [] },
      "somebody who is no account": { user_in: ["ada"] },
      "a capture": { user_in: ["{id}"] },
      "a capture of a record": { has_permission: { name: "read", kind: "document", record: "{id}" } },
      "a record without its kind": { has_permission: { name: "read", record: "1" } },
      "a tag without its set": { has_tag: "teacher" },
      "a network with bits beyond its prefix": { from_ip: ["10.0.0.1/8"] },
      "no address": { from_ip: ["localhost"] },
      "a time that is none": { between_times: { from: "24:00", to: "08:00", zone: "UTC" } },
      "no time between": { between_times: { from: "08:00", to: "08:00", zone: "UTC" } },
      "a day that is none": { on_weekdays: { days: ["monday"], zone: "UTC" } },
      "no zone": { on_weekdays: { days: ["mon"] } },
      "seconds that are none": { confirmed_within: -1 },
      "too deep": nested(17),
      "too many entries": { or: wide(65) },
      "too many parts": { and: Array.from({ length: 5 }, () => ({ or: wide(52) })) },
      "too many grants": { and: Array.from({ length: 17 }, (_, n) => ({ in_group_with: `permissions:${n}` })) },
      "too many zones": { or: Array.from({ length: 17 }, (_, n) => ({ on_weekdays: { days: ["mon"], zone: `Etc/GMT-${n}` } })) },
      "too large": { or: Array.from({ length: 64 }, (_, n) => ({ has_tag: `groups:${n}${"x".repeat(250)}` })) },
    };

    for (const [what, policy] of Object.entries(invalid)) {
      it(`is refused, whoever asks: ${what}`, async () => {
        for (const who of [nobody, admin]) assertProblem(await ask(who, policy), 400, "policy_invalid");
      });
    }

    it("while what is just within the bounds is judged", async () => {
      await assertHeld(nobody, { or: [nested(15), "anyone"] });
      await assertHeld(nobody, { or: wide(64) });
      await assertHeld(nobody, { and: [...Array.from({ length: 4 }, () => ({ or: wide(50) })), ...wide(51)] });
      const grants = Array.from({ length: 16 }, (_, n) => ({ in_group_with: `permissions:${n}` }));
      await assertRefused(person, { or: grants }, "failed", { at: "decided" });
    });

    it("and a zone that is nowhere is not known", async () => {
      const policy = { on_weekdays: { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], zone: "Europe/Atlantis" } };
      for (const whole of [policy, { not: policy }]) await assertRefused(nobody, whole, "unknown");
    });
  });
});

/** The time of day and the weekday in a zone, so many hours from now. */
function clock(timeZone, hours) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", weekday: "short", hourCycle: "h23" });
  const parts = format.formatToParts(Date.now() + hours * 3_600_000);
  const { hour, minute, weekday } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { time: `${hour}:${minute}`, day: weekday.toLowerCase() };
}
