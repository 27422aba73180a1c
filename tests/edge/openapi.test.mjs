// The OpenAPI document against the Worker: what it says is there, and what is there it says.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { faults, resolve } from "../support/schema.mjs";

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

  const fill = (path) =>
    path.replace("{provider}", "hostile").replace("{set}", "groups").replace(/\{(record|account)\}/, person.account);

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
      for (const parameter of operation.parameters) assert.ok(parameter.schema && ["path", "query"].includes(parameter.in));
      for (const [status, response] of Object.entries(operation.responses)) {
        assert.match(status, /^[2-5]\d\d$/);
        assert.equal(typeof response.description, "string");
      }
    }
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    for (const [, reference] of references) resolve(document, reference);
  });

  it("every path and method in it exists", async () => {
    assert.ok(operations.length >= 34);
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
      ["get", "/auth/jwks.json"],
      ["get", "/.well-known/jwks.json"],
    ];
    for (const [method, path, { browser = admin.browser, body, query = "", path: real = path } = {}] of asked) {
      const page = await ask(method, real + query, browser, { body });
      const content = document.paths[path][method].responses[page.status]?.content;
      assert.ok(content, `${method} ${path}: ${page.status} ${page.text}`);
      assert.deepEqual(faults(content["application/json"].schema, page.json, document), [], `${method} ${path}`);
    }
    assert.equal((await ask("post", "/auth/api/logout", person.browser)).status, 204);
    assert.ok(document.paths["/auth/api/logout"].post.responses[204]);
    assert.equal((await ask("get", "/auth/oauth/hostile/login")).status, 303);
    assert.ok(document.paths["/auth/oauth/{provider}/login"].get.responses[303]);
  });
});
