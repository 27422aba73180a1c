// Several ways into one account: what comes of each case in which somebody arrives from a provider, and what must not.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PASSWORD, eventually } from "../support/accounts.mjs";
import { assertProblem, assertSignedOut, watchLog } from "../support/attack.mjs";
import { atOnce, counted } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { addressed, somebody, withProviders } from "../support/linking.mjs";
import { LINK, Person, expectJson, isLinkPage } from "../support/people.mjs";

const HUNDRED = 100;
const SOURCE = "Better Auth GHSA-g38m-r43w-p2q7";

// `other` is linked automatically at the second one.
const [at, away] = withProviders("main", "federated");

const lin = (more) => somebody({ ...addressed(), ...more });
const unvouched = (email) => somebody(addressed(email, false));
const vouched = (email) => somebody(addressed(email));
const idOf = (who, world = at) => world.identities(who).then(([identity]) => identity);
/** Who has an address that she has not proved, and signs in with a password. */
async function unproved(world, email) {
  const hash = `pbkdf2_sha256$10$salt$${Buffer.from("x".repeat(32)).toString("base64")}`;
  return expectJsonOf(201, await world.admin.send("POST", "/auth/api/accounts", { email, password_hash: hash, email_verified: false }));
}
const expectJsonOf = (status, page) => (assert.equal(page.status, status, page.text), page.json);

/** Nobody is signed in in that browser, and the identity is nobody's. */
async function assertNothing(world, browser, provider, person) {
  await assertSignedOut(browser, world.origin);
  assert.equal(await world.accountOf(provider, person), null);
}

describe("signed out", () => {
  it("an identity that is known leads to its account, whatever address the provider names now", async () => {
    const [person, other] = [somebody(), await at.accounts.member()];
    const { account } = await at.enter("hostile", person);
    for (const address of [{}, addressed(), addressed(undefined, false), addressed(other.form.email), addressed(other.form.email, false)]) {
      assert.equal((await at.enter("hostile", { ...person, ...address })).account, account, JSON.stringify(address));
    }
    assert.equal((await at.profile(other)).email, other.form.email);
  });

  it("one that is not, with an address that is vouched for and free, becomes an account that holds the address", async () => {
    const person = lin();
    const entered = await at.enter("hostile", person);
    const { email, email_verified } = await at.profile(entered);
    assert.deepEqual({ email, email_verified }, { email: person.email, email_verified: true });
    assert.deepEqual(await at.subjects(entered), [`hostile ${person.sub}`]);
    // It is hers: nobody else gets an account with it, and a link in a mail leads to hers.
    await at.ask("other", vouched(person.email));
    await at.accounts.post("request_reset_password", { login: person.email });
    const browser = new Browser();
    await at.accounts.follow(await at.accounts.mailTo(person.email, /^Recover/), browser);
    assert.equal((await Person.of(at.origin, browser)).account, entered.account);
  });

  it("one whose vouched address belongs to an account is asked to sign in there first, and is added then", async () => {
    const member = await at.accounts.member();
    const person = vouched(member.form.email);
    const { browser, pending } = await at.ask("hostile", person, { next: "/lessons?x=1" });
    const { provider, name, email, account_exists, signed_in, next } = pending;
    assert.deepEqual({ name, email, account_exists, signed_in, next }, { name: "Lin", email: person.email, account_exists: true, signed_in: false, next: "/lessons?x=1" });
    assert.deepEqual(Object.keys(provider).sort(), ["id", "mark", "name"]);
    assert.deepEqual([provider.id, provider.name], ["hostile", "Hostile"]);
    await assertNothing(at, browser, "hostile", person);
    assertProblem(await at.settle(browser, "add"), 401, "unauthenticated");
    await at.accounts.enter(member.form.email, PASSWORD, browser);
    assert.equal(expectJson(await browser.get(`${at.origin}${LINK}`)).signed_in, true);
    assert.deepEqual(expectJson(await at.settle(browser, "add")), { done: "linked", next: "/lessons?x=1" });
    assert.equal((await at.enter("hostile", person)).account, member.account);
    assert.equal((await at.profile(member)).email, member.form.email);
  });

  it("one whose vouched address belongs to an account cannot become another account", async () => {
    const member = await at.accounts.member();
    const person = vouched(member.form.email);
    const { browser, pending } = await at.ask("hostile", person);
    assert.equal(pending.may_create, false);
    const page = await at.settle(browser, "create");
    assert.ok(page.status >= 400 && page.status < 500, page.text);
    assertProblem(page, page.status, page.json.code);
    await assertNothing(at, browser, "hostile", person);
  });

  it("one whose vouched address an account has that never proved it is asked, and that account stays as it is", async () => {
    const email = addressed().email;
    const { account } = await unproved(at, email);
    const person = vouched(email);
    const { browser } = await at.ask("hostile", person);
    await assertNothing(at, browser, "hostile", person);
    const stays = expectJson(await at.admin.get(`/auth/api/accounts/${account}`));
    assert.deepEqual([stays.email, stays.email_verified], [email, false]);
  });

  it("one whose address is not vouched for is asked, and becomes an account that does not count the address as proved", async () => {
    const person = unvouched();
    const { browser, pending } = await at.ask("hostile", person, { next: "/new" });
    assert.deepEqual([pending.account_exists, pending.may_create, pending.signed_in], [false, true, false]);
    await assertNothing(at, browser, "hostile", person);
    assert.deepEqual(expectJson(await at.settle(browser, "create")), { done: "created", next: "/new" });
    const created = await Person.of(at.origin, browser);
    assert.equal((await at.profile(created)).email_verified, false);
    assert.equal((await at.enter("hostile", person)).account, created.account, "asked once");
  });

  it("the same who has an account signs in there and adds it", async () => {
    const [member, person] = [await at.accounts.member(), unvouched()];
    const { browser } = await at.ask("hostile", person);
    await at.accounts.enter(member.form.email, PASSWORD, browser);
    assert.equal(expectJson(await at.settle(browser, "add")).done, "linked");
    assert.equal((await at.enter("hostile", person)).account, member.account);
  });

  it("the same who thinks better of it leaves nothing behind", async () => {
    const person = unvouched();
    const { browser } = await at.ask("hostile", person);
    assert.equal(expectJson(await at.settle(browser, "cancel")).done, "cancelled");
    assertProblem(await browser.get(`${at.origin}${LINK}`), 404, "pending_link_unknown");
    await assertNothing(at, browser, "hostile", person);
  });

  it("one without any address becomes an account, and is asked nothing", async () => {
    const person = await at.enter("hostile", somebody());
    assert.deepEqual([(await at.profile(person)).email, (await at.profile(person)).email_verified], [null, false]);
  });

  it("who has no say of her own follows the provider: name, and a vouched address that is free", async () => {
    const person = lin();
    const entered = await at.enter("hostile", person);
    const moved = { ...person, ...addressed(), name: "Linda" };
    await at.enter("hostile", moved);
    assert.deepEqual([(await at.profile(entered)).name, (await at.profile(entered)).email], ["Linda", moved.email]);
    const member = await at.accounts.member();
    await at.enter("hostile", { ...moved, email: member.form.email });
    assert.equal((await at.profile(entered)).email, moved.email, "one that somebody has stays hers");
  });
});

