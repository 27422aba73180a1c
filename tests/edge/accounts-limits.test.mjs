// How often one client may ask. The Worker `limited` admits three requests a minute.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertProblem } from "../support/attack.mjs";
import { withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";

const MINUTE_MS = 60_000;
const ROOM_MS = 10_000;

describe("the limit of a client", () => {
  const at = withPeople("limited");

  // The limit of the development runtime begins anew with each minute of the clock.
  beforeEach(async () => {
    const left = MINUTE_MS - (Date.now() % MINUTE_MS);
    if (left < ROOM_MS) await sleep(left);
  });

  const from = (address) => {
    const browser = new Browser();
    browser.headers = { "cf-connecting-ip": address };
    return browser;
  };
  /** Each time another name, for each account counts for itself too. */
  const guess = (browser) => at.accounts.signIn(at.accounts.somebody().email, "x", browser);
  const somewhere = () => `198.51.${randomInt(256)}.${randomInt(1, 255)}`;

  it("counts whatever is sensitive together, and says how long to wait", async () => {
    const browser = from(somewhere());
    const { email } = at.accounts.somebody();
    assertProblem(await at.accounts.signIn(email, "x", browser), 403, "credentials_invalid");
    assert.equal((await at.accounts.post("request_reset_password", { login: email }, browser)).status, 202);
    assertProblem(await at.accounts.post("verify_email", { token: "x" }, browser), 400, "link_invalid");
    const further = { login: { login: email, password: "x" }, register: at.accounts.somebody(), remind_user_name: { email } };
    for (const [action, json] of Object.entries(further)) {
      const page = await at.accounts.post(action, json, browser);
      assertProblem(page, 429, "too_many_requests");
      assert.equal(page.json.retry_after, 60);
      assert.equal(page.headers.get("retry-after"), "60");
    }
  });

  it("leaves others alone, and what is not sensitive", async () => {
    const browser = from(somewhere());
    for (let time = 0; time < 5; time += 1) await guess(browser);
    for (const path of ["session", "api/config", "api/verify_email?token=x"]) {
      assert.notEqual((await browser.get(`${at.origin}/auth/${path}`)).status, 429, path);
    }
    assert.equal((await browser.post(`${at.origin}/auth/api/logout`)).status, 204);
    assertProblem(await guess(from(somewhere())), 403, "credentials_invalid");
  });

  it("attack: no header that a client can set changes who it is", async () => {
    const address = somewhere();
    const statuses = [];
    for (let time = 0; time < 5; time += 1) {
      const browser = from(address);
      Object.assign(browser.headers, { "x-forwarded-for": somewhere(), "x-real-ip": somewhere(), "true-client-ip": somewhere() });
      statuses.push((await guess(browser)).status);
    }
    assert.deepEqual(statuses, [403, 403, 403, 429, 429]);
  });

  it("attack: a client with a whole /64 of IPv6 is one client", async () => {
    const block = `2001:db8:${randomInt(65_536).toString(16)}:1`;
    const statuses = [];
    for (let time = 1; time < 6; time += 1) statuses.push((await guess(from(`${block}::${time}`))).status);
    assert.deepEqual(statuses, [403, 403, 403, 429, 429]);
  });
});
