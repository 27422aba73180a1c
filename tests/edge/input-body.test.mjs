// Bodies that are too large, of another type, or not what the endpoint takes.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertProblem } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const KB = 1024;

describe("bad bodies", () => {
  let runtime, main, people, admin, tags;

  before(async () => {
    runtime = await useRuntime();
    main = runtime.main;
    people = await startPeople(runtime);
    admin = await people.admin();
    tags = `/auth/api/tags/groups/account/${admin.account}`;
  });

  after(async () => {
    await people.close();
    await runtime.close();
  });

  /** As bytes: for a text, `fetch` would add a content type by itself. */
  const put = (body, type) => {
    const headers = { origin: main, ...(type && { "content-type": type }) };
    return admin.browser.request(`${main}${tags}`, { method: "PUT", body: Buffer.from(body), headers });
  };

  it("a body of 1 MB, at the limit, and one byte above", async () => {
    assertProblem(await put(JSON.stringify({ tags: ["x".repeat(KB * KB)] }), "application/json"), 413, "body_too_large");
    assertProblem(await new Browser().post(`${main}/auth/api/logout`, "x".repeat(KB * KB)), 413, "body_too_large");
    const sized = (size) => `{"tags":[]}`.padEnd(size, " ");
    assert.equal((await put(sized(64 * KB), "application/json")).status, 200);
    assertProblem(await put(sized(64 * KB + 1), "application/json"), 413, "body_too_large");
  });

  it("attack: JSON that is sent as something else, as a form of another site could", async () => {
    const json = JSON.stringify({ tags: ["x"] });
    for (const type of [
      "text/plain", "text/plain;charset=application/json", "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x", "application/jsonp", undefined,
    ]) {
      assertProblem(await put(json, type), 415, "content_type_unsupported");
    }
    assert.equal((await put('{"tags":[]}', "Application/JSON; charset=utf-8")).status, 200);
  });

  it("a body that is not what the endpoint takes", async () => {
    const bodies = [
      "", "{", "null", "[]", "{}", '"x"', '{"tags":"x"}', '{"tags":[1]}', '{"tags":{}}', '{"tags":null}',
      '{"tags":[]}{}', "\u0000", "[".repeat(60_000),
    ];
    for (const body of bodies) assertProblem(await put(body, "application/json"), 400, "body_invalid");
    assertProblem(await put(Buffer.from([0x7b, 0xff, 0x7d]), "application/json"), 400, "body_invalid");
  });

  it("attack: members that nobody asked for are refused, not ignored", async () => {
    for (const body of [
      '{"tags":[],"account":"x"}', '{"tags":[],"role":"admin"}', '{"tags":[],"__proto__":{}}',
      '{"tags":[],"tags":["x"]}',
    ]) {
      assertProblem(await put(body, "application/json"), 400, "body_invalid");
    }
  });
});