describe("linked without asking", () => {
  it("where both sides have the address verified: linked, and signed in", async () => {
    const member = await away.accounts.member();
    const person = vouched(member.form.email);
    const entered = await away.enter("other", person);
    assert.equal(entered.account, member.account);
    assert.deepEqual(await away.happened(member, "identity_linked"), [{ provider: "other", way: "automatic" }]);
    assert.deepEqual(await away.subjects(entered), [`other ${person.sub}`]);
    assert.equal((await away.profile(entered)).email, member.form.email);
  });

  it("not where the provider is not configured so", async () => {
    const member = await away.accounts.member();
    await away.ask("hostile", vouched(member.form.email));
  });

  it("attack: not where the account has never proved the address (an account that was made in advance)", async () => {
    const email = addressed().email;
    const { account } = await unproved(away, email);
    const person = vouched(email);
    const { browser } = await away.ask("other", person);
    await assertNothing(away, browser, "other", person);
    assert.equal(expectJson(await away.admin.get(`/auth/api/accounts/${account}`)).email_verified, false);
  });

  it(`attack: an account is taken over by linking on an address that the provider did not verify (${SOURCE})`, async () => {
    const member = await away.accounts.member();
    for (const email_verified of [false, undefined, null, "true", 1, [true]]) {
      const person = somebody({ email: member.form.email, email_verified });
      const { browser, pending } = await away.ask("other", person);
      assert.equal(pending.account_exists, false, JSON.stringify(email_verified));
      await assertNothing(away, browser, "other", person);
      expectJson(await away.settle(browser, "create"));
      const created = await Person.of(away.origin, browser);
      assert.notEqual(created.account, member.account);
      assert.equal(created.email_verified, false);
    }
    assert.deepEqual(await away.identities(member), []);
  });

  it("attack: the same by a provider whose word is not to count, or not for that domain", async () => {
    const member = await away.accounts.member();
    for (const provider of ["mute", "local"]) {
      const person = vouched(member.form.email);
      const { browser } = await away.ask(provider, person);
      await assertNothing(away, browser, "other", person);
    }
    const pupil = await away.accounts.member({ email: `p${Date.now()}@school.example` });
    await away.ask("mute", vouched(pupil.form.email));
    // Not the domain, though they end or begin like it.
    for (const domain of ["xschool.example", "school.example.evil.example", "schoolxexample.org"]) {
      await away.ask("local", vouched(pupil.form.email.replace("school.example", domain)));
    }
    assert.equal((await away.enter("local", vouched(pupil.form.email))).account, pupil.account, "it is for this one");
  });

  it("attack: into an account that is blocked, disabled or gone", async () => {
    for (const status of ["blocked", "disabled"]) {
      const member = await away.accounts.member();
      await away.setStatus(member, status);
      const person = vouched(member.form.email);
      const { browser, page } = await away.visit("other", person);
      assertProblem(page, 401, "account_inactive");
      await assertNothing(away, browser, "other", person);
      assert.deepEqual(await away.happened(member, "identity_linked"), []);
    }
    const gone = await away.accounts.member();
    assert.equal((await gone.send("POST", "/auth/api/delete_account", { password: PASSWORD })).status, 204);
    assert.notEqual((await away.enter("other", vouched(gone.form.email))).account, gone.account);
  });

  it("attack: a hundred first sign-ins at once with one vouched address are one account", async () => {
    const email = addressed().email;
    const people = [vouched(email), vouched(email)];
    const flows = [];
    for (let n = 0; n < HUNDRED; n += 1) flows.push(await away.flow("other", people[n % 2]));
    const pages = await Promise.all(flows.map(({ browser, callback }) => browser.get(callback, { follow: false })));
    assert.deepEqual(counted(pages), { 303: HUNDRED });
    const entered = await Promise.all(flows.map(({ browser }) => Person.of(away.origin, browser)));
    assert.deepEqual(pages.filter(({ location }) => isLinkPage(location)).length, 0);
    assert.equal(new Set(entered.map(({ account }) => account)).size, 1);
    assert.deepEqual(await away.subjects(entered[0]), people.map(({ sub }) => `other ${sub}`).sort());
  });
});

