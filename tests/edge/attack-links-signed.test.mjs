// Attacks on signed links: other resources, other tokens, and links that were bent.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAccounts, tokenOf } from "../support/accounts.mjs";
import { assertProblem, startFlow } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { createLinks } from "../support/links.mjs";
import { startPeople } from "../support/people.mjs";
import { NOBODY, identityOf } from "../support/proxy.mjs";
import { useRuntime } from "../support/runtime.mjs";

const KINDS = "Auth.js CVE-2023-48309";
const ROUTING = "Better Auth GHSA-x732-6j76-qmhm";
const CACHED = "OpenFGA CVE-2026-33729";
const DEMOTED = "Better Auth GHSA-2vg6-77g8-24mp";
const HOST = "Supabase GHSA-3529-5m8x-rpv3";

describe("attacks on signed links", () => {
  let runtime, origin, people, admin, nobody, links, good;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.ruled;
    people = await startPeople(runtime, "ruled");
    admin = await people.admin();
    nobody = new Browser();
    links = createLinks(origin);
    good = await links.make(admin, { path: "/home/report.pdf?page=2", lifetime: 600 });
    assert.equal((await links.forward(nobody, good)).status, 200, "what fails below fails for its own reason");
  });

  after(async () => {
    await people?.close();
    await runtime?.close();
  });

  /** Neither a proxy nor a guard takes it for a link. */
  async function assertNoLink(token) {
    for (const page of [
      await links.forwardUri(nobody, `/home/report.pdf?page=2&countersign-link=${token}`),
      await links.use(nobody, { ...good, token }),
    ]) {
      assertProblem(page, 403, "link_refused");
      assert.deepEqual(identityOf(page), NOBODY);
    }
  }

  it("attack: a link that was changed in any place is none", async () => {
    const { token } = good;
    for (let at = 0; at < token.length; at += Math.ceil(token.length / 40)) {
      const other = token[at] === "A" ? "B" : "A";
      await assertNoLink(token.slice(0, at) + other + token.slice(at + 1));
    }
    for (const bent of ["", "x", token.slice(0, -1), `${token}A`, `${token}=`, `.${token}`, token.slice(4), token + token, token.toUpperCase(), "A".repeat(token.length)]) {
      await assertNoLink(bent);
    }
  });

  it(`attack: a token of another kind is no link (${KINDS})`, async () => {
    const { browser } = await startFlow(origin, "hostile");
    const flow = browser.cookies.for(`${origin}/auth/oauth/hostile/callback`).find(({ name }) => name.includes("countersign-flow"));
    const accounts = createAccounts(runtime, "ruled");
    const form = accounts.somebody();
    await accounts.register(form);
    const mail = await accounts.mailTo(form.email);
    const tokens = { access: admin.token, refresh: admin.refreshToken, flow: flow?.value, mail: tokenOf(mail) };
    for (const [kind, token] of Object.entries(tokens)) {
      assert.ok(token?.length > 20, kind);
      await assertNoLink(token);
    }
  });

  it(`attack: and a link is no token of another kind (${KINDS})`, async () => {
    const bearer = new Browser();
    bearer.headers = { authorization: `Bearer ${good.token}` };
    assertProblem(await bearer.get(`${origin}/auth/check?session`), 401, "token_invalid");
    const cookied = new Browser();
    cookied.cookies.set(origin, "countersign", good.token);
    cookied.cookies.set(origin, "countersign-refresh", good.token);
    assert.deepEqual((await cookied.get(`${origin}/auth/session`)).json, { session: null });
    const proved = await new Browser().post(`${origin}/auth/api/verify_email`, { token: good.token });
    assertProblem(proved, 400, "link_invalid");
  });

  it("attack: a link of another deployment is none here", async () => {
    const other = createLinks(runtime.main);
    const link = await other.make(await people.at("main").admin(), { path: good.uri });
    // Both have the same secret, as two deployments never have; but its maker is nobody here.
    await assertNoLink(link.token);
  });

  const elsewhere = [
    "/home/other.pdf?page=2", "/home/report.pdf", "/home/report.pdf?page=3", "/home/report.pdf?page=2&x=y", "/home/report.pdf?x=y&page=2", "/home/report.pdf?page=2&page=3",
    "/home/report.pdf?PAGE=2", "/home/report.pdf?page=%32", "/home/report.pdf/?page=2", "/home/Report.pdf?page=2", "/home/%72eport.pdf?page=2", "/home/report.pdf/x?page=2", "/admin/secret?page=2",
  ];

  for (const uri of elsewhere) {
    it(`attack: a link opens what it was made for, to the letter, and not \`${uri}\` (${CACHED})`, async () => {
      const mark = uri.includes("?") ? "&" : "?";
      assertProblem(await links.forwardUri(nobody, `${uri}${mark}countersign-link=${good.token}`), 403, "link_refused");
      assertProblem(await links.use(nobody, { ...good, uri }), 403, "link_refused");
      assert.equal((await links.forward(nobody, good)).status, 200);
    });
  }

  for (const uri of ["/home//report.pdf?page=2", "/public/../home/report.pdf?page=2", "/home%2Freport.pdf?page=2", "/home/report.pdf;x?page=2", "/home/./report.pdf?page=2"]) {
    it(`attack: nor a path that can be read in more than one way, such as \`${uri}\` (${ROUTING})`, async () => {
      assertProblem(await links.forwardUri(nobody, `${uri}&countersign-link=${good.token}`), 403, "path_ambiguous");
      assertProblem(await links.use(nobody, { ...good, uri }), 403, "path_ambiguous");
      assertProblem(await links.ask(admin, { path: uri }), 403, "path_ambiguous");
    });
  }

  it("attack: two links in one request are none, whichever of them is good", async () => {
    const bad = good.token.slice(0, -4) + "AAAA";
    for (const [one, other] of [[good.token, bad], [bad, good.token], [good.token, good.token]]) {
      const uri = `/home/report.pdf?page=2&countersign-link=${one}&countersign-link=${other}`;
      assertProblem(await links.forwardUri(admin, uri), 403, "path_ambiguous");
      const query = new URLSearchParams([["link", one], ["link", other], ["uri", good.uri]]);
      assertProblem(await nobody.get(`${origin}/auth/check?${query}`), 400, "query_invalid");
    }
  });

  it("attack: another spelling of the parameter is none, and then the rules decide", async () => {
    for (const name of ["Countersign-Link", "countersign%2Dlink", "countersign-link[]", "countersign_link", "xcountersign-link"]) {
      const uri = `/home/report.pdf?page=2&${name}=${good.token}`;
      assertProblem(await links.forwardUri(nobody, uri), 401, "unauthenticated");
    }
  });

  it("attack: a link that does not hold does not fall back to the session beside it", async () => {
    const uri = `/home/report.pdf?page=2&countersign-link=${good.token.slice(0, -4)}AAAA`;
    assertProblem(await links.forwardUri(admin, uri), 403, "link_refused");
  });

  it(`attack: a proxy that leaves the query of a request in its question lets nobody choose what a link is for (${CACHED})`, async () => {
    const query = `?${new URLSearchParams({ link: good.token, uri: good.uri, method: "GET" })}`;
    for (const uri of ["/admin/secret", "/home/x", good.uri]) {
      for (const who of [nobody, admin]) assertProblem(await links.forwardUri(who, uri, { query }), 400, "query_invalid");
    }
    const plain = createLinks(runtime.main);
    const link = await plain.make(await people.at("main").admin(), { path: "/public/x" });
    for (const headers of [{ "x-forwarded-uri": "/admin", "x-forwarded-method": "GET" }, { "x-original-uri": "/admin" }]) {
      const asked = new URLSearchParams({ link: link.token, uri: link.uri });
      assertProblem(await nobody.get(`${runtime.main}/auth/check?${asked}`, { headers }), 400, "query_invalid");
    }
  });

  it(`attack: a link names this site, whatever the request for it says (${HOST})`, async () => {
    const headers = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example" };
    const page = await admin.send("POST", "/auth/api/links", { path: "/home/a" }, { headers });
    assert.equal(new URL(page.json.url).origin, origin);
    for (const path of ["//evil.example/a", "https://evil.example/a", "/\\evil.example", "home/a", "", "@evil.example", "/home/a#b", "/home/\n"]) {
      assertProblem(await links.ask(admin, { path }), 403, "path_ambiguous");
    }
  });

  it("attack: no page of another site makes a link for who is signed in here", async () => {
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const page = await admin.send("POST", "/auth/api/links", { path: "/home/a" }, { headers });
    assertProblem(page, 403, "cross_site");
    assert.equal((await admin.get("/auth/api/links")).status, 405);
  });

  it(`attack: a link of somebody who was demoted or deleted opens nothing any more (${DEMOTED})`, async () => {
    const demoted = await people.admin();
    const secret = await links.make(demoted, { path: "/admin/secret" });
    assert.equal((await links.forward(nobody, secret)).status, 200);
    await admin.takeTags(demoted, "admin");
    for (const page of [await links.forward(nobody, secret), await links.use(nobody, secret)]) assertProblem(page, 403, "link_refused");
    const accounts = createAccounts(runtime, "ruled");
    const gone = await accounts.member();
    await admin.giveTags(gone, "teacher");
    const link = await links.make(gone, { path: "/home/a" });
    assert.equal((await links.forward(nobody, link)).status, 200);
    assert.equal((await gone.send("POST", "/auth/api/delete_account", { password: gone.form.password })).status, 204);
    assertProblem(await links.forward(nobody, link), 403, "link_refused");
  });

  it(`attack: a link of somebody whose sessions were all ended opens nothing any more (${DEMOTED})`, async () => {
    const maker = await people.admin();
    const [home, secret] = [await links.make(maker, { path: "/home/a" }), await links.make(maker, { path: "/admin/secret" })];
    for (const link of [home, secret]) assert.equal((await links.forward(nobody, link)).status, 200);
    assert.equal((await admin.send("DELETE", `/auth/api/accounts/${maker.account}/sessions`)).status, 200);
    for (const link of [home, secret]) {
      for (const page of [await links.forward(nobody, link), await links.use(nobody, link)]) assertProblem(page, 403, "link_refused");
    }
  });

  it(`attack: nobody who administers no more makes links, whatever her token carries (${DEMOTED})`, async () => {
    const demoted = await people.admin();
    await admin.takeTags(demoted, "admin");
    assert.equal((await demoted.check("carried", "groups:admin")).status, 200, "her token still carries it");
    assertProblem(await links.ask(demoted, { path: "/home/a" }), 403, "policy_refused");
    const left = await people.admin();
    const bearer = left.bearer();
    await left.send("POST", "/auth/api/logout");
    assertProblem(await links.ask(bearer, { path: "/home/a" }), 401, "session_ended");
  });

  it("attack: what a link is bound to cannot be met by another's name beside it", async () => {
    const one = await people.person();
    const link = await links.make(admin, { path: "/home/a", account: one.account });
    const headers = { "x-countersign-account": one.account };
    assertProblem(await links.forward(nobody, link, { headers }), 401, "unauthenticated");
    const ended = one.bearer();
    await one.send("POST", "/auth/api/logout");
    assertProblem(await links.forward(ended, link), 401, "session_ended");
  });

  it("attack: no link that was made stands in the log", async () => {
    const { token } = await links.make(admin, { path: "/home/logged" });
    await links.use(nobody, { ...good, token: `${token}x` });
    const log = await runtime.log();
    assert.match(log, /\/home\/logged/, "that one was made does");
    assert.ok(!log.includes(token) && !log.includes(token.slice(0, 40)));
  });
});
