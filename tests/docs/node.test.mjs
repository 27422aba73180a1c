// docs/node.md, run: the service that guards its routes, and the program with an account of its own.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { freePorts } from "../../scripts/ports.mjs";
import { sendRaw } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { PASSWORD, withPeople } from "../support/accounts.mjs";
import { createProject } from "./compiler.mjs";
import { blockWith } from "./pages.mjs";
import { replaced, startScript } from "./running.mjs";

describe("the page for Node", () => {
  const at = withPeople();
  let project;

  before(async () => {
    project = await createProject();
  });
  after(() => project?.remove());

  describe("its service", () => {
    let service, origin, teacher, person;

    before(async () => {
      const [port] = await freePorts(1);
      origin = `http://127.0.0.1:${port}`;
      const { text } = blockWith("docs/node.md", "js", "guard.requireTag");
      await project.write({ "service.mjs": replaced(text, { "https://school.example": at.origin, "listen(3000)": `listen(${port}, "127.0.0.1")` }) });
      service = await startScript(project.folder, "service.mjs", origin);
      const admin = await at.people.admin();
      [teacher, person] = [await at.people.person(), await at.people.person()];
      await admin.giveTags(teacher, "teacher/physics");
      await teacher.send("POST", "/auth/refresh");
    });
    after(() => service?.close());

    const ask = (who, headers) => fetch(`${origin}/marks`, { headers: { ...(who && { cookie: who.browser.cookies.header(new URL(at.origin)) }), ...headers }, redirect: "manual" });

    it("lets in a teacher, by her cookie and by her token", async () => {
      for (const answer of [await ask(teacher), await ask(undefined, { authorization: `Bearer ${teacher.token}` })]) {
        assert.deepEqual([answer.status, await answer.text()], [200, `hello ${teacher.account}`]);
      }
    });

    it("refuses others, and nobody in particular", async () => {
      const refused = await ask(person);
      assert.deepEqual([refused.status, (await refused.json()).code], [403, "tag_missing"]);
      assert.equal((await ask()).status, 401);
    });

    it("attack: GET //, TRACE and the like end no process", async () => {
      for (const odd of [{ path: "//" }, { path: "///" }, { path: "http://" }, { method: "TRACE" }]) {
        const { status } = await sendRaw(origin, odd);
        assert.equal(status, 400, JSON.stringify(odd));
      }
      assert.equal((await sendRaw(origin, { path: "*", method: "OPTIONS" })).status, 401);
      assert.equal((await ask(teacher)).status, 200, "it answers as before");
    });

    it("sends a browser to sign in and back", async () => {
      // A library for programs says itself that it goes nowhere.
      const { status, head } = await sendRaw(origin, { path: "/marks", headers: [["Accept", "text/html"], ["Sec-Fetch-Mode", "navigate"]] });
      assert.equal(status, 303);
      assert.match(head, new RegExp(`^location: ${at.origin}/\\?next=%2Fmarks\\r?$`, "im"));
    });
  });

  for (const [runtime, call] of [["deno", "Deno.serve("], ["bun", "Bun.serve("]]) {
    it(`the same in ${runtime}`, async () => {
      const [port] = await freePorts(1);
      const { text } = blockWith("docs/node.md", "ts", call);
      await project.write({ [`${runtime}.ts`]: replaced(text, { "https://school.example": at.origin, "port: 3000": `port: ${port}` }) });
      const service = await startScript(project.folder, `${runtime}.ts`, `http://127.0.0.1:${port}`, runtime);
      try {
        const person = await at.people.person();
        const ask = (headers) => fetch(`http://127.0.0.1:${port}/`, { headers });
        assert.equal((await ask()).status, 401);
        assert.equal(await (await ask({ authorization: `Bearer ${person.token}` })).text(), `hello ${person.account}`);
      } finally {
        await service.close();
      }
    });
  }

  describe("its program", () => {
    let folder;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "countersign-program-"));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("signs in once, stays signed in, and keeps its tokens where nobody else reads them", async () => {
      const { form, account } = await at.accounts.member();
      const { text } = blockWith("docs/node.md", "js", 'mode: "bearer"');
      const file = join(folder, "tokens.json");
      const program = (password) => `
        Object.assign(process.env, ${JSON.stringify({ SCHOOL_LOGIN: form.email, SCHOOL_PASSWORD: password })});
        ${replaced(text, { "https://school.example": at.origin, "tokens.json": file, "/api/marks": "/auth/session" })}
        console.log((await answer.json()).session.account);
      `;
      assert.equal(await project.run(program(PASSWORD)), account);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const { access_token } = JSON.parse(await readFile(file, "utf8"));
      assert.equal(await project.run(program("another password than hers")), account, "the second run does not sign in anew");
      const answer = await new Browser().get(`${at.origin}/auth/session`, { headers: { authorization: `Bearer ${access_token}` } });
      assert.equal(answer.json.session.account, account);
    });
  });
});