describe("signed in", () => {
  it("an identity that is not known is added, and the account's address and names stay", async () => {
    const stranger = await at.accounts.member();
    for (const address of [{}, addressed(), addressed(undefined, false), addressed(stranger.form.email), addressed(stranger.form.email, false)]) {
      const member = await at.accounts.member({ first_name: "Ada" });
      const before = await at.profile(member);
      const person = somebody({ ...address, name: "Somebody Else" });
      const page = await at.link(member, "hostile", person, { next: "/linked?x=1" });
      assert.equal(page.location?.href, `${at.origin}/linked?x=1`, page.text);
      assert.deepEqual(await at.profile(member), before);
      assert.deepEqual(await at.subjects(member), [`hostile ${person.sub}`]);
      assert.equal((await at.enter("hostile", person)).account, member.account);
    }
    assert.deepEqual(await at.identities(stranger), []);
  });

  it("one of her own adds nothing", async () => {
    const person = lin();
    const entered = await at.enter("hostile", person);
    const page = await at.link(entered, "hostile", person);
    assert.equal(page.location?.href, `${at.origin}/linked`, page.text);
    assert.deepEqual(await at.subjects(entered), [`hostile ${person.sub}`]);
    assert.deepEqual(await at.happened(entered, "identity_linked"), []);
  });

  it("another's is refused, and nothing changes", async () => {
    const person = lin();
    const [owner, member] = [await at.enter("hostile", person), await at.accounts.member()];
    const logged = await watchLog(at.runtime);
    const page = await at.link(member, "hostile", person);
    assertProblem(page, 409, "identity_taken");
    await logged.failed("hostile", "identity_taken", /./);
    assert.deepEqual([await at.subjects(owner), await at.subjects(member)], [[`hostile ${person.sub}`], []]);
    assert.equal((await at.enter("hostile", person)).account, owner.account);
    expectJson(await member.check("decided"));
  });

  it("attack: nothing is added when the session has ended meanwhile, or is another person's", async () => {
    const [ada, ben] = [await at.accounts.member(), await at.accounts.member()];
    const changes = {
      "signed out": (browser) => browser.post(`${at.origin}/auth/api/logout`),
      "ended from elsewhere": async () => (await at.accounts.enter(ada.form.email)).send("DELETE", "/auth/api/sessions"),
      "another person": (browser) => at.accounts.enter(ben.form.email, PASSWORD, browser),
    };
    for (const [what, change] of Object.entries(changes)) {
      const [her, person] = [await at.accounts.enter(ada.form.email), somebody()];
      const { browser, callback } = await at.linking(her, "hostile", person);
      await change(browser);
      const page = await browser.get(callback, { follow: false });
      assert.equal(page.json.code, "session_ended", what);
      assertProblem(page, 401, "session_ended");
      assert.equal(await at.accountOf("hostile", person), null, what);
    }
    assert.deepEqual([await at.identities(await at.accounts.enter(ada.form.email)), await at.identities(ben)], [[], []]);
  });

  it("attack: nothing is added in another browser, whoever is signed in there", async () => {
    const [ada, ben] = [await at.accounts.member(), await at.accounts.member()];
    const person = somebody();
    const { callback } = await at.linking(ada, "hostile", person);
    for (const browser of [new Browser(), ben.browser, (await at.accounts.enter(ada.form.email)).browser]) {
      assertProblem(await browser.get(callback, { follow: false }), 400, "state_invalid");
    }
    assert.deepEqual([await at.identities(ada), await at.identities(ben)], [[], []]);
    assert.equal(await at.accountOf("hostile", person), null);
  });

  it("attack: the callback of a sign-in that Mallory has begun adds nothing to whoever is signed in (linking CSRF)", async () => {
    const [victim, person] = [await at.accounts.member(), somebody()];
    const { callback } = await at.flow("hostile", person);
    assertProblem(await victim.browser.get(callback, { follow: false }), 400, "state_invalid");
    assert.deepEqual(await at.identities(victim), []);
    expectJson(await victim.check("decided"));
  });

  it("attack: another site cannot begin a link, by a form, by JSON, or by a GET", async () => {
    const victim = await at.accounts.member();
    const json = JSON.stringify({ provider: "hostile", next: "/" });
    const ask = (headers, body = json) =>
      victim.browser.request(`${at.origin}/auth/api/identities`, { method: "POST", headers, body, follow: false });
    for (const [type, body] of [["application/json", json], ["text/plain", json], ["application/x-www-form-urlencoded", "provider=hostile"]]) {
      for (const claims of [{ origin: "https://evil.example", "sec-fetch-site": "cross-site" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }, {}]) {
        const page = await ask({ "content-type": type, ...claims }, body);
        assertProblem(page, 403, "cross_site");
        assert.deepEqual(page.headers.getSetCookie(), []);
      }
      if (type !== "application/json") assertProblem(await ask({ "content-type": type, origin: at.origin }, body), 415, "content_type_unsupported");
    }
    const begun = at.hostile.requests.authorize.length;
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const got = await victim.browser.get(`${at.origin}/auth/api/identities?provider=hostile`, { headers, follow: false });
    assertProblem(got, 400, "query_invalid");
    assert.equal(at.hostile.requests.authorize.length, begun);
    assert.deepEqual(await at.identities(victim), []);
  });

  it("attack: a link wants a fresh proof, at its beginning and where it is unlinked", async () => {
    const member = await at.accounts.member();
    await at.link(member, "hostile", somebody());
    const identity = await idOf(member);
    await member.unconfirm();
    const page = await member.send("POST", "/auth/api/identities", { provider: "hostile" });
    assertProblem(page, 401, "confirmation_required");
    assert.ok(page.json.proofs.includes("password"), page.text);
    assertProblem(await at.unlink(member, identity), 401, "confirmation_required");
    assert.equal((await at.identities(member)).length, 1);
    expectJson(await member.send("POST", "/auth/api/confirm", { password: PASSWORD }));
    assert.equal((await at.unlink(member, identity)).status, 204);
  });

  it("attack: nobody links without a session, to a provider that is none, or to a page elsewhere", async () => {
    const member = await at.accounts.member();
    assertProblem(await new Browser().post(`${at.origin}/auth/api/identities`, { provider: "hostile" }), 401, "unauthenticated");
    assertProblem(await member.send("POST", "/auth/api/identities", { provider: "nobody" }), 404, "provider_unknown");
    for (const next of ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
      assertProblem(await member.send("POST", "/auth/api/identities", { provider: "hostile", next }), 400, "next_invalid");
    }
    for (const json of [{}, { provider: ["hostile"] }, { provider: "hostile", account: member.account }, { provider: "hostile", prompt: "now" }]) {
      const { status, json: problem } = await member.send("POST", "/auth/api/identities", json);
      assert.deepEqual([status, /^(body|query)_invalid$/.test(problem.code)], [400, true], JSON.stringify(problem));
    }
  });

  it("attack: an account that is blocked while it links gets nothing", async () => {
    const [member, person] = [await at.accounts.member(), somebody()];
    const { browser, callback } = await at.linking(member, "hostile", person);
    await at.setStatus(member, "blocked");
    const page = await browser.get(callback, { follow: false });
    assertProblem(page, 401, page.json.code);
    assert.match(page.json.code, /^(session_ended|account_inactive)$/);
    assert.equal(await at.accountOf("hostile", person), null);
    assert.deepEqual(await at.happened(member, "identity_linked"), []);
  });

  it("attack: a blocked account is not signed in to through what is linked to it", async () => {
    const person = lin();
    const entered = await at.enter("hostile", person);
    await at.link(entered, "other", person);
    for (const status of ["blocked", "disabled"]) {
      await at.setStatus(entered, status);
      for (const provider of ["hostile", "other"]) {
        const { browser, page } = await at.visit(provider, person);
        assertProblem(page, 401, "account_inactive");
        await assertSignedOut(browser, at.origin);
      }
    }
  });
});

