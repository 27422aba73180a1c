// Attacks on the limit of a client: one who claims to be many, and other spellings of what is limited or switched off.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sendRaw } from "../support/attack.mjs";
import { Site, expect, stranger, unique } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const A_MINUTE = 3;
const MINUTE_MS = 60_000;
const ROOM_MS = 12_000;
const SOURCE = "Better Auth CVE-2026-45364";
const ROUTING = "Better Auth GHSA-x732-6j76-qmhm";

/** The runtime of the tests counts by the minutes of the clock: what begins now must not end in the next one. */
async function roomInThisMinute() {
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < ROOM_MS) await sleep(left + 50);
}

let octet = Math.floor(Math.random() * 200);
/** An IPv4 address that nobody else has, of those for documentation. */
const ipv4 = () => `198.51.${Math.floor(Math.random() * 200)}.${(octet = (octet + 1) % 250)}`;
const group = () => Math.floor(Math.random() * 0xffff).toString(16);

describe("attacks on the limit of a client", () => {
  let runtime, site;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime, "limited");
  });
  after(() => runtime?.close());

  /** Asks something cheap that is limited, as a client with this address. */
  const ask = (ip, headers, path = "verify_email") =>
    site.raw(path, JSON.stringify({ token: "x" }), { headers: { ...(ip && { "cf-connecting-ip": ip }), ...headers } });

  async function exhaust(ip, headers) {
    await roomInThisMinute();
    for (let n = 0; n < A_MINUTE; n += 1) expect(await ask(ip, headers), 400, "link_invalid");
    expect(await ask(ip, headers), 429, "too_many_requests");
  }

  it("attack: a fourth try within a minute is refused, and says when to come back", async () => {
    const ip = ipv4();
    await exhaust(ip);
    const page = expect(await ask(ip), 429, "too_many_requests");
    assert.equal(page.headers.get("retry-after"), String(page.json.retry_after));
    assert.ok(page.json.retry_after > 0 && page.json.retry_after <= 60);
    expect(await ask(ipv4()), 400);
  });

  const limited = ["register", "verify_email", "login", "undo_email_change", "request_reset_password", "reset_password", "remind_user_name"];

  for (const path of [...limited, "change_password", "change_email", "delete_account"]) {
    it(`attack: ${path} is limited with all others, not by itself`, async () => {
      const ip = ipv4();
      await exhaust(ip);
      expect(await ask(ip, {}, path), 429, "too_many_requests");
      assert.notEqual((await ask(ipv4(), {}, path)).status, 429);
    });
  }

  const claims = ["X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Forwarded", "X-Client-IP", "X-Cluster-Client-IP", "Client-IP", "Via", "CF-Connecting-IPv6", "CF-Pseudo-IPv4"];

  for (const name of claims) {
    it(`attack: \`${name}\` makes nobody another client (${SOURCE})`, async () => {
      const ip = ipv4();
      await exhaust(ip);
      for (const value of [ipv4(), `for=${ipv4()}`, `${ipv4()}, ${ip}`, "127.0.0.1", "::1"]) {
        expect(await ask(ip, { [name]: value }), 429, "too_many_requests");
      }
    });
  }

  it(`attack: the addresses of one IPv6 /64 are one client, and another /64 is another (${SOURCE})`, async () => {
    const net = `2001:db8:${group()}`;
    await exhaust(`${net}:1::1`);
    for (const other of [`${net}:1::2`, `${net}:1:ffff:ffff:ffff:ffff`, `${net}:0001:0:0:a:b`, `${net.toUpperCase()}:1::9`]) {
      expect(await ask(other), 429, "too_many_requests");
    }
    expect(await ask(`${net}:2::1`), 400, "link_invalid");
  });

  it(`attack: an IPv4 address written as IPv6 is the same client (${SOURCE})`, async () => {
    const ip = ipv4();
    await exhaust(ip);
    expect(await ask(`::ffff:${ip}`), 429, "too_many_requests");
  });

  it(`attack: what is no address is one client, however it is written (${SOURCE})`, async () => {
    await roomInThisMinute();
    for (let n = 0; n < A_MINUTE; n += 1) await ask(unique("nobody"));
    for (const ip of ["", "x", "1.2.3", `${ipv4()}, ${ipv4()}`, `${ipv4()}:80`]) expect(await ask(ip), 429, "too_many_requests");
  });

  it(`attack: another spelling of the path does not get around the limit (${ROUTING})`, async () => {
    const ip = ipv4();
    await exhaust(ip);
    const headers = [["Origin", site.origin], ["Content-Type", "application/json"], ["CF-Connecting-IP", ip]];
    for (const path of [...spellings("/auth/api/verify_email"), "/auth/./api/verify_email", "/auth/api/x/../verify_email", "/auth\\api\\verify_email"]) {
      const { status, text } = await sendRaw(site.origin, { method: "POST", path, headers, body: '{"token":"x"}' });
      assert.ok([404, 405, 429].includes(status), `${path}: ${status} ${text}`);
      assert.doesNotMatch(text, /link_invalid/);
    }
  });
});

function spellings(path) {
  return [
    `/${path}`, path.replace("/api", "//api"), `${path}/`, `${path}//`, path.replaceAll("/", "%2F").replace("%2F", "/"), path.replace("/api/", "/api%2F"),
    path.toUpperCase(), path.replace("/auth", "/Auth"), path.replace(/.$/, (letter) => letter.toUpperCase()), `${path}%00`, `${path}%20`, `${path};a=b`,
    `${path}.json`, path.replace(/.$/, (letter) => `%${letter.charCodeAt(0).toString(16)}`), `${path}%2F`, `${path}%3F`, path.replace("/auth", ""),
  ];
}

describe("attacks on what is switched off", () => {
  let runtime, site;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime, "closed");
  });
  after(() => runtime?.close());

  const off = {
    POST: ["register", "verify_email", "login", "logout", "profile", "change_password", "change_email", "undo_email_change", "request_reset_password", "reset_password", "remind_user_name", "delete_account"],
    GET: ["verify_email", "reset_password", "undo_email_change", "profile", "export"],
  };

  for (const [method, paths] of Object.entries(off)) {
    for (const path of paths) {
      it(`attack: ${method} ${path} where it is switched off, under any spelling (${ROUTING})`, async () => {
        const whole = `/auth/api/${path}`;
        const headers = [["Origin", site.origin], ...(method === "POST" ? [["Content-Type", "application/json"]] : [])];
        const body = method === "POST" ? "{}" : "";
        const plain = await sendRaw(site.origin, { method, path: `${whole}?token=x`, headers, body });
        assert.deepEqual([plain.status, JSON.parse(plain.text).code], [404, "not_found"]);
        for (const other of [...spellings(whole), `/auth/./api/${path}`, `/auth/api/x/../${path}`]) {
          const { status, text } = await sendRaw(site.origin, { method, path: other, headers, body });
          assert.ok([404, 405].includes(status), `${other}: ${status} ${text}`);
        }
      });
    }
  }

  it("attack: what is switched off is not offered either", async () => {
    const { actions, registration } = expect(await stranger().get(site.url("config")), 200).json;
    assert.deepEqual([actions, registration], [[], "closed"]);
  });
});
