// A wrong configuration: every fault is named, no secret is, and nothing is served but that.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

describe("configuration", () => {
  let runtime;

  before(async () => {
    runtime = await useRuntime();
  });

  after(() => runtime.close());

  const faultsOf = async (worker) => (await new Browser().get(`${runtime[worker]}/auth/session`)).json.faults;

  it("names every fault at once, by the name of the setting", async () => {
    const faults = await faultsOf("broken");
    const expected = [
      /^`COUNTERSIGN_SECRET`: .*32 characters/,
      /^`COUNTERSIGN_SECRET_PREVIOUS`: .*32 characters/,
      /^`COUNTERSIGN\.signing_algorithm`: must be one of ES256, EdDSA/,
      /^`COUNTERSIGN\.key_lifetime`: must be .*86400 to 31536000/,
      /^`COUNTERSIGN\.origin`: .*https/,
      /^`COUNTERSIGN\.admins\[0\]`: .*e-mail address/,
      /^`COUNTERSIGN\.access_lifetime`: must be .*30 to 3600/,
      /^`COUNTERSIGN\.providers\.Bad Name`: its name/,
      /^`COUNTERSIGN\.providers\.Bad Name\.issuer`: .*https/,
      /^`COUNTERSIGN\.providers\.Bad Name\.client_id`: /,
      /^`COUNTERSIGN\.providers\.Bad Name\.client_secret`: is missing/,
    ];
    for (const pattern of expected) {
      assert.ok(faults.some((fault) => pattern.test(fault)), `${pattern} in ${faults.join("\n")}`);
    }
    assert.equal(faults.length, expected.length, faults.join("\n"));
  });

  it("what is not even JSON is one fault", async () => {
    assert.deepEqual(await faultsOf("garbled"), ["`COUNTERSIGN`: must be a table, or its JSON text"]);
  });

  it("attack: a wrong configuration opens no door: every path of the Worker says 503 and nothing else", async () => {
    const described = (await new Browser().get(`${runtime.main}/auth/openapi.json`)).json;
    const endpoints = Object.entries(described.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [method, path]),
    );
    assert.ok(endpoints.length > 12);
    const others = [["get", "/.well-known/anything"], ["get", "/dev/anything"], ["get", "/auth"], ["post", "/auth/nothing"]];
    for (const worker of ["broken", "garbled"]) {
      for (const [method, path] of [...endpoints, ...others]) {
        const url = `${runtime[worker]}${path.replace(/\{\w+\}/g, "groups")}`;
        const page = await new Browser().request(url, { method: method.toUpperCase(), follow: false });
        assertProblem(page, 503, "configuration_invalid");
        assert.equal(page.headers.get("cache-control"), "no-store");
        assert.deepEqual(page.headers.getSetCookie(), []);
      }
    }
    assert.deepEqual(await runtime.kv("broken").list(), [], "no key was made");
  });

  it("attack: a token of the Worker beside it does not help", async () => {
    const people = await startPeople(runtime);
    const { token } = await people.admin().finally(people.close);
    const browser = new Browser();
    browser.headers = { authorization: `Bearer ${token}` };
    browser.cookies.set(runtime.garbled, "countersign", token);
    assertProblem(await browser.get(`${runtime.garbled}/auth/check`), 503, "configuration_invalid");
  });

  it("no value of a secret is in the message", async () => {
    const { text } = await new Browser().get(`${runtime.broken}/auth/session`);
    assert.ok(!text.includes("too short") && !text.includes("short too"), "those are the secrets of `broken`");
    const log = await runtime.log();
    assert.ok(!log.includes("a secret for tests only"), "nor in the log");
  });

  it("the static page is served nevertheless, with its own policy", async () => {
    for (const worker of ["broken", "main"]) {
      const page = await new Browser().get(`${runtime[worker]}/`);
      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-type"), /^text\/html/);
      assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
    }
  });

  it("what is offered: the providers and tag sets, with no secret and no issuer", async () => {
    const page = await new Browser().get(`${runtime.main}/auth/api/config`);
    const offered = page.json.providers.find(({ id }) => id === "demo");
    assert.deepEqual(offered, { id: "demo", kind: "oidc", name: "Demo school", mark: null, login: "/auth/oauth/demo/login" });
    assert.deepEqual(page.json.providers.map(({ id }) => id), ["demo", "campus", "hostile", "other"], "in the order of the configuration");
    assert.deepEqual(page.json.tag_sets, ["groups"]);
    assert.doesNotMatch(page.text, /secret|client|issuer/);
    assert.match(page.headers.get("cache-control"), /^public/);
  });

  it("the variable may be an object or its JSON text", async () => {
    const configOf = async (worker) => (await new Browser().get(`${runtime[worker]}/auth/api/config`)).json;
    assert.deepEqual(await configOf("brief"), await configOf("main"));
  });
});