describe("identities", () => {
  it("are listed with what people know them by, and several of one provider are several", async () => {
    const [member, one, two] = [await at.accounts.member(), lin(), somebody({ name: "Second" })];
    await at.link(member, "hostile", one);
    await at.link(member, "hostile", two);
    await at.link(member, "other", one);
    const identities = await at.identities(member);
    assert.equal(identities.length, 3);
    assert.equal(new Set(identities.map(({ id }) => id)).size, 3);
    const first = identities.find(({ provider, subject }) => provider === "hostile" && subject === one.sub);
    const { id, linked_at, used_at, label, ...rest } = first;
    assert.deepEqual(rest, { provider: "hostile", name: "Hostile", mark: null, subject: one.sub, email: one.email, email_verified: true, tokens: false, last: false });
    assert.ok(typeof id === "string" && typeof label === "string");
    assert.ok(Math.abs(linked_at - Date.now() / 1000) < 60, `${linked_at}`);
    assert.equal(used_at, null, "nobody has signed in with it");
    for (const [provider, person] of [["hostile", one], ["hostile", two], ["other", one]]) {
      assert.equal((await at.enter(provider, person)).account, member.account);
    }
    for (const identity of await at.identities(member)) assert.ok(Math.abs(identity.used_at - Date.now() / 1000) < 60);
  });

  it("that are added or taken away are events, and letters to the proved address", async () => {
    const [member, person] = [await at.accounts.member(), lin()];
    await at.link(member, "hostile", person);
    assert.deepEqual(await at.happened(member, "identity_linked"), [{ provider: "hostile", way: "asked" }]);
    const before = (await at.accounts.mails(member.form.email)).length;
    assert.equal((await at.unlink(member, await idOf(member))).status, 204);
    assert.deepEqual(await at.happened(member, "identity_unlinked"), [{ provider: "hostile" }]);
    const mails = await eventually(() => at.accounts.mails(member.form.email), (found) => found.length >= 3);
    assert.ok(mails.length >= 3 && before >= 1, mails.map(({ subject }) => subject).join());
    const telling = mails.filter(({ text }) => /Hostile/.test(text));
    assert.equal(telling.length, 2, mails.map(({ subject }) => subject).join());
    assert.ok(telling.every(({ to }) => to === member.form.email));
    assert.deepEqual((await at.accounts.mails(person.email)).length, 0, "the provider's address is told nothing");
  });

  it("that are unlinked lead to the account no more, and can be linked to another one", async () => {
    const [ada, ben, person] = [await at.accounts.member(), await at.accounts.member(), somebody()];
    await at.link(ada, "hostile", person);
    assert.equal((await at.unlink(ada, await idOf(ada))).status, 204);
    assert.deepEqual(await at.identities(ada), []);
    const page = await at.link(ben, "hostile", person);
    assert.equal(page.location?.href, `${at.origin}/linked`, page.text);
    assert.deepEqual([await at.subjects(ada), await at.subjects(ben)], [[], [`hostile ${person.sub}`]]);
    assert.equal((await at.enter("hostile", person)).account, ben.account);
    assertProblem(await at.unlink(ada, await idOf(ben)), 404, "identity_unknown");
  });

  it("attack: that are unlinked take the sessions along that began elsewhere, which may be a thief's", async () => {
    const [member, person] = [await at.accounts.member(), somebody()];
    await at.link(member, "hostile", person);
    const thief = await at.enter("hostile", person);
    assert.equal(thief.account, member.account);
    assert.equal((await at.unlink(member, await idOf(member))).status, 204);
    assertProblem(await thief.bearer().check("decided"), 401, "session_ended");
    assertProblem(await thief.browser.clone().post(`${at.origin}/auth/refresh`), 401, "refresh_invalid");
    expectJson(await member.check("decided"));
    await assertNothing(at, new Browser(), "hostile", person);
  });

  it("that are unlinked and belong to nobody become an account of their own at the next sign-in", async () => {
    const [member, person] = [await at.accounts.member(), somebody()];
    await at.link(member, "hostile", person);
    assert.equal((await at.unlink(member, await idOf(member))).status, 204);
    assert.notEqual((await at.enter("hostile", person)).account, member.account);
  });

  it("of which one is the last way in, it stays", async () => {
    const [one, two] = [somebody(), somebody()];
    const entered = await at.enter("hostile", one);
    const only = await idOf(entered);
    assert.equal(only.last, true);
    assertProblem(await at.unlink(entered, only), 409, "last_way_in");
    await at.link(entered, "other", two);
    const identities = await at.identities(entered);
    assert.deepEqual(identities.map(({ last }) => last), [false, false]);
    assert.equal((await at.unlink(entered, only)).status, 204);
    const rest = await at.identities(entered);
    assert.deepEqual(rest.map(({ provider, last }) => [provider, last]), [["other", true]]);
    assertProblem(await at.unlink(entered, rest[0]), 409, "last_way_in");
    assert.equal((await at.enter("other", two)).account, entered.account);
  });

  it("attack: a hundred requests at once unlink one of two, never both", async () => {
    const [one, two] = [somebody(), somebody()];
    const entered = await at.enter("hostile", one);
    await at.link(entered, "other", two);
    const both = await at.identities(entered);
    const pages = await atOnce(HUNDRED, (n) => at.unlink(entered, both[n % 2]));
    const rest = await at.identities(entered);
    assert.deepEqual(rest.map(({ last }) => last), [true]);
    const counts = counted(pages);
    assert.equal(counts[204], 1, JSON.stringify(counts));
    assert.equal((counts.last_way_in ?? 0) + (counts.identity_unknown ?? 0), HUNDRED - 1, JSON.stringify(counts));
    const [provider, person] = rest[0].provider === "hostile" ? ["hostile", one] : ["other", two];
    assert.equal((await at.enter(provider, person)).account, entered.account);
  });

  it("attack: one identity is never on two accounts, though both link it a hundred times at once", async () => {
    const [ada, ben, person] = [await at.accounts.member(), await at.accounts.member(), somebody()];
    const flows = [];
    for (let n = 0; n < HUNDRED; n += 1) {
      const her = n % 2 ? ada : ben;
      flows.push(await at.linking(her, "hostile", person, { browser: her.browser.clone() }));
    }
    const pages = await Promise.all(flows.map(({ browser, callback }) => browser.get(callback, { follow: false })));
    assert.deepEqual(counted(pages), { 303: HUNDRED / 2, identity_taken: HUNDRED / 2 });
    const [hers, his] = [await at.subjects(ada), await at.subjects(ben)];
    assert.deepEqual([...hers, ...his], [`hostile ${person.sub}`]);
    const [winner, loser] = hers.length ? [ada, ben] : [ben, ada];
    assert.equal((await at.enter("hostile", person)).account, winner.account);
    assert.deepEqual([(await at.happened(winner, "identity_linked")).length, (await at.happened(loser, "identity_linked")).length], [1, 0]);
  });

  it("attack: two first sign-ins at once with one vouched address, through two providers, are one account", async () => {
    const email = addressed().email;
    const people = { hostile: vouched(email), other: vouched(email) };
    const flows = [];
    for (let n = 0; n < 20; n += 1) {
      const provider = n % 2 ? "hostile" : "other";
      flows.push({ provider, ...(await at.flow(provider, people[provider])) });
    }
    const pages = await Promise.all(flows.map(({ browser, callback }) => browser.get(callback, { follow: false })));
    assert.deepEqual(counted(pages), { 303: 20 });
    const entered = flows.filter((_, n) => !isLinkPage(pages[n].location));
    assert.equal(new Set(entered.map(({ provider }) => provider)).size, 1, "the other one is asked");
    assert.equal(entered.length, 10);
    const accounts = await Promise.all(entered.map(({ browser }) => Person.of(at.origin, browser)));
    assert.equal(new Set(accounts.map(({ account }) => account)).size, 1);
    for (const { browser } of flows.filter((_, n) => isLinkPage(pages[n].location))) await assertSignedOut(browser, at.origin);
  });

  it("attack: an address that is vouched for is free for one of a hundred newcomers at once", async () => {
    const email = addressed().email;
    const flows = [];
    for (let n = 0; n < HUNDRED; n += 1) flows.push(await at.flow("hostile", vouched(email)));
    const pages = await Promise.all(flows.map(({ browser, callback }) => browser.get(callback, { follow: false })));
    assert.deepEqual(counted(pages), { 303: HUNDRED });
    assert.equal(pages.filter(({ location }) => !isLinkPage(location)).length, 1);
  });

  it("attack: nobody sees or unlinks what is another's", async () => {
    const [ada, ben] = [await at.accounts.member(), await at.accounts.member()];
    await at.link(ada, "hostile", somebody());
    const hers = await idOf(ada);
    assert.deepEqual(await at.identities(ben), []);
    assertProblem(await at.unlink(ben, hers), 404, "identity_unknown");
    for (const id of ["x", "%00", "0".repeat(32), "1%20OR%201=1", `${hers.id}%00`, hers.id.toLowerCase()]) {
      const page = await at.unlink(ben, { id });
      assertProblem(page, 404, page.json.code);
      assert.match(page.json.code, /^(identity_unknown|not_found)$/, id);
    }
    assertProblem(await new Browser().get(`${at.origin}/auth/api/identities`), 401, "unauthenticated");
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    assertProblem(await at.unlink(ada, hers, { headers }), 403, "cross_site");
    assert.equal((await at.identities(ada)).length, 1);
  });

  it("go with the account, and are free again", async () => {
    const person = somebody();
    const entered = await at.enter("hostile", person);
    assert.equal((await entered.send("POST", "/auth/api/delete_account", {})).status, 204);
    const again = await eventually(() => at.visit("hostile", person), ({ page }) => page.status === 303);
    assert.equal(again.page.status, 303, again.page.text);
    assert.notEqual((await Person.of(at.origin, again.browser)).account, entered.account);
  });
});

