// The OpenAPI document against the endpoints of accounts: what goes in, what comes out, and every code.

import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { OTHER_PASSWORD, PASSWORD, createAccounts, tokenOf, withPeople } from "../support/accounts.mjs";
import { Browser } from "../support/browser.mjs";
import { assertDescribed, faults } from "../support/schema.mjs";

const actions = [
  "register", "verify_email", "login", "profile", "change_password", "change_email", "undo_email_change",
  "request_reset_password", "reset_password", "remind_user_name", "delete_account",
];

describe("accounts in the OpenAPI document", () => {
  const at = withPeople();
  let document, admin;

  before(async () => {
    document = (await new Browser().get(`${at.origin}/auth/openapi.json`)).json;
  });

  // A new one for each test, since one of them deletes whoever asks for it.
  beforeEach(async () => {
    admin = await at.people.admin();
  });

  /** Sends what the document must describe, and holds the answer against it. */
  async function asks(who, method, path, json, { real = path, accounts = at.accounts } = {}) {
    const operation = document.paths[path][method];
    const place = `${method} ${path}`;
    const schema = operation.requestBody?.content["application/json"].schema;
    if (schema) assert.deepEqual(faults(schema, json, document), [], `${place}: the body`);
    const browser = who?.browser ?? new Browser();
    const page = await browser.send(method.toUpperCase(), `${accounts.origin}${real}`, json);
    assertDescribed(document, method, path, page);
    const isPage = /^text\/html/.test(page.headers.get("content-type"));
    return { status: page.status, json: page.text && !isPage ? page.json : undefined, place };
  }

  it("good bodies and good answers are as it describes them, on the whole way of an account", async () => {
    const post = (who, action, json) => asks(who, "post", `/auth/api/${action}`, json);
    const form = at.accounts.somebody({ first_name: "Ada", last_name: null, picture: null, fields: { class: "7a", age: 7 } });
    const seen = [];
    const good = async (asked, status) => {
      const answer = await asked;
      assert.equal(answer.status, status, `${answer.place} ${JSON.stringify(answer.json)}`);
      seen.push(answer.place);
    };
    const page = (action, token) => {
      const path = `/auth/api/${action}`;
      return asks(null, "get", path, undefined, { real: `${path}?token=${token}` });
    };
    const browser = new Browser();
    await good(post({ browser }, "register", form), 202);
    const verify = tokenOf(await at.accounts.mailTo(form.email));
    await good(page("verify_email", verify), 200);
    await good(post({ browser }, "verify_email", { token: verify }), 200);
    await good(post({ browser }, "login", { login: form.email, password: PASSWORD }), 200);
    await good(asks({ browser }, "get", "/auth/api/profile"), 200);
    await good(post({ browser }, "profile", { user_name: form.user_name, first_name: null, fields: { age: null } }), 200);
    await good(post({ browser }, "change_password", { new_password: OTHER_PASSWORD, old_password: PASSWORD }), 204);
    await good(asks({ browser }, "get", "/auth/api/export"), 200);
    const { email } = at.accounts.somebody();
    await good(post({ browser }, "change_email", { email, password: OTHER_PASSWORD }), 202);
    await good(post(null, "verify_email", { token: tokenOf(await at.accounts.mailTo(form.email, /^Shall/)) }), 200);
    const last = tokenOf(await at.accounts.mailTo(email));
    await good(post(null, "verify_email", { token: last }), 403);
    await good(post({ browser }, "verify_email", { token: last }), 200);
    const undo = tokenOf(await at.accounts.mailTo(form.email, /address was changed$/));
    await good(post(null, "remind_user_name", { email }), 202);
    await good(page("undo_email_change", undo), 200);
    await good(post(null, "undo_email_change", { token: undo }), 200);
    await good(post(null, "request_reset_password", { login: form.user_name }), 202);
    const recover = tokenOf(await at.accounts.mailTo(form.email, /^Recover/, 2));
    await good(page("reset_password", recover), 200);
    await good(post({ browser }, "reset_password", { token: recover, password: PASSWORD }), 200);
    const list = "/auth/api/accounts";
    await good(asks(admin, "get", list, undefined, { real: `${list}?status=active&limit=1` }), 200);
    const { json: made } = await asks(admin, "post", list, { email: at.accounts.somebody().email, status: null });
    const one = "/auth/api/accounts/{account}";
    await good(asks(admin, "get", one, undefined, { real: one.replace("{account}", made.account) }), 200);
    const status = `${one}/status`;
    await good(asks(admin, "put", status, { status: "blocked" }, { real: status.replace("{account}", made.account) }), 200);
    await good(post({ browser }, "delete_account", { password: null }), 204);
    for (const action of actions) assert.ok(seen.includes(`post /auth/api/${action}`), action);
  });

  it("what is offered is as it describes it, whatever the configuration", async () => {
    const { schema } = document.paths["/auth/api/config"].get.responses[200].content["application/json"];
    for (const worker of ["main", "approval", "open", "closed", "production"]) {
      const config = await createAccounts(at.runtime, worker).config();
      assert.deepEqual(faults(schema, config, document), [], worker);
    }
    const { providers, tag_sets, ...rest } = await createAccounts(at.runtime, "production").config();
    assert.deepEqual(rest, { actions: ["logout", "profile"], registration: null, password: null, fields: [], sign_in: "/" });
  });

  it("whatever goes wrong with a body or its sender is listed", async () => {
    const member = await at.accounts.member();
    const ended = await at.accounts.member();
    const [bearer, wrong] = [ended.bearer(), ended.bearer("x")];
    await ended.send("POST", "/auth/api/logout");
    const spent = new Browser();
    spent.cookies.set(at.origin, "countersign-refresh", "x");
    const operations = [
      ...actions.map((action) => ["POST", `/auth/api/${action}`]),
      ["GET", "/auth/api/profile"], ["GET", "/auth/api/export"],
    ];
    const administering = [
      ["GET", "/auth/api/accounts?status=active"], ["POST", "/auth/api/accounts"],
      ["GET", `/auth/api/accounts/${member.account}`], ["PUT", `/auth/api/accounts/${member.account}/status`],
    ];
    for (const [method, path] of [...administering, ...operations]) {
      const template = path.replace(member.account, "{account}").split("?")[0];
      const tell = (page) => assertDescribed(document, method.toLowerCase(), template, page);
      const send = (browser, body, headers) => {
        const sent = { origin: at.origin, ...(body && { "content-type": "application/json" }), ...headers };
        return browser.request(`${at.origin}${path}`, { method, body, headers: sent, follow: false });
      };
      for (const who of [new Browser(), spent.clone(), bearer.browser, wrong.browser, member.browser, admin.browser]) {
        for (const body of method === "GET" ? [undefined] : ["{}", "{", "[]", '{"unknown":1}']) tell(await send(who, body));
        if (method === "GET") continue;
        tell(await send(who, "{}", { "content-type": "text/plain" }));
        tell(await send(who, "{}", { origin: "https://evil.example" }));
        tell(await send(who, "x".repeat(70_000)));
      }
      // Where it is switched off.
      tell(await new Browser().send(method, `${at.runtime.closed}${path}`, method === "GET" ? undefined : {}));
    }
  });

  it("whatever goes wrong beyond that is listed", async () => {
    const problem = async (code, who, method, path, json, options) => {
      const { json: told, place } = await asks(who, method, path, json, options);
      assert.equal(told.code, code, `${place}: ${JSON.stringify(told)}`);
    };
    const post = (code, who, action, json, options) => problem(code, who, "post", `/auth/api/${action}`, json, options);
    const [member, victim] = [await at.accounts.member(), await at.accounts.member()];
    const login = member.form.email;
    const form = at.accounts.somebody();
    await post("fields_invalid", null, "register", { ...form, password: "x" });
    for (let time = 0; time < 5; time += 1) await at.accounts.register(form);
    await post("too_many_requests", null, "register", form);
    await post("credentials_invalid", null, "login", { login: form.email, password: PASSWORD });
    await post("credentials_invalid", null, "login", { login, password: "x" });
    await post("link_invalid", null, "verify_email", { token: "x" });
    await post("link_invalid", null, "reset_password", { token: "x" });
    await post("link_invalid", null, "undo_email_change", { token: "x" });
    const [changed, moved] = [{ new_password: OTHER_PASSWORD }, { email: form.email }];
    const proved = [
      ["change_password", changed, "old_password"], ["change_email", moved, "password"], ["delete_account", {}, "password"],
    ];
    for (const [action, json, proof] of proved) {
      await post("confirmation_required", await member.unconfirm(), action, json);
      await post("credentials_invalid", member, action, { ...json, [proof]: "x" });
    }
    await post("fields_invalid", member, "profile", { user_name: "x" });
    await post("fields_invalid", member, "change_password", { new_password: "x", old_password: PASSWORD });
    await post("fields_invalid", member, "change_email", { email: "x" });
    await post("fields_invalid", null, "request_reset_password", { login: "a b" });
    await post("fields_invalid", null, "remind_user_name", { email: "x" });
    await at.accounts.enter(login);
    await post("credentials_invalid", null, "login", { login, password: "x" });
    await member.send("POST", "/auth/api/change_email", { email: victim.form.email, password: PASSWORD });
    await at.accounts.follow(await at.accounts.mailTo(login, /^Shall/));
    const last = await at.accounts.mailTo(victim.form.email, /new e-mail/);
    await post("other_browser", null, "verify_email", { token: tokenOf(last) });
    await post("email_taken", member, "verify_email", { token: tokenOf(last) });
    const approval = createAccounts(at.runtime, "approval");
    const waiting = approval.somebody();
    await approval.register(waiting);
    await post("approval_pending", null, "login", { login: waiting.email, password: PASSWORD }, { accounts: approval });
    const status = "/auth/api/accounts/{account}/status";
    const real = status.replace("{account}", victim.account);
    await at.accounts.post("request_reset_password", { login: victim.form.email });
    const token = tokenOf(await at.accounts.mailTo(victim.form.email, /^Recover/));
    await post("fields_invalid", null, "reset_password", { token, password: "x" });
    await admin.send("PUT", real, { status: "disabled" });
    await problem("fields_invalid", admin, "post", "/auth/api/accounts", { email: "x" });
    await problem("account_unknown", admin, "put", status, { status: "active" }, { real: status.replace("{account}", "x") });
    await problem("account_unknown", admin, "get", "/auth/api/accounts/{account}", undefined, { real: "/auth/api/accounts/x" });
    const pending = { email: at.accounts.somebody().email, status: "pending" };
    const { json: made } = await asks(admin, "post", "/auth/api/accounts", pending);
    const hers = { real: status.replace("{account}", made.account) };
    await problem("transition_invalid", admin, "put", status, { status: "disabled" }, hers);
    await post("account_inactive", null, "login", { login: victim.form.email, password: PASSWORD });
  });
});
