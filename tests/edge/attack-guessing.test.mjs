// Attacks by guessing passwords: the account counts, exactly, whoever guesses from wherever.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OTHER_PASSWORD, Site, atOnce, counted, expect, startAdmin, unique } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const FREE_TRIES = 5;
const FIRST_WAIT = 5;

describe("attacks on the limit of an account", () => {
  let runtime, site, admin;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  it("attack: guessing goes on until the right password comes: it is refused too, as long as one has to wait", async () => {
    const [{ email }, other] = [await admin.known(), await admin.known()];
    for (let n = 0; n < FREE_TRIES; n += 1) expect(await site.login(email, `${OTHER_PASSWORD} ${n}`), 403, "credentials_invalid");
    const page = expect(await site.login(email), 429, "too_many_requests");
    assert.ok(page.json.retry_after <= FIRST_WAIT, page.text);
    assert.equal(page.headers.get("retry-after"), String(page.json.retry_after));
    assert.equal(await site.enters(other.email), true, "nobody else has to wait");
    await sleep((page.json.retry_after + 1) * 1000);
    assert.equal(await site.enters(email), true);
    expect(await site.login(email, OTHER_PASSWORD), 403, "credentials_invalid");
  });

  it("attack: a burst of fifty guesses at once: every one that is judged is counted", async () => {
    const { email } = await admin.known();
    const begin = Date.now();
    const counts = counted(await atOnce(50, (n) => site.login(email, `${OTHER_PASSWORD} ${n}`)));
    const waits = Math.floor((Date.now() - begin) / (FIRST_WAIT * 1000));
    assert.deepEqual(Object.keys(counts).sort(), ["credentials_invalid", "too_many_requests"]);
    assert.ok(counts.credentials_invalid >= FREE_TRIES && counts.credentials_invalid <= FREE_TRIES + waits, JSON.stringify(counts));
  });

  it("attack: other letters of one name are guessed at as one; another name of the account tells nothing of it", async () => {
    const user_name = unique("name").slice(0, 30);
    const { email } = await admin.known({ user_name });
    const names = [email, email.toUpperCase(), ` ${email} `, email.replace("k", "K"), email];
    for (const name of names) expect(await site.login(name, OTHER_PASSWORD), 403, "credentials_invalid");
    for (const name of names) expect(await site.login(name), 429, "too_many_requests");
    expect(await site.login(user_name, OTHER_PASSWORD), 403, "credentials_invalid");
  });

  it("attack: waiting does not begin anew: the second wait is longer than the first", async () => {
    const { email } = await admin.known();
    for (let n = 0; n < FREE_TRIES; n += 1) await site.login(email, OTHER_PASSWORD);
    await sleep((FIRST_WAIT + 1) * 1000);
    expect(await site.login(email, OTHER_PASSWORD), 403, "credentials_invalid");
    const page = expect(await site.login(email), 429, "too_many_requests");
    assert.ok(page.json.retry_after > FIRST_WAIT && page.json.retry_after <= 2 * FIRST_WAIT, page.text);
  });
});
