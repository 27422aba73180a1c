// The OpenAPI document against the Worker: what it says is there, and what is there it says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { unique } from "../support/attackers.mjs";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { assertDescribed, faults, resolve, responseOf } from "../support/schema.mjs";

const methods = ["get", "post", "put", "patch", "delete", "options"];

describe("the OpenAPI document", () => {
  let runtime, main, people, admin, person, document, operations;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
    admin = await people.admin();
    person = await people.person();
    document = (await new Browser().get(`${main}/auth/openapi.json`)).json;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  const fill = (path) => {
    const values = { provider: "nobody", set: "groups", kind: "account", id: person.account, account: person.account, group: person.account, sid: person.sid };
    return path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? assert.fail(`${path}: what is \`${name}\`?`));
  };

  const ask = (method, path, browser = new Browser(), options = {}) => {
    const headers = { origin: main, ...(options.body && { "content-type": "application/json" }), ...options.headers };
    return browser.request(`${main}${path}`, { follow: false, ...options, method: method.toUpperCase(), headers });
  };

  it("has the shape of OpenAPI 3.1", () => {
    assert.match(document.openapi, /^3\.1\.\d+$/);
    assert.deepEqual(document.servers, [{ url: main }]);
    for (const field of ["title", "version"]) assert.equal(typeof document.info[field], "string");
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length, `operationId is unique: ${ids}`);
    for (const { path, method, operation } of operations) {
      assert.ok(methods.includes(method), method);
      assert.ok(operation.summary, `${method} ${path} has a summary`);
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      assert.deepEqual(inPath.map(({ name }) => `{${name}}`), path.match(/\{\w+\}/g) ?? []);
      assert.ok(inPath.every(({ required }) => required === true));
      for (const parameter of operation.parameters) {
        assert.ok(parameter.schema ?? parameter.content["application/json"].schema, `${method} ${path}: ${parameter.name}`);
        assert.ok(parameter.description && ["path", "query"].includes(parameter.in));
      }
      assert.deepEqual(operation.tags.filter((tag) => !document.tags.some(({ name }) => name === tag)), []);
      for (const scheme of operation.security.flatMap(Object.keys)) assert.ok(document.components.securitySchemes[scheme], scheme);
      for (const status of Object.keys(operation.responses)) {
        assert.match(status, /^[2-5]\d\d$/);
        assert.equal(typeof responseOf(document, operation, status).description, "string");
      }
    }
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    for (const [, reference] of references) resolve(document, reference);
  });

  it("is valid by the schema of OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors, null, 2));
  });

  it("is the one that the sources have, at this origin", () => {
    const written = JSON.parse(readFileSync(new URL("../../src/http/openapi.json", import.meta.url), "utf8"));
    assert.deepEqual(document, { ...written, servers: [{ url: main }] });
  });

  it("every path and method in it exists", async () => {
    assert.ok(operations.length >= 60);
    for (const { path, method } of operations) {
      const page = await ask(method, fill(path));
      const code = page.status >= 400 ? page.json.code : undefined;
      assert.ok(!["not_found", "method_not_allowed"].includes(code), `${method} ${path}: ${page.status} ${code}`);
    }
  });

  it("no other method and no other path exists", async () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of methods.filter((name) => !item[name])) {
        const page = await ask(method, fill(path), admin.browser);
        assert.equal(page.status, 405, `${method} ${path}`);
        const allowed = Object.keys(item).map((name) => name.toUpperCase());
        assert.deepEqual(page.headers.get("allow").split(", ").sort(), allowed.sort());
      }
    }
    const guesses = [
      "/auth/login", "/auth/logout", "/auth/api", "/auth/api/tags", "/auth/api/account", "/auth/api/session",
      "/auth/oauth/demo", "/auth/token", "/auth/userinfo", "/auth/introspect", "/auth/admin", "/auth/keys",
      "/auth/config", "/auth/openapi", "/.well-known/openid-configuration",
      "/.well-known/oauth-authorization-server", "/dev", "/dev/mail",
    ];
    for (const path of guesses) assert.equal((await ask("get", path, admin.browser)).status, 404, path);
  });

  it("good answers are as it describes them", async () => {
    const tags = `/auth/api/tags/groups/account/${person.account}`;
    const body = '{"tags":["described"]}';
    const asked = [
      ["get", "/auth/api/config"],
      ["get", "/auth/session"],
      ["get", "/auth/session", { browser: new Browser() }],
      ["post", "/auth/refresh"],
      ["get", "/auth/api/profile"],
      ["get", "/auth/check", { query: "?tag=groups:admin" }],
      ["get", "/auth/check", { query: "?at=decided" }],
      ["put", "/auth/api/tags/{set}/{kind}/{id}", { path: tags, body }],
      ["get", "/auth/api/tags/{set}/{kind}/{id}", { path: tags }],
      ["get", "/auth/api/tags/{set}", { path: "/auth/api/tags/groups", query: "?find=described&limit=1" }],
      ["delete", "/auth/api/tags/{set}/{kind}/{id}", { path: tags, body }],
      ...(await authorization()),
      ["get", "/auth/jwks.json"],
      ["get", "/.well-known/jwks.json"],
      ["get", "/auth/openapi.json"],
    ];
    for (const [method, path, { browser = admin.browser, body, query = "", path: real = path } = {}] of asked) {
      const page = await ask(method, real + query, browser, { body });
      const { requestBody } = document.paths[path][method];
      assert.ok(page.status < 300, `${method} ${path}: ${page.status} ${page.text}`);
      assertDescribed(document, method, path, page);
      if (body) assert.deepEqual(faults(requestBody.content["application/json"].schema, JSON.parse(body), document), []);
    }
    const sessions = `/auth/api/accounts/${person.account}/sessions`;
    assert.equal((await ask("delete", `${sessions}/${person.sid}`, admin.browser)).status, 204);
    assert.deepEqual((await ask("delete", sessions, admin.browser)).json, { ended: 0 });
    const { schema } = document.paths["/auth/api/accounts/{account}/sessions"].delete.responses[200].content["application/json"];
    assert.deepEqual(faults(schema, { ended: 0 }, document), []);
    assert.equal((await ask("post", "/auth/api/logout", admin.browser)).status, 204);
    assert.ok(document.paths["/auth/api/logout"].post.responses[204]);
    assert.equal((await ask("get", "/auth/oauth/hostile/login")).status, 303);
    assert.ok(document.paths["/auth/oauth/{provider}/login"].get.responses[303]);
  });

  /** Each endpoint of authorization and administration, on a group and an account that are there. */
  async function authorization() {
    const made = await ask("post", "/auth/api/groups", admin.browser, { body: JSON.stringify({ name: unique("described") }) });
    const { group } = made.json;
    const permission = { name: "read", kind: "document", record: "42" };
    const asked = new URLSearchParams({ permission: permission.name, kind: permission.kind, record: permission.record });
    const explained = new URLSearchParams({ policy: JSON.stringify({ or: [{ has_tag: "groups:admin" }, { not: "verified" }] }), explain: "1" });
    const groups = "/auth/api/groups";
    const at = (path) => ({ path: fill(path.replace("{group}", group)) });
    const one = (method, path, json, query) => [method, path, { ...at(path), query, body: json && JSON.stringify(json) }];
    const [below, account] = [`${groups}/{group}`, "/auth/api/accounts/{account}"];
    return [
      ["post", groups, { body: JSON.stringify({ name: unique("described"), description: "Described" }) }],
      ["get", groups, { query: "?limit=2" }],
      one("get", below),
      one("put", below, { description: "Otherwise" }),
      one("put", `${below}/members/{account}`),
      ["put", `${below}/members/{account}`, { path: `${groups}/${group}/members/${admin.account}` }],
      one("get", `${below}/members`, undefined, "?limit=1"),
      one("put", `${below}/permissions`, permission),
      one("put", `${below}/permissions`, { name: "read" }),
      one("get", `${below}/permissions`),
      ["get", "/auth/api/permissions", { query: "?name=read" }],
      ["get", "/auth/api/permissions", { query: "?group_tag=groups:x&at=replicated" }],
      ["get", "/auth/api/permissions/records", { query: "?name=read&kind=document" }],
      ["get", "/auth/check", { query: `?${asked}` }],
      ["get", "/auth/check", { query: `?${explained}` }],
      one("delete", `${below}/permissions`, { name: "read" }),
      ["delete", `${below}/members/{account}`, { path: `${groups}/${group}/members/${admin.account}` }],
      one("delete", `${below}/members/{account}`),
      one("delete", below),
      ["get", "/auth/api/accounts", { query: "?limit=3" }],
      one("get", `${account}/sessions`),
      one("get", `${account}/events`),
      ["get", "/auth/api/events", { query: "?limit=20" }],
      ["post", "/auth/api/links", { body: JSON.stringify({ path: "/described?x=y", method: "GET", lifetime: 60, account: admin.account, once: true }) }],
      ["get", "/auth/api/rules", { query: "?uri=/described" }],
      ["post", "/auth/api/projections/rebuild"],
    ];
  }
});
