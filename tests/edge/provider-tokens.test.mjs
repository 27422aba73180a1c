// The tokens of a provider, kept for who uses its API: for programs that show a token of their own, and for their owner alone.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";
import { atOnce, counted } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { answer } from "../support/hostile-idp.mjs";
import { addressed, somebody, withProviders } from "../support/linking.mjs";
import { expectJson } from "../support/people.mjs";

const SOON = 1;
const PARALLEL = 20;

const [at] = withProviders("federated");

const tokenPath = ({ id }) => `/auth/api/identities/${id}/token`;
const tokenOf = (who, identity) => who.bearer().get(tokenPath(identity));
const only = async (who) => (await at.identities(who))[0];
const renewals = () => at.hostile.requests.token.filter(({ form }) => form.get("grant_type") === "refresh_token");

/** Somebody from the provider that keeps tokens: her identity, and what the provider is to give her. */
async function enter({ lifetime = 300, offline = true } = {}) {
  at.hostile.reset();
  Object.assign(at.hostile, { lifetime, offline });
  const who = await at.enter("hostile", somebody());
  at.hostile.lifetime = 300;
  return { who, identity: await only(who) };
}

/** Whose token is spent already. */
async function spent(options) {
  const entered = await enter({ lifetime: SOON, ...options });
  await sleep(SOON * 1000 + 100);
  return entered;
}

