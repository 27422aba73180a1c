// docs/own-worker.md, run in workerd: a Worker that guards its routes, and one that is wrapped around the deployment.

import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { Miniflare } from "miniflare";
import { bundleWorker } from "../../scripts/bundle.mjs";
import { root } from "../../scripts/paths.mjs";
import { PASSWORD, withPeople } from "../support/accounts.mjs";
import { createProject } from "./compiler.mjs";
import { blockWith } from "./pages.mjs";
import { replaced } from "./running.mjs";

const PAGE = "docs/own-worker.md";
const DATE = "2026-04-01";

describe("the page for a Worker of one's own", () => {
  const at = withPeople();
  let project, workers;

  before(async () => {
    project = await createProject();
    symlinkSync(join(root, "build"), join(project.folder, "build"));
    workers = [];
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.dispose()));
    await project?.remove();
  });

  async function start(source, options) {
    const worker = new Miniflare({ modules: await bundleWorker(source, project.folder), compatibilityDate: DATE, cf: false, ...options });
    workers.push(worker);
    await worker.ready;
    return worker;
  }

  it("its guard lets in a teacher, as KV has it, and nobody else", async () => {
    const { text } = blockWith(PAGE, "js", "binding: env.COUNTERSIGN");
    const source = replaced(text, { "https://app.example": at.origin, "groups:teacher": "groups:admin" });
    const asked = [];
    const deployment = async (request) => {
      const { pathname, search } = new URL(request.url);
      asked.push(pathname);
      return fetch(`${at.origin}${pathname}${search}`, { headers: [...request.headers].filter(([name]) => name !== "host"), redirect: "manual" }).then(answered);
    };
    const worker = await start(source, { serviceBindings: { COUNTERSIGN: deployment } });
    const ask = (who) => worker.dispatchFetch("https://app.example/marks", { headers: who ? { cookie: who.browser.cookies.header(new URL(at.origin)) } : {} });
    const [admin, person] = [await at.people.admin(), await at.people.person()];
    const good = await ask(admin);
    assert.deepEqual([good.status, await good.text()], [200, `the marks of class 7b, for ${admin.account}`]);
    assert.ok(asked.includes("/auth/check"), "the deployment was asked through the binding");
    const refused = await ask(person);
    assert.deepEqual([refused.status, (await refused.json()).code], [403, "tag_missing"]);
    assert.equal((await ask()).status, 401);
  });

  it("attack: asking with a spent access token costs nobody her session", async () => {
    const { text } = blockWith(PAGE, "js", "binding: env.COUNTERSIGN");
    const worker = await start(replaced(text, { "https://app.example": at.origin }), { serviceBindings: { COUNTERSIGN: () => answered(new Response(null, { status: 500 })) } });
    const person = await at.people.person();
    const cookie = `countersign-refresh=${person.refreshToken}`;
    for (let time = 0; time < 3; time += 1) assert.equal((await worker.dispatchFetch("https://app.example/", { headers: { cookie } })).status, 401);
    assert.equal((await person.get("/auth/session")).json.session.account, person.account);
  });

  for (const [form, told] of [["a table", (configuration) => configuration], ["JSON text, as in .dev.vars", JSON.stringify]]) {
    it(`wrapped around the deployment, one Worker answers for both; its configuration is ${form}`, () => answersForBoth(told));
  }

  async function answersForBoth(told) {
    const origin = "http://localhost:8787";
    const classes = ["Account", "Directory", "Keyring", "Replay"];
    const worker = await start(blockWith(PAGE, "js", "extends Countersign").text, {
      bindings: { COUNTERSIGN_SECRET: "a secret for tests only, long enough to be one", COUNTERSIGN: told(open(origin)) },
      kvNamespaces: ["KV"],
      durableObjects: Object.fromEntries(classes.map((className) => [className.toUpperCase(), { className, useSQLite: true }])),
      // The dictionary of passwords lies there.
      assets: { directory: join(root, "build", "site"), binding: "ASSETS", routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true } },
      ratelimits: { LIMIT: { simple: { limit: 100, period: 60 } } },
    });
    const ask = (path, options) => worker.dispatchFetch(`${origin}${path}`, options);
    const send = (path, json) => ask(path, { method: "POST", headers: { origin, "content-type": "application/json" }, body: JSON.stringify(json) });
    assert.equal((await ask("/auth/api/config")).status, 200, "what is Countersign's it answers");
    assert.equal((await ask("/api/hello")).status, 401);
    assert.equal((await send("/auth/api/register", { email: "ada@school.example", password: PASSWORD })).status, 202);
    const signedIn = await send("/auth/api/login", { login: "ada@school.example", password: PASSWORD, mode: "bearer" });
    const { access_token } = await signedIn.json();
    const good = await ask("/api/hello", { headers: { authorization: `Bearer ${access_token}` } });
    assert.equal(good.status, 200, await good.clone().text());
    assert.match((await good.json()).hello, /^[0-9a-f]{32}$/);
  }

  it("any library verifies the token", async () => {
    const { text } = blockWith(PAGE, "js", "createRemoteJWKSet");
    const person = await at.people.person();
    const body = replaced(text, { "https://app.example": at.origin }).replace(/^import .*$/m, "");
    const verify = new Function("createRemoteJWKSet", "jwtVerify", "token", `return (async () => { ${body}; return payload; })()`);
    const { sub } = await verify(createRemoteJWKSet, jwtVerify, person.token);
    assert.equal(sub, person.account);
    await assert.rejects(verify(createRemoteJWKSet, jwtVerify, `${person.token.slice(0, -4)}AAAA`));
  });
});

/** A deployment where whoever registers is in at once. */
function open(origin) {
  return {
    origin,
    development: true,
    providers: {},
    accounts: { registration: "open", password: { memory_kib: 7168, iterations: 5 } },
    mail: { from: "School <no-reply@app.example>", transport: "mailbox" },
  };
}

/** An answer of this process as one of miniflare's. */
async function answered(response) {
  const { Response: Answer } = await import("miniflare");
  return new Answer(await response.text(), { status: response.status, headers: Object.fromEntries(response.headers) });
}
