// Where somebody is signed in: the list, ending sessions, being remembered, bearer mode, and confirming.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Browser } from "../support/browser.mjs";
import { claimsOf, expectJson } from "../support/people.mjs";
import { withPeople } from "../support/accounts.mjs";
import { assertProblem } from "../support/attack.mjs";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

const at = withPeople("main");

const listed = async (person) => expectJson(await person.get("/auth/api/sessions")).sessions;
const signIn = (form, more, browser = new Browser()) =>
  browser.post(`${at.origin}/auth/api/login`, { login: form.email, password: form.password, ...more });

describe("the list of sessions", () => {
  it("says of each where it is, when it was used and how it began; and which one asks", async () => {
    const person = await at.accounts.member();
    const browser = new Browser();
    browser.headers = { "user-agent": FIREFOX };
    expectJson(await signIn(person.form, { remember: true }, browser));
    const sessions = await listed(person);
    assert.equal(sessions.length, 2);
    const [other, own] = sessions[0].current ? sessions.toReversed() : sessions;
    assert.deepEqual([own.sid, own.current, own.remembered, own.mode], [person.sid, true, false, "cookie"]);
    assert.deepEqual([other.current, other.remembered], [false, true]);
    assert.deepEqual(other.device, { browser: "Firefox", os: "Linux", kind: "desktop" });
    for (const session of sessions) {
      assert.deepEqual(session.amr, ["pwd"]);
      assert.ok(Math.abs(session.created_at - Date.now() / 1000) < 60 && session.used_at >= session.created_at);
    }
    assert.equal(own.expires_at - own.used_at, 3600);
    assert.equal(other.expires_at - other.used_at, 2_592_000);
  });

  it("says where in the world each is, as the platform does, whatever a client claims", async () => {
    const person = await at.accounts.member();
    const headers = { "content-type": "application/json", "cf-ipcountry": "US" };
    const body = JSON.stringify({ login: person.form.email, password: person.form.password, mode: "bearer" });
    const cf = { country: "NL", city: "Groningen" };
    const answer = await at.runtime.from(cf, "main", `${at.origin}/auth/api/login`, { method: "POST", headers, body });
    assert.equal(answer.status, 200, answer.text);
    const places = (await listed(person)).map(({ current, place }) => [current, place]);
    assert.deepEqual(new Map(places), new Map([[true, null], [false, cf]]));
  });

  it("one is ended from another, and is over at the decided and the replicated tier at once", async () => {
    const person = await at.accounts.member();
    const other = await at.accounts.enter(person.form.email);
    const bearer = other.bearer();
    assert.equal((await person.send("DELETE", `/auth/api/sessions/${other.sid}`)).status, 204);
    assert.deepEqual((await listed(person)).map(({ sid }) => sid), [person.sid]);
    assertProblem(await bearer.check("decided"), 401, "session_ended");
    assertProblem(await bearer.check("replicated"), 401, "session_ended");
    // The token itself says so only when it has run out.
    expectJson(await bearer.check("carried"));
    assertProblem(await person.send("DELETE", `/auth/api/sessions/${other.sid}`), 404, "session_unknown");
  });

  it("all others are ended together; who asks goes on at every tier", async () => {
    const person = await at.accounts.member();
    const others = [await at.accounts.enter(person.form.email), await at.accounts.enter(person.form.email)];
    const tokens = others.map((other) => other.bearer());
    assert.deepEqual(expectJson(await person.send("DELETE", "/auth/api/sessions")), { ended: 2 });
    for (const bearer of tokens) {
      assertProblem(await bearer.check("replicated"), 401, "session_ended");
      assertProblem(await bearer.check("decided"), 401, "session_ended");
    }
    for (const tier of ["carried", "replicated", "decided"]) expectJson(await person.check(tier));
    expectJson(await person.send("POST", "/auth/refresh"));
  });

  it("one's own can be ended too, which takes the cookies back", async () => {
    const person = await at.accounts.member();
    assert.equal((await person.send("DELETE", `/auth/api/sessions/${person.sid}`)).status, 204);
    assert.equal(person.token, undefined);
    assert.deepEqual(expectJson(await person.get("/auth/session")), { session: null });
  });

  it("attack: somebody else's session is neither seen nor ended", async () => {
    const [person, mallory] = [await at.accounts.member(), await at.accounts.member()];
    assertProblem(await mallory.send("DELETE", `/auth/api/sessions/${person.sid}`), 404, "session_unknown");
    for (const sid of ["x", "%00", "0".repeat(32), "..."]) {
      assertProblem(await mallory.send("DELETE", `/auth/api/sessions/${sid}`), 404, "session_unknown");
    }
    assert.ok((await listed(mallory)).every(({ sid }) => sid !== person.sid));
    expectJson(await person.check("decided"));
  });

  it("attack: a session that was ended can end no other and see none", async () => {
    const person = await at.accounts.member();
    const other = await at.accounts.enter(person.form.email);
    const bearer = other.bearer();
    expectJson(await person.send("DELETE", "/auth/api/sessions"));
    assertProblem(await bearer.get("/auth/api/sessions"), 401, "session_ended");
    assertProblem(await bearer.send("DELETE", `/auth/api/sessions/${person.sid}`), 401, "session_ended");
    assertProblem(await bearer.send("DELETE", "/auth/api/sessions"), 401, "session_ended");
  });
});