describe("the tokens of a provider", () => {
  it("are given to a program with a token of its own, as the provider gave them", async () => {
    const { who, identity } = await enter();
    assert.equal(identity.tokens, true);
    const page = await tokenOf(who, identity);
    const { access_token, token_type, expires_at, scope, ...rest } = expectJson(page);
    assert.deepEqual([token_type, scope, rest], ["Bearer", "openid email profile", {}]);
    assert.ok(Math.abs(expires_at - Date.now() / 1000 - 300) < 30, `${expires_at}`);
    assert.equal(page.headers.get("cache-control"), "no-store");
    const userinfo = await fetch(`${at.hostile.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    assert.equal((await userinfo.json()).sub, who.subject);
    assert.deepEqual(renewals(), []);
  });

  it("are kept of a provider of OAuth 2 as well", async () => {
    at.hostile.reset();
    at.hostile.openid = false;
    const who = await at.enter("plain", somebody());
    assert.match(expectJson(await tokenOf(who, await only(who))).access_token, /^at-/);
  });

  it("are the newest after each sign-in", async () => {
    const { who, identity } = await enter();
    const first = expectJson(await tokenOf(who, identity)).access_token;
    const again = await at.enter("hostile", { ...at.hostile.person, sub: who.subject });
    assert.notEqual(expectJson(await tokenOf(again, identity)).access_token, first);
  });

  it("are kept with an identity that is added to an account", async () => {
    const member = await at.accounts.member();
    at.hostile.reset();
    await at.link(member, "hostile", somebody());
    assert.match(expectJson(await tokenOf(member, await only(member))).access_token, /^at-/);
  });

  it("are not kept where that is not configured", async () => {
    const who = await at.enter("other", somebody());
    const identity = await only(who);
    assert.equal(identity.tokens, false);
    assertProblem(await tokenOf(who, identity), 404, "tokens_unknown");
  });

  it("attack: a page cannot read them, though it has the cookies", async () => {
    const { who, identity } = await enter();
    const page = await who.get(tokenPath(identity));
    assertProblem(page, 403, "bearer_required");
    assertProblem(await who.get(tokenPath(identity), { headers: { authorization: "Bearer x" } }), 401, "token_invalid");
    assertProblem(await new Browser().get(`${at.origin}${tokenPath(identity)}`), 401, "unauthenticated");
    for (const path of ["/auth/api/identities", "/auth/api/export", "/auth/api/profile", "/auth/session"]) {
      assert.doesNotMatch((await who.get(path)).text, /at-|rt-/, path);
    }
  });

  it("attack: another person's are unknown", async () => {
    const [one, two] = [await enter(), await enter()];
    assertProblem(await tokenOf(two.who, one.identity), 404, "identity_unknown");
    for (const id of ["x", "0".repeat(32), "%00"]) assertProblem(await tokenOf(two.who, { id }), 404, "identity_unknown");
    assertProblem(await at.admin.bearer().get(tokenPath(one.identity)), 404, "identity_unknown");
  });
});

describe("a token of a provider that is spent", () => {
  it("is renewed at the provider, and what that gives is kept", async () => {
    const { who, identity } = await spent();
    const { access_token, expires_at } = expectJson(await tokenOf(who, identity));
    assert.ok(expires_at - Date.now() / 1000 > 200);
    const [asked] = renewals();
    assert.equal(renewals().length, 1);
    assert.match(asked.headers.authorization, /^Basic /);
    assert.equal(expectJson(await tokenOf(who, identity)).access_token, access_token);
    assert.equal(renewals().length, 1, "kept until it is spent again");
  });

  it("is renewed with the newest refresh token, for each is good for once", async () => {
    const { who, identity } = await spent();
    at.hostile.lifetime = SOON;
    expectJson(await tokenOf(who, identity));
    await sleep(SOON * 1000 + 100);
    at.hostile.lifetime = 300;
    expectJson(await tokenOf(who, identity));
    const used = renewals().map(({ form }) => form.get("refresh_token"));
    assert.deepEqual([used.length, new Set(used).size], [2, 2]);
  });

  it("is renewed with the same refresh token where the provider gives no other", async () => {
    const { who, identity } = await spent();
    let first;
    at.hostile.hooks.token = ({ refresh_token, ...honest }) => ((first ??= refresh_token), { ...honest, expires_in: SOON });
    expectJson(await tokenOf(who, identity));
    await sleep(SOON * 1000 + 100);
    at.hostile.hooks.token = (honest) => (honest.access_token ? honest : { access_token: "at-again", token_type: "Bearer", expires_in: 300 });
    assert.equal(expectJson(await tokenOf(who, identity)).access_token, "at-again");
    const used = renewals().map(({ form }) => form.get("refresh_token"));
    assert.deepEqual([used.length, new Set(used).size, used.includes(first)], [2, 1, false]);
  });

  it("attack: is renewed once, though twenty ask for it at once", async () => {
    const { who, identity } = await spent();
    at.hostile.hooks.token = (honest) => answer({ body: honest, delay: 300 });
    const bearer = who.bearer();
    const pages = await atOnce(PARALLEL, () => bearer.get(tokenPath(identity)));
    assert.deepEqual(counted(pages), { 200: PARALLEL });
    assert.equal(new Set(pages.map(({ json }) => json.access_token)).size, 1);
    assert.equal(renewals().length, 1);
  });

  it("without a refresh token, or with one that is refused, is told so", async () => {
    const without = await spent({ offline: false });
    assertProblem(await tokenOf(without.who, without.identity), 404, "tokens_unknown");
    const { who, identity } = await spent();
    at.hostile.hooks.token = () => answer({ status: 400, body: { error: "invalid_grant" } });
    assertProblem(await tokenOf(who, identity), 502, "token_refused");
    at.hostile.hooks = {};
    assertProblem(await tokenOf(who, identity), 404, "tokens_unknown");
    expectJson(await who.check("decided"));
  });

  it("attack: is not renewed into nonsense: what is no answer leaves the refresh token where it is", async () => {
    const { who, identity } = await spent();
    const nonsense = {
      "a page": answer({ headers: { "content-type": "text/html" }, body: "<p>Come back later" }),
      "10 MB": answer({ body: "x".repeat(10_000_000) }),
      "status 503": answer({ status: 503, body: {} }),
      "no token": answer({ body: { token_type: "Bearer" } }),
      "somewhere else": answer({ status: 307, headers: { location: "http://169.254.169.254/" } }),
    };
    for (const [what, given] of Object.entries(nonsense)) {
      at.hostile.hooks.token = () => given;
      assertProblem(await tokenOf(who, identity), 502, what === "no token" ? "token_refused" : "provider_unavailable");
    }
    const used = renewals().map(({ form }) => form.get("refresh_token"));
    assert.equal(new Set(used).size, 1, "the same one was tried each time");
  });
});

describe("the tokens of a provider end", () => {
  it("with the identity", async () => {
    const { who, identity } = await enter();
    await at.link(who, "other", somebody());
    assert.equal((await at.unlink(who, identity)).status, 204);
    assertProblem(await tokenOf(who, identity), 404, "identity_unknown");
    const again = await at.link(who, "hostile", { ...at.hostile.person, sub: `${who.subject}-2` });
    assert.equal(again.status, 303, again.text);
    assertProblem(await tokenOf(who, identity), 404, "identity_unknown");
  });

  it("with the session, and with the account", async () => {
    const { who, identity } = await enter();
    const bearer = who.bearer();
    const other = await at.enter("hostile", { ...at.hostile.person, sub: who.subject });
    assert.equal((await who.send("POST", "/auth/api/logout")).status, 204);
    assertProblem(await bearer.get(tokenPath(identity)), 401, "session_ended");
    const last = other.bearer();
    assert.equal((await other.send("POST", "/auth/api/delete_account", {})).status, 204);
    const page = await last.get(tokenPath(identity));
    assertProblem(page, 401, page.json.code);
    assert.match(page.json.code, /^(session_ended|account_inactive)$/);
    // Whoever comes after her from there has an account of her own, without a token of hers.
    const heir = await eventually(() => at.visit("hostile", { ...at.hostile.person, sub: who.subject }), (found) => found.page.status === 303);
    assert.equal(heir.page.status, 303, heir.page.text);
  });

  it("attack: with an account that is blocked", async () => {
    const member = await at.accounts.member();
    at.hostile.reset();
    await at.link(member, "hostile", somebody(addressed()));
    const [identity, bearer] = [await only(member), member.bearer()];
    await at.setStatus(member, "blocked");
    const page = await bearer.get(tokenPath(identity));
    assertProblem(page, 401, page.json.code);
    assert.match(page.json.code, /^(session_ended|account_inactive)$/);
  });
});
