// The links in mails, and the pages behind them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { OTHER_PASSWORD, PASSWORD, tokenOf, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";

const VERIFY = /^Confirm your e-mail address$/;
const actions = ["verify_email", "reset_password", "undo_email_change"];

describe("the links in mails", () => {
  const at = withPeople();
  const open = (link, browser = new Browser()) => browser.get(link, { headers: { accept: "text/html" } });

  async function registered(more) {
    const form = at.accounts.somebody(more);
    assert.equal((await at.accounts.register(form)).status, 202);
    return { form, mail: await at.accounts.mailTo(form.email, VERIFY) };
  }

  it("lead to the configured origin, each in a line of its own, and go to nobody but the reader", async () => {
    const { form, mail } = await registered();
    assert.match(mail.links[0], /^http:\/\/localhost:\d+\/auth\/api\/verify_email\?token=[\w.~-]+$/);
    assert.ok(mail.links[0].startsWith(`${at.origin}/`));
    assert.ok(mail.text.split("\n").includes(mail.links[0]), mail.text);
    assert.ok(mail.html.includes(`href="${mail.links[0]}"`));
    assert.deepEqual([mail.to, mail.from], [form.email, "Countersign <no-reply@app.example>"]);
  });

  it("attack: the host of the request has no part in a link", async () => {
    const form = at.accounts.somebody();
    const headers = { "x-forwarded-host": "evil.example", forwarded: "host=evil.example", "x-original-url": "//evil.example/" };
    assert.equal((await new Browser().post(`${at.origin}/auth/api/register`, form, { headers })).status, 202);
    const mail = await at.accounts.mailTo(form.email, VERIFY);
    assert.doesNotMatch(mail.text + mail.html, /evil/);
  });

  it("attack: nothing that a stranger has typed stands in a mail to an address that is not proved", async () => {
    const { mail } = await registered({ first_name: "You have won", last_name: "evil.example", fields: { motto: "Evil" } });
    assert.doesNotMatch(mail.subject + mail.text + mail.html, /won|evil/i);
  });

  it("lead to a page that loads nothing, runs nothing, tells nobody its address and is kept by no cache", async () => {
    const { mail } = await registered();
    const page = await open(mail.links[0]);
    assert.equal(page.status, 200);
    const policy = page.headers.get("content-security-policy");
    for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(rule), policy);
    }
    assert.doesNotMatch(policy, /script-src|unsafe-eval|\*/);
    assert.equal(page.headers.get("referrer-policy"), "strict-origin");
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    assert.match(page.headers.get("content-type"), /^text\/html; charset=utf-8$/i);
    assert.deepEqual(page.headers.getSetCookie(), []);
    assert.doesNotMatch(page.text, /<script|<img|<link|https?:\/\//);
    const { method, fields } = page.form();
    assert.deepEqual({ method, fields }, { method: "POST", fields: { token: tokenOf(mail) } });
  });

  it("attack: opening one uses nothing up, however often a scanner of mails does", async () => {
    const { form, mail } = await registered();
    const scanner = new Browser();
    for (let time = 0; time < 3; time += 1) assert.equal((await open(mail.links[0], scanner)).status, 200);
    await scanner.request(mail.links[0], { method: "HEAD" });
    assertProblem(await at.accounts.signIn(form.email), 403, "credentials_invalid");
    assert.equal(await at.accounts.follow(mail), "email_verified");
    await at.accounts.enter(form.email);
  });

  it("are used by programs with JSON, which say what was done", async () => {
    const { mail } = await registered();
    const page = await at.accounts.post("verify_email", { token: tokenOf(mail) }, at.accounts.browserOf(mail));
    assert.deepEqual([page.status, page.text], [200, '{"done":"email_verified"}']);
    assertProblem(await at.accounts.post("verify_email", { token: tokenOf(mail) }), 400, "link_invalid");
  });

  it("that were used say so, on a page for who looks at one", async () => {
    const { mail } = await registered();
    const browser = new Browser();
    const page = await open(mail.links[0], browser);
    assert.equal((await browser.submit(page, {}, { follow: false })).status, 303);
    const again = await browser.submit(page, {}, { headers: { accept: "text/html" } });
    assert.equal(again.status, 400);
    assert.match(again.headers.get("content-type"), /^text\/html/);
    assert.match(again.text, /That link does not work/);
    assert.ok(!again.text.includes(tokenOf(mail)));
  });

  it("attack: one of a purpose is worth nothing for another", async () => {
    const person = await at.accounts.member();
    await at.accounts.post("request_reset_password", { login: person.form.email });
    const recover = tokenOf(await at.accounts.mailTo(person.form.email, /^Recover/));
    const verify = tokenOf((await registered()).mail);
    const json = { email: at.accounts.somebody().email, password: PASSWORD };
    await person.send("POST", "/auth/api/change_email", json);
    const change = tokenOf(await at.accounts.mailTo(person.form.email, /^Shall/));
    const worthless = { verify_email: [recover], reset_password: [verify, change], undo_email_change: [recover, verify, change] };
    for (const [action, tokens] of Object.entries(worthless)) {
      for (const token of tokens) {
        const page = await at.accounts.post(action, { token });
        assert.ok(page.status === 400 && page.json.code === "link_invalid", `${action}: ${page.status} ${page.text}`);
      }
    }
    assert.equal((await at.accounts.post("reset_password", { token: recover })).status, 200, "it was not used up");
  });

  it("attack: made-up and mangled tokens are refused, on the page and behind its button", async () => {
    const token = tokenOf((await registered()).mail);
    const [account, secret] = token.split(".");
    const mangled = [
      "", "x", "%00", "<script>alert(1)</script>", `${"0".repeat(32)}.${secret}`, `${account}.${"A".repeat(secret.length)}`,
      `${token}x`, token.slice(0, -1), `${token}.${secret}`, account, "x".repeat(5000),
    ];
    for (const action of actions) {
      for (const wrong of mangled) {
        const post = await at.accounts.post(action, { token: wrong });
        assert.ok(post.status === 400 && post.json.code === "link_invalid", `${action} ${wrong}: ${post.status} ${post.text}`);
        const page = await open(`${at.origin}/auth/api/${action}?${new URLSearchParams({ token: wrong })}`);
        assert.doesNotMatch(page.text, /alert\(1\)/);
        assert.ok([200, 400].includes(page.status), `${action} ${wrong}: ${page.status}`);
      }
      assertProblem(await new Browser().get(`${at.origin}/auth/api/${action}`), 400, "query_invalid");
    }
    assert.equal((await at.accounts.post("verify_email", { token })).status, 200);
  });

  it("attack: another site cannot press the button", async () => {
    const { mail } = await registered();
    const body = new URLSearchParams({ token: tokenOf(mail) }).toString();
    for (const origin of ["https://evil.example", "null"]) {
      const headers = { "content-type": "application/x-www-form-urlencoded", origin, "sec-fetch-site": "cross-site" };
      for (const action of actions) {
        const url = `${at.origin}/auth/api/${action}`;
        assertProblem(await new Browser().request(url, { method: "POST", headers, body }), 403, "cross_site");
      }
    }
    assert.equal(await at.accounts.follow(mail), "email_verified");
  });

  it("attack: neither a password, nor a link, nor an address is in the log", async () => {
    const { form, mail } = await registered();
    await at.accounts.signIn(form.email, OTHER_PASSWORD);
    await at.accounts.post("login", { login: form.email, password: form.password, more: 1 });
    await at.accounts.post("verify_email", { token: `${tokenOf(mail)}x` });
    await at.accounts.follow(mail);
    await at.accounts.post("verify_email", { token: tokenOf(mail) });
    await at.accounts.register({ ...form, user_name: "a b", fields: { [form.password]: 1 } });
    const log = await at.runtime.log();
    const secrets = { password: OTHER_PASSWORD, link: tokenOf(mail).split(".")[1], address: form.email, name: form.user_name };
    for (const [what, secret] of Object.entries(secrets)) assert.ok(!log.includes(secret), `the log holds the ${what}`);
  });
});