describe("remembering", () => {
  const ages = (page) => {
    const lines = page.headers.getSetCookie().filter((line) => /^countersign(-refresh)?=/.test(line));
    return lines.map((line) => /Max-Age=(\d+)/.exec(line)?.[1]);
  };

  it("the cookies of a session that is not remembered go with the browser", async () => {
    const { form } = await at.accounts.member();
    assert.deepEqual(ages(await signIn(form)), [undefined, undefined]);
  });

  it("those of one that is remembered stay, as long as the session may lie unused", async () => {
    const { form } = await at.accounts.member();
    const [access, refresh] = ages(await signIn(form, { remember: true }));
    // A second may pass between signing in and answering.
    assert.ok(access <= 300 && access >= 295 && refresh <= 2_592_000 && refresh >= 2_591_995, `${access} ${refresh}`);
  });
});

describe("bearer mode", () => {
  // No cookies, no Origin: what a program sends that is no browser.
  const call = async (path, { token, json, method = json ? "POST" : "GET" } = {}) => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(json && { "content-type": "application/json" }) };
    const response = await fetch(`${at.origin}${path}`, { method, headers, body: json && JSON.stringify(json) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined };
  };
  const enter = async () => {
    const { form } = await at.accounts.member();
    const json = { login: form.email, password: form.password, mode: "bearer" };
    return { form, page: await call("/auth/api/login", { json }) };
  };

  it("the tokens come in the body, and no cookie is set", async () => {
    const { page } = await enter();
    assert.equal(page.status, 200);
    assert.deepEqual(page.headers.getSetCookie(), []);
    assert.equal(page.headers.get("cache-control"), "no-store");
    const { access_token, token_type, expires_in, refresh_token, session } = page.json;
    assert.deepEqual([token_type, expires_in], ["Bearer", 300]);
    assert.equal(claimsOf(access_token).sid, session.sid);
    assert.equal((await call("/auth/check?at=decided", { token: access_token })).status, 200);
    const renewed = await call("/auth/refresh", { json: { refresh_token } });
    assert.equal(renewed.status, 200);
    assert.notEqual(renewed.json.refresh_token, refresh_token);
    assert.equal(renewed.json.session.sid, session.sid);
    assert.deepEqual(renewed.headers.getSetCookie(), []);
    const { sessions } = (await call("/auth/api/sessions", { token: renewed.json.access_token })).json;
    assert.equal(sessions.find(({ current }) => current).mode, "bearer");
    assert.equal((await call("/auth/api/logout", { token: access_token, method: "POST" })).status, 204);
    assert.equal((await call("/auth/refresh", { json: { refresh_token: renewed.json.refresh_token } })).status, 401);
  });

  it("confirming answers with new tokens, and the old ones are worth nothing", async () => {
    const { page, form } = await enter();
    const token = page.json.access_token;
    const confirmed = await call("/auth/api/confirm", { token, json: { password: form.password } });
    assert.equal(confirmed.status, 200);
    assert.notEqual(confirmed.json.session.sid, page.json.session.sid);
    assert.equal((await call("/auth/check?at=decided", { token })).status, 401);
    assert.equal((await call("/auth/check?at=decided", { token: confirmed.json.access_token })).status, 200);
    assert.equal((await call("/auth/refresh", { json: { refresh_token: confirmed.json.refresh_token } })).status, 200);
  });

  it("attack: a refresh token of cookies is not answered in a body, and none of a body in cookies", async () => {
    const person = await at.accounts.member();
    const stolen = await call("/auth/refresh", { json: { refresh_token: person.refreshToken } });
    assert.equal(stolen.status, 401);
    const { page } = await enter();
    const browser = new Browser();
    browser.cookies.set(at.origin, "countersign-refresh", page.json.refresh_token);
    assertProblem(await browser.post(`${at.origin}/auth/refresh`), 401, "refresh_invalid");
    // Neither counts as theft: both sessions go on.
    expectJson(await person.send("POST", "/auth/refresh"));
    assert.equal((await call("/auth/refresh", { json: { refresh_token: page.json.refresh_token } })).status, 200);
  });

  it("attack: no page of another site signs a browser in, whatever mode it asks for", async () => {
    const { form } = await at.accounts.member();
    for (const mode of ["cookie", "bearer"]) {
      const browser = new Browser();
      const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      const json = { login: form.email, password: form.password, mode };
      assertProblem(await browser.post(`${at.origin}/auth/api/login`, json, { headers }), 403, "cross_site");
    }
    const silent = await call("/auth/api/login", { json: { login: form.email, password: form.password } });
    assert.equal(silent.status, 403, "cookies are set only for a page of this site");
  });
});

