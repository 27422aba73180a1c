// Attacks on the links in mails: used often, elsewhere, by somebody's scanner, or led to another host.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sendRaw } from "../support/attack.mjs";
import { OTHER_PASSWORD, Site, address, atOnce, counted, expect, startAdmin, stranger } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const HUNDRED = 100;
const PATHS = ["verify_email", "reset_password", "undo_email_change"];

describe("attacks on the links in mails", () => {
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

  /** A fresh link for each path. */
  const links = {
    async verify_email() {
      const email = address("link");
      expect(await site.register({ email }), 202);
      return site.token(email, "verify_email");
    },
    async reset_password() {
      const { email } = await admin.known();
      expect(await site.post("request_reset_password", { login: email }), 202);
      return site.token(email, "reset_password");
    },
    async undo_email_change() {
      const [{ email, password }, next] = [await admin.known(), address("next")];
      const person = await site.signedIn(email, password);
      expect(await site.post("change_email", { email: next, password }, person), 202);
      expect(await site.use("verify_email", await site.token(email, "verify_email")), 200);
      expect(await site.use("verify_email", await site.token(next, "verify_email")), 200);
      return site.token(email, "undo_email_change");
    },
  };

  for (const path of PATHS) {
    it(`attack: a hundred uses of one link of ${path} at once give one success`, async () => {
      const token = await links[path]();
      const pages = await atOnce(HUNDRED, () => site.use(path, token));
      assert.deepEqual(counted(pages), { 200: 1, link_invalid: HUNDRED - 1 });
      const cookies = pages.filter((page) => page.headers.getSetCookie().some((cookie) => /^countersign=[^;]/.test(cookie)));
      assert.equal(cookies.length, path === "reset_password" ? 1 : 0, "no failure opens a session");
    });

    it(`attack: a link of ${path} at another path does nothing, and is not used up by it`, async () => {
      const token = await links[path]();
      for (const other of PATHS.filter((other) => other !== path)) {
        const page = expect(await site.use(other, token), 400, "link_invalid");
        assert.deepEqual(page.headers.getSetCookie(), []);
      }
      expect(await site.use("reset_password", token.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))), 400, "link_invalid");
      expect(await site.use(path, token), 200);
    });

    it(`attack: a link of ${path} that is tampered with, cut, or of another account`, async () => {
      const token = await links[path]();
      const [account, secret] = token.split(".");
      const { account: other } = await admin.known();
      const changed = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
      const wrong = [
        "", ".", "..", account, `${account}.`, `.${secret}`, secret, `${other}.${secret}`, `${"0".repeat(32)}.${secret}`,
        `${account}.${changed(secret, 0)}`, `${account}.${changed(secret, 41)}`, `${account}.${secret}A`, `${account}.${secret.slice(1)}`,
        `${account}.${secret}=`, `${account}.${secret}.`, `${token}.${secret}`, `${account.toUpperCase()}.${secret}`, `${token}\0`,
        `\0${token}`, `${token}\n`, ` ${token}`, `${account}.${"A".repeat(43)}`, `${account}.${"A".repeat(60_000)}`, "x".repeat(60_000),
        `${account}%2E${secret}`, `${account}．${secret}`, "null", "undefined", "[object Object]", "../../etc", "' OR 1=1 --",
      ].filter((text) => text !== token);
      for (const text of wrong) expect(await site.use(path, text), 400, "link_invalid");
      for (const value of [null, 1, true, [token], { token }, [[]]]) {
        const page = await site.post(path, { token: value });
        assert.equal(expect(page, 400).json.code, "body_invalid", JSON.stringify(value));
      }
      const typed = await site.raw(path, new URLSearchParams({ token: `${other}.${secret}` }).toString(), form);
      expect(typed, 400, "link_invalid");
      expect(await site.use(path, token), 200);
    });

    it(`attack: a scanner that opens the link of ${path} uses nothing up, whatever it says it accepts`, async () => {
      const token = await links[path]();
      const address = `${site.url(path)}?${new URLSearchParams({ token })}`;
      for (const accept of ["text/html", "*/*", "application/json", "image/*", "", "text/html;q=0,application/json"]) {
        const page = expect(await stranger().get(address, { headers: { accept } }), 200);
        assert.deepEqual(page.headers.getSetCookie(), []);
        assert.match(page.headers.get("cache-control"), /no-store/);
        assert.match(page.headers.get("content-security-policy"), /frame-ancestors 'none'/);
      }
      for (const purpose of [{ purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }, { "x-moz": "prefetch" }, { range: "bytes=0-0" }]) {
        expect(await stranger().get(address, { headers: purpose }), 200);
      }
      for (const method of ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]) {
        const { status } = await stranger().request(address, { method, headers: { origin: site.origin } });
        assert.equal(status, 405, method);
      }
      const inQuery = await stranger().request(address, { method: "POST", headers: { origin: site.origin, "content-type": "application/json" }, body: "{}" });
      expect(inQuery, 400, "body_invalid");
      expect(await site.use(path, token), 200);
    });

    it(`attack: the page of ${path} shows nothing that stands in its address`, async () => {
      for (const token of ['"><script>alert(1)</script>', "{title}", `${"0".repeat(32)}.${"A".repeat(43)}"onclick=x`]) {
        const page = await stranger().get(`${site.url(path)}?${new URLSearchParams({ token })}`, { headers: { accept: "text/html" } });
        expect(page, 400);
        assert.ok(!page.text.includes(token) && !page.text.includes("alert"), page.text);
      }
      const twice = `${site.url(path)}?token=a&token=b`;
      assert.equal((await stranger().get(twice)).status, 400);
    });
  }

  it("attack: one link used at once by two who want different passwords: one of them gets it", async () => {
    const token = await links.reset_password();
    const wishes = Array.from({ length: 6 }, (_, n) => `${OTHER_PASSWORD} ${n}`);
    const pages = await Promise.all(wishes.map((password) => site.use("reset_password", token, { password })));
    assert.deepEqual(counted(pages), { 200: 1, link_invalid: 5 });
  });

  it("attack: a link that is refused for its password is not used up, and opens nothing", async () => {
    const token = await links.reset_password();
    for (const password of ["", "short", "password", "x".repeat(257), "y".repeat(1025)]) {
      const page = expect(await site.use("reset_password", token, { password }), 422, "fields_invalid");
      assert.deepEqual(page.headers.getSetCookie(), []);
    }
    expect(await site.use("reset_password", token), 200);
  });

  const claims = [
    ["Host", "evil.example"], ["X-Forwarded-Host", "evil.example"], ["X-Forwarded-Proto", "gopher"], ["X-Forwarded-Port", "666"],
    ["Forwarded", "host=evil.example;proto=gopher"], ["X-Original-URL", "//evil.example/"], ["X-Host", "evil.example"],
    ["X-Forwarded-Prefix", "/evil"], ["Referer", "https://evil.example/"], ["X-Rewrite-URL", "https://evil.example/"],
  ];

  it("attack: no header of a request has a part in the address of a link (Supabase GHSA-3529-5m8x-rpv3)", async () => {
    for (const sent of [...claims.map((claim) => [claim]), claims]) {
      const email = address("host");
      const body = JSON.stringify({ email, password: OTHER_PASSWORD });
      const headers = [["Origin", site.origin], ["Content-Type", "application/json"], ...sent];
      const { status, text } = await sendRaw(site.origin, { method: "POST", path: "/auth/api/register", headers, body });
      assert.equal(status, 202, `${sent}: ${text}`);
      const [mail] = await site.awaitMails(email);
      assert.ok(mail.links.length > 0 && mail.links.every((link) => new URL(link).origin === site.origin), `${mail.links}`);
      assert.doesNotMatch(JSON.stringify(mail), /evil|gopher|666\b/);
    }
  });
});

const form = { type: "application/x-www-form-urlencoded" };
