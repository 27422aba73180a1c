// The client against the OpenAPI document of the Worker: every operation has its method, with all that can be asked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient, policy } from "countersign";
import { useRuntime } from "../support/runtime.mjs";
import { json } from "./fake.mjs";

const page = { limit: 2, after: "a" };
const permission = { name: "read", kind: "document", record: "42" };
const demand = { at: "decided", maxAge: 60, acr: "aal1", amr: "pwd" };
const asked = { prompt: "login", loginHint: "ada" };

/** The call of each operation, with whatever it can be asked. */
const CALLS = {
  Config: (client) => client.config(),
  OauthLogin: async ({ signInUrl }) => fetched(signInUrl("nobody", { next: "/", remember: true, maxAge: 0, ...asked })),
  PendingLink: (client) => client.pendingLink(),
  SettleLink: (client) => client.settleLink("add"),
  Identities: ({ identities }) => identities.list(),
  LinkIdentity: ({ identities }) => identities.linkUrl("nobody", { next: "/", ...asked }),
  UnlinkIdentity: ({ identities }) => identities.unlink("i"),
  ProviderToken: ({ identities }) => identities.token("i"),
  Session: (client) => client.session({ at: "decided" }),
  Refresh: (client) => client.refresh(),
  Logout: (client) => client.signOut(),
  Profile: (client) => client.profile(),
  UpdateProfile: (client) => client.updateProfile({ last_name: null }),
  Sessions: ({ sessions }) => sessions.list(),
  EndSession: ({ sessions }) => sessions.end("s"),
  EndOtherSessions: ({ sessions }) => sessions.endOthers(),
  Confirm: (client) => client.confirm({ password: "p" }),
  EndConfirmation: (client) => client.endConfirmation(),
  Register: (client) => client.register({ email: "a@b.c", password: "p" }),
  VerifyEmail: (client) => client.verifyEmail("t"),
  Login: (client) => client.signInWithPassword({ login: "ada", password: "p" }),
  ChangePassword: (client) => client.changePassword({ new_password: "n" }),
  ChangeEmail: (client) => client.changeEmail({ email: "n@b.c" }),
  UndoEmailChange: (client) => client.undoEmailChange("t"),
  RequestResetPassword: (client) => client.requestPasswordReset("ada"),
  ResetPassword: (client) => client.resetPassword({ token: "t" }),
  Remind: (client) => client.remindUserName("a@b.c"),
  Export: (client) => client.exportAccount(),
  DeleteAccount: (client) => client.deleteAccount(),
  Check: async (client) => {
    await client.check({ tag: "groups:a", permission, groupTag: "permissions:x", policy: policy.signedIn(), conditions: { a: true }, address: "::1" }, demand);
    await client.check({});
    await client.explain(policy.signedIn(), { at: "decided" });
  },
  Accounts: ({ accounts }) => accounts.list({ handle: "a", status: "active", tag: "groups:a", ...page }),
  CreateAccount: ({ accounts }) => accounts.create({ email: "a@b.c" }),
  ReadAccount: ({ accounts }) => accounts.get("a"),
  SetStatus: ({ accounts }) => accounts.setStatus("a", "blocked"),
  SessionsOf: ({ accounts }) => accounts.sessions("a"),
  EndSessionsOf: ({ accounts }) => accounts.endSessions("a"),
  EndSessionOf: ({ accounts }) => accounts.endSessions("a", "s"),
  EventsOf: ({ accounts }) => accounts.events("a", page),
  FindTags: ({ tags }) => tags.find("groups", "a", { mode: "any", kind: "account", ...page }),
  ReadTags: ({ tags }) => tags.get("groups", "account/a", { at: "decided" }),
  AddTags: ({ tags }) => tags.add("groups", "account/a", ["a"]),
  RemoveTags: ({ tags }) => tags.remove("groups", "account/a", ["a"]),
  HasPermission: async (client) => {
    await client.hasPermission("read", { kind: "document", record: "42", account: "a", at: "decided" });
    await client.inGroupWith("permissions:x");
  },
  Accessible: (client) => client.accessible("read", "document", { account: "a", ...page }),
  Groups: ({ groups }) => groups.list({ name: "a", ...page }),
  CreateGroup: ({ groups }) => groups.create({ name: "a" }),
  ReadGroup: ({ groups }) => groups.get("g"),
  DescribeGroup: ({ groups }) => groups.describe("g", "d"),
  DeleteGroup: ({ groups }) => groups.delete("g"),
  Members: ({ groups }) => groups.members("g", page),
  AddMember: ({ groups }) => groups.addMember("g", "a"),
  RemoveMember: ({ groups }) => groups.removeMember("g", "a"),
  Permissions: ({ groups }) => groups.permissions("g", page),
  GivePermission: ({ groups }) => groups.grant("g", permission),
  TakePermission: ({ groups }) => groups.revoke("g", permission),
  CreateLink: ({ links }) => links.create({ path: "/" }),
  Events: ({ events }) => events.list(page),
  ExplainRule: ({ rules }) => rules.explain({ uri: "/", method: "GET", account: "a" }),
  Rebuild: ({ projections }) => projections.rebuild(),
  Keys: ({ keys }) => keys.list(),
  RotateKeys: ({ keys }) => keys.rotate(),
};

/** What no client calls, and why. */
const OTHERS = {
  OauthCallback: "the provider sends her browser there",
  OauthFormCallback: "the same, by a form",
  VerifyEmailPage: "a mail's link leads there",
  UndoEmailChangePage: "a mail's link leads there",
  ResetPasswordPage: "a mail's link leads there",
  Jwks: "for who verifies tokens: `countersign/edge`",
  JwksWellKnown: "for who verifies tokens: `countersign/edge`",
  OpenApi: "for tools",
};

/** Parameters that are none of a client's. */
const GUARDS = { Check: ["link", "uri", "method"] };

const fetched = (url) => sent(new Request(url));

let runtime;
let operations;
let requests;

before(async () => {
  runtime = await useRuntime();
  const { paths } = await (await fetch(`${runtime.main}/auth/openapi.json`)).json();
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
});

after(() => runtime?.close());

function sent(request) {
  requests.push({ method: request.method, url: new URL(request.url) });
  return json(200, {});
}

test("every operation has a method of the client, or a reason to have none", () => {
  const named = [...Object.keys(CALLS), ...Object.keys(OTHERS)].sort();
  assert.deepEqual(operations.map(({ operationId }) => operationId).sort(), named);
});

for (const [id, call] of Object.entries(CALLS)) {
  test(`${id} is asked for as the document has it, with each of its parameters`, async () => {
    requests = [];
    const client = createClient({ origin: runtime.main, fetch: async (...request) => sent(new Request(...request)) });
    await call(client);
    const { method, path, parameters } = operations.find(({ operationId }) => operationId === id);
    const shape = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
    const own = requests.filter(({ url }) => id === "Refresh" || !url.pathname.endsWith("/refresh"));
    assert.ok(own.length > 0);
    for (const request of own) {
      assert.equal(request.method, method);
      assert.match(request.url.pathname, shape);
    }
    const given = new Set([...requests.flatMap(({ url }) => [...url.searchParams.keys()]), ...(GUARDS[id] ?? [])]);
    const declared = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
    assert.deepEqual([...given].sort(), declared.sort());
  });
}