describe("confirming", () => {
  const confirm = (person, password) => person.send("POST", "/auth/api/confirm", { password });
  const check = (person, query) => person.get(`/auth/check?${new URLSearchParams(query)}`);

  it("a demand that is not met says which proofs would do (RFC 9470)", async () => {
    const person = await (await at.accounts.member()).unconfirm();
    assert.deepEqual([person.auth_time, person.confirmed_until], [0, null]);
    const page = await check(person, { max_age: "600", acr: "aal1" });
    assertProblem(page, 401, "confirmation_required");
    const { max_age, acr, proofs } = page.json;
    assert.deepEqual({ max_age, acr }, { max_age: 600, acr: ["aal1"] });
    assert.ok(proofs.includes("password") && proofs.includes("provider:hostile"), proofs.join());
    const challenge = page.headers.get("www-authenticate");
    for (const part of ["Bearer ", 'error="insufficient_user_authentication"', 'max_age="600"', 'acr_values="aal1"']) {
      assert.ok(challenge.includes(part), challenge);
    }
    expectJson(await confirm(person, person.form.password));
    for (const tier of ["carried", "replicated", "decided"]) expectJson(await check(person, { max_age: "600", at: tier }));
    for (const query of [{ acr: "aal2" }, { amr: "otp" }]) {
      const beyond = await check(person, query);
      assertProblem(beyond, 401, "confirmation_required");
      assert.deepEqual(beyond.json.proofs, [], "nothing that is offered here would do");
    }
    const federated = (await check(person, { amr: "fed" })).json.proofs;
    assert.ok(federated.length > 0 && federated.every((proof) => proof.startsWith("provider:")), federated.join());
    expectJson(await check(person, { amr: "otp,pwd" }));
  });

  it("what is no demand is refused", async () => {
    const person = await at.accounts.member();
    for (const query of [{ max_age: "-1" }, { max_age: "1.5" }, { max_age: "" }, { acr: 'a"b' }, { amr: "" }, { acr: "x".repeat(65) }]) {
      assertProblem(await check(person, query), 400, "query_invalid");
    }
  });

  it("attack: the session has another name afterwards, and what was known of it before is worth nothing", async () => {
    const person = await at.accounts.member();
    const [planted, sid] = [person.bearer(), person.sid];
    const stolen = person.browser.clone();
    const { session } = expectJson(await confirm(person, person.form.password));
    assert.notEqual(session.sid, sid);
    assertProblem(await planted.check("decided"), 401, "session_ended");
    assertProblem(await planted.check("replicated"), 401, "session_ended");
    expectJson(await person.check("decided"));
    expectJson(await person.send("POST", "/auth/refresh"));
    // A copy of the old refresh token leads nowhere, also in the window in which a repeat would; and nobody is taken for a thief.
    assertProblem(await stolen.post(`${at.origin}/auth/refresh`), 401, "session_ended");
    expectJson(await person.send("POST", "/auth/refresh"));
  });

  it("attack: an access token alone is never exchanged for a refresh token", async () => {
    const person = await at.accounts.member();
    const page = await person.bearer().send("DELETE", "/auth/api/confirm");
    assert.equal(page.status, 200, page.text);
    assert.ok(page.headers.getSetCookie().every((line) => !line.includes("refresh")), page.headers.getSetCookie().join());
    assert.equal(page.json.refresh_token, undefined);
    assert.equal(expectJson(await person.send("POST", "/auth/refresh")).session.sid, page.json.session.sid);
  });

  it("attack: a wrong password confirms nothing, and cannot be guessed here", async () => {
    const person = await (await at.accounts.member()).unconfirm();
    for (let time = 0; time < 5; time += 1) assertProblem(await confirm(person, `guess ${time}`), 403, "credentials_invalid");
    assertProblem(await confirm(person, person.form.password), 429, "too_many_requests");
    assertProblem(await check(person, { max_age: "600" }), 401, "confirmation_required");
  });

  it("attack: a page of another site neither confirms nor ends a confirmation", async () => {
    const person = await at.accounts.member();
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    for (const [method, json] of [["POST", { password: person.form.password }], ["DELETE", undefined]]) {
      assertProblem(await person.send(method, "/auth/api/confirm", json, { headers }), 403, "cross_site");
    }
  });
});