describe("the question whether somebody has an account", () => {
  const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
  const shown = (browser) => browser.get(`${at.origin}${LINK}`, { headers: { accept: "text/html" } });

  it("is a page with a button for each answer, that loads and runs nothing", async () => {
    const { browser } = await at.ask("hostile", unvouched(), { next: "/new" });
    const page = await shown(browser);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    const policy = page.headers.get("content-security-policy");
    for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(policy.includes(rule), policy);
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.doesNotMatch(page.text, /<script|<img|<link/);
    assert.ok(page.buttons().every((name) => name === "action"));
    const created = await browser.submit(page, { action: "create" }, { follow: false });
    assert.deepEqual([created.status, created.location?.href], [303, `${at.origin}/new`], created.text);
    assert.ok((await Person.of(at.origin, browser)).account);
  });

  it("attack: names and addresses of the provider are text (XSS)", async () => {
    const { browser, pending } = await at.ask("hostile", somebody({ name: evil, preferred_username: evil, ...addressed(undefined, false) }));
    assert.equal(pending.name, evil);
    const page = await shown(browser);
    assert.doesNotMatch(page.text, /<script|<img/);
    assert.match(page.text, /&lt;script&gt;/);
  });

  it("attack: is asked of whose address is not vouched for, alike for one that is known and one that is not", async () => {
    const members = [await at.accounts.member(), await at.enter("hostile", lin())];
    const known = [members[0].form.email, (await at.profile(members[1])).email, members[0].form.email.toUpperCase()];
    const told = async (email) => {
      const { browser, page, pending } = await at.ask("other", unvouched(email));
      const asked = await shown(browser);
      const plain = (text) => text.replaceAll(email, "…").replaceAll(email.toLowerCase(), "…");
      const cookies = page.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, "").replace(/flow-[\w-]+/, "flow")).sort();
      return JSON.stringify([page.location.href, cookies, plain(JSON.stringify(pending)), asked.status, plain(asked.text), (await at.settle(browser, "create")).status]);
    };
    const expected = await told(addressed().email);
    for (const email of known) assert.equal(await told(email), expected, email);
  });

  it("attack: makes one account, though a hundred requests answer it at once", async () => {
    const { browser } = await at.ask("hostile", unvouched());
    const twins = Array.from({ length: HUNDRED }, () => browser.clone());
    const pages = await Promise.all(twins.map((twin) => at.settle(twin, "create")));
    assert.deepEqual(counted(pages), { 200: 1, pending_link_unknown: HUNDRED - 1 });
    assert.equal((await Promise.all(twins.map((twin) => Person.of(at.origin, twin)))).filter(({ account }) => account).length, 1);
    assertProblem(await browser.clone().get(`${at.origin}${LINK}`), 404, "pending_link_unknown");
  });

  it("attack: adds to one account, though two people answer it a hundred times at once", async () => {
    const person = unvouched();
    const { browser } = await at.ask("hostile", person);
    const members = [await at.accounts.member(), await at.accounts.member()];
    const twins = [];
    for (const { form } of members) {
      const twin = browser.clone();
      await at.accounts.enter(form.email, PASSWORD, twin);
      twins.push(...Array.from({ length: HUNDRED / 2 }, () => twin.clone()));
    }
    const pages = await Promise.all(twins.map((twin) => at.settle(twin, "add")));
    for (const page of pages) if (page.status !== 200) assert.match(page.json.code, /^(pending_link_unknown|identity_taken)$/, page.text);
    const subjects = (await Promise.all(members.map(at.subjects))).flat();
    assert.deepEqual(subjects, [`hostile ${person.sub}`]);
    const linked = (await Promise.all(members.map((member) => at.happened(member, "identity_linked")))).flat();
    assert.equal(linked.length, 1);
    assert.equal(pages.slice(0, HUNDRED / 2).some(({ status }) => status === 200), (await at.subjects(members[0])).length === 1);
    assertProblem(await browser.get(`${at.origin}${LINK}`), 404, "pending_link_unknown");
  });

  it("attack: what was answered is not answered again with a copy of the cookie, nor after cancelling", async () => {
    for (const action of ["create", "cancel"]) {
      const { browser } = await at.ask("hostile", unvouched());
      const copy = browser.clone();
      expectJson(await at.settle(browser, action));
      for (const again of ["create", "add"]) assertProblem(await at.settle(copy, again), 404, "pending_link_unknown");
      assertProblem(await copy.get(`${at.origin}${LINK}`), 404, "pending_link_unknown");
      await assertSignedOut(copy, at.origin);
    }
  });

  it("attack: is of the browser that came back, of nobody else, and only for some minutes", async () => {
    const { browser, page } = await at.ask("hostile", unvouched());
    const names = page.headers.getSetCookie().filter((line) => !/Max-Age=0/i.test(line));
    assert.equal(names.length, 1, names.join("\n"));
    const [name] = names[0].split("=");
    const { httpOnly, sameSite, expires } = browser.cookies.named(at.origin, name) ?? browser.cookies.named(`${at.origin}${LINK}`, name);
    assert.deepEqual({ httpOnly, sameSite }, { httpOnly: true, sameSite: "lax" });
    assert.ok(expires - Date.now() <= 15 * 60_000 && expires > Date.now(), "it runs out");
    const other = new Browser();
    assertProblem(await other.get(`${at.origin}${LINK}`), 404, "pending_link_unknown");
    for (const action of ["create", "add", "cancel"]) {
      const answer = await at.settle(other, action);
      assert.match(answer.json.code, /^(pending_link_unknown|unauthenticated)$/, answer.text);
    }
    const value = names[0].slice(name.length + 1).split(";")[0];
    for (const bent of [value.slice(0, 40), `${value.slice(0, 60)}${value[60] === "A" ? "B" : "A"}${value.slice(61)}`, "x", ""]) {
      const forged = new Browser();
      forged.cookies.set(at.origin, name, bent);
      assertProblem(await at.settle(forged, "create"), 404, "pending_link_unknown");
    }
    await assertSignedOut(other, at.origin);
  });

  it("attack: another site answers it for nobody", async () => {
    const { browser } = await at.ask("hostile", unvouched());
    for (const [type, body] of [["application/json", '{"action":"create"}'], ["application/x-www-form-urlencoded", "action=create"], ["text/plain", '{"action":"create"}']]) {
      for (const claims of [{ origin: "https://evil.example", "sec-fetch-site": "cross-site" }, { origin: "null" }, {}]) {
        const page = await browser.request(`${at.origin}${LINK}`, { method: "POST", headers: { "content-type": type, ...claims }, body, follow: false });
        assertProblem(page, 403, "cross_site");
      }
    }
    for (const action of ["create", "add", "cancel"]) assert.ok((await browser.get(`${at.origin}${LINK}?action=${action}`)).status <= 400);
    await assertSignedOut(browser, at.origin);
    assert.equal(expectJson(await browser.get(`${at.origin}${LINK}`)).may_create, true, "it is still open");
    for (const action of ["delete", "", null, ["create"]]) assertProblem(await at.settle(browser, action), 400, "body_invalid");
  });

  it("attack: is answered with `add` only by who has just proved who she is", async () => {
    const [member, person] = [await at.accounts.member(), unvouched()];
    const { browser } = await at.ask("hostile", person);
    const entered = await at.accounts.enter(member.form.email, PASSWORD, browser);
    await entered.unconfirm();
    assertProblem(await at.settle(browser, "add"), 401, "confirmation_required");
    assert.deepEqual(await at.identities(member), []);
    expectJson(await entered.send("POST", "/auth/api/confirm", { password: PASSWORD }));
    assert.equal(expectJson(await at.settle(browser, "add")).done, "linked");
    assert.deepEqual(await at.subjects(member), [`hostile ${person.sub}`]);
  });

  it("attack: who is blocked, or has signed out, adds nothing", async () => {
    const [member, person] = [await at.accounts.member(), unvouched()];
    const { browser } = await at.ask("hostile", person);
    await at.accounts.enter(member.form.email, PASSWORD, browser);
    await at.setStatus(member, "blocked");
    const page = await at.settle(browser, "add");
    assertProblem(page, 401, page.json.code);
    assert.match(page.json.code, /^(session_ended|account_inactive|unauthenticated)$/);
    assert.equal(await at.accountOf("hostile", person), null);
  });

  it("attack: an identity that leads to an account meanwhile is added to no other one, nor made into one", async () => {
    for (const action of ["create", "add"]) {
      const person = unvouched();
      const { browser } = await at.ask("hostile", person);
      const owner = await at.accounts.member();
      await at.link(owner, "hostile", person);
      const other = await at.accounts.member();
      if (action === "add") {
        await at.accounts.enter(other.form.email, PASSWORD, browser);
        assertProblem(await at.settle(browser, action), 409, "identity_taken");
      } else {
        // She has proved that it is hers, and so the account that it leads to.
        assert.equal(expectJson(await at.settle(browser, action)).done, "linked");
        assert.equal((await Person.of(at.origin, browser)).account, owner.account);
      }
      assert.deepEqual([await at.subjects(owner), await at.subjects(other)], [[`hostile ${person.sub}`], []]);
    }
  });
});
