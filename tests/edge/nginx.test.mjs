// A reverse proxy that asks about each request: nginx, with the configuration that users copy, in front of a small application.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { freePorts } from "../../scripts/ports.mjs";
import { sendRaw } from "../support/attack.mjs";
import { Browser } from "../support/browser.mjs";
import { startApplication, startNginx } from "../support/nginx.mjs";
import { startPeople } from "../support/people.mjs";
import { useRuntime } from "../support/runtime.mjs";

const ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8";
const HTML = { accept: ACCEPT };
const FORGED = {
  "x-countersign-account": "0".repeat(32),
  "X-COUNTERSIGN-SESSION": "forged",
  "X-Countersign-Tags": '{"groups":["admin"]}',
  "x-countersign-auth-time": "9999999999",
  "x-countersign-amr": "pwd",
  "x-countersign-link": "0".repeat(32),
  "x-countersign-sign-in": "https://forged.example/",
};

describe("nginx with auth_request", () => {
  let runtime, origin, application, nginx, people, admin, ports;

  before(async () => {
    runtime = await useRuntime();
    origin = runtime.nginx;
    ports = await freePorts(3);
    application = await startApplication(ports[0]);
    nginx = await startNginx({ origin, countersign: runtime.proxied, application: `http://127.0.0.1:${ports[0]}` });
    // Everybody comes through nginx, also to sign in.
    people = await startPeople(runtime, "nginx");
    admin = await people.admin();
  });

  after(async () => {
    await people?.close();
    await nginx?.close();
    await application?.close();
    await runtime?.close();
  });

  beforeEach(() => {
    application.requests.length = 0;
  });

  const get = (browser, path, headers) => browser.get(`${origin}${path}`, { headers, follow: false });

  /** Goes somewhere as a browser does, which says so; a library for programs cannot. Resolves with the status and where it is sent. */
  async function go(browser, path, headers = { "Sec-Fetch-Mode": "navigate" }) {
    const cookie = browser.cookies.header(origin);
    const sent = { Accept: ACCEPT, ...(cookie && { Cookie: cookie }), ...headers };
    const { status, head } = await sendRaw(origin, { path, headers: Object.entries(sent) });
    const header = (name) => head.match(new RegExp(`^${name}: (.*?)\\r?$`, "im"))?.[1] ?? null;
    return { status, location: header("location"), cache: header("cache-control") };
  }

  /** The application got this request, and no other; resolves with who asks, as it was told. */
  function identity() {
    assert.equal(application.requests.length, 1);
    const names = Object.entries(application.requests[0].headers).filter(([name]) => /countersign[-_]/.test(name));
    return Object.fromEntries(names.map(([name, value]) => [name.replace("x-countersign-", ""), value]));
  }

  const untouched = () => assert.deepEqual(application.requests, [], "nothing of it reached the application");

  async function teacher() {
    const person = await people.person();
    await admin.giveTags(person, "teacher/caf\u00e9");
    await person.send("POST", "/auth/refresh");
    return person;
  }

  describe("who is signed out", () => {
    it("is sent to sign in and back, if it is a browser that goes somewhere", async () => {
      const expected = `${origin}/sign-in?from=here&next=%2Fhome%2Fa%3Fb%3Dc%2520d`;
      const sent = { status: 302, location: expected, cache: "no-store" };
      assert.deepEqual(await go(new Browser(), "/home/a?b=c%20d"), sent);
      assert.deepEqual(await go(new Browser(), "/home/a?b=c%20d", {}), sent, "an old one does not say that it goes somewhere");
      untouched();
    });

    it("gets a 401 and how to authenticate, if it is a program", async () => {
      for (const headers of [{}, { accept: "application/json" }, HTML]) {
        const page = await get(new Browser(), "/home/a", headers);
        assert.deepEqual([page.status, page.json], [401, { title: "Unauthorized", status: 401 }]);
        assert.match(page.headers.get("content-type"), /^application\/problem\+json/);
        assert.equal(page.headers.get("www-authenticate"), "Bearer");
      }
      const sent = await new Browser().request(`${origin}/home/a`, { method: "POST", headers: HTML, body: "x", follow: false });
      assert.equal(sent.status, 401, "a form that is sent goes nowhere");
      untouched();
    });

    it("sees what is public, and is nobody for the application", async () => {
      const page = await get(new Browser(), "/public/a%20b?c=%2F..%2F");
      assert.equal(page.status, 200);
      assert.deepEqual(identity(), {});
      assert.equal(application.requests[0].url, "/public/a%20b?c=%2F..%2F", "the target as it came");
    });
  });

  describe("who is signed in", () => {
    it("passes, and the application is told who it is", async () => {
      const person = await teacher();
      const page = await get(person.browser, "/home/a?b=c");
      assert.equal(page.status, 200, page.text);
      const { account, session, tags, "auth-time": time, amr } = identity();
      assert.deepEqual([account, session, Number(time), amr], [person.account, person.sid, person.auth_time, "fed"]);
      assert.deepEqual(JSON.parse(tags), { groups: ["teacher/caf\u00e9"] });
      assert.equal(page.headers.get("x-countersign-account"), null, "that is for the application alone");
    });

    it("sends what it sends: the method and the body are the application's", async () => {
      const person = await people.person();
      const headers = { "content-type": "text/plain" };
      const page = await person.browser.request(`${origin}/home/form`, { method: "POST", headers, body: "of this and that" });
      assert.deepEqual([page.status, page.json.method, page.json.body], [200, "POST", "of this and that"]);
    });

    it("gets a 403 where it may not, and is not sent to sign in", async () => {
      const person = await people.person();
      for (const path of ["/admin/secret", "/lessons/1", "/elsewhere"]) {
        const { status, location } = await go(person.browser, path);
        assert.deepEqual([status, location], [403, null], path);
      }
      untouched();
      assert.equal((await go(admin.browser, "/admin/secret")).status, 200);
    });

    it("is sent to prove who it is where a fresh proof is missing", async () => {
      const person = await people.person();
      assert.equal((await go(person.browser, "/vault")).status, 200);
      await person.unconfirm();
      const { status, location } = await go(person.browser, "/vault");
      assert.deepEqual([status, location], [302, `${origin}/sign-in?from=here&next=%2Fvault&max_age=600`]);
      const program = await get(person.browser, "/vault");
      assert.match(program.headers.get("www-authenticate"), /insufficient_user_authentication.*max_age="600"/);
      assert.equal(application.requests.length, 1);
    });

    it("is refused once its session has ended", async () => {
      const person = await people.person();
      const left = person.browser.clone();
      await person.send("POST", "/auth/api/logout");
      assert.equal((await get(left, "/kept")).status, 401);
      untouched();
    });
  });

  describe("attacks", () => {
    it("attack: identity headers from outside never reach the application", async () => {
      const person = await people.person();
      assert.equal((await get(new Browser(), "/public/x", FORGED)).status, 200);
      assert.deepEqual(identity(), {});
      application.requests.length = 0;
      assert.equal((await get(person.browser, "/home/x", FORGED)).status, 200);
      const { account, session, tags, link } = identity();
      assert.deepEqual([account, session, tags, link], [person.account, person.sid, "{}", undefined]);
    });

    it("attack: nor do such that differ by an underscore, come twice or have another case", async () => {
      const names = ["X_Countersign_Account", "X-Countersign_Account", "x_countersign-tags", "X-Countersign-Account", "X-COUNTERSIGN-ACCOUNT"];
      const { status } = await sendRaw(origin, { path: "/public/x", headers: names.map((name) => [name, "forged"]) });
      assert.equal(status, 200);
      assert.deepEqual(identity(), {});
      assert.doesNotMatch(JSON.stringify(application.requests), /forged/);
    });

    it("attack: a target or a method that somebody outside names is not looked at", async () => {
      const person = await people.person();
      for (const name of ["X-Original-URI", "X-Forwarded-Uri", "X-Original-URL", "X-Rewrite-URL"]) {
        assert.equal((await get(person.browser, "/admin/secret", { [name]: "/public/x" })).status, 403, name);
      }
      for (const name of ["X-Original-Method", "X-Forwarded-Method", "X-HTTP-Method-Override"]) {
        assert.equal((await get(person.browser, "/admin/secret", { [name]: "GET" })).status, 403, name);
      }
      untouched();
      const { location } = await go(new Browser(), "/home/x", { "Sec-Fetch-Mode": "navigate", "X-Forwarded-Host": "evil.example" });
      assert.equal(location, `${origin}/sign-in?from=here&next=%2Fhome%2Fx`);
    });

    const spellings = [
      "/public/../admin/secret", "/public/%2e%2e/admin/secret", "/public/..%2fadmin/secret", "//admin/secret", "/public//admin/secret",
      "/public/..;/admin/secret", "/public/..%5cadmin/secret", "/public/%252e%252e/admin/secret", "/admin;x/secret", "/./admin/secret",
      "/ADMIN/secret", "/auth/../admin/secret", "/auth//../admin/secret", "/auth/%2e%2e/admin/secret", "/admin/secret/..", "/countersign-check/../admin/secret",
    ];

    for (const path of spellings) {
      it(`attack: \`${path}\` does not reach the application (Better Auth GHSA-x732-6j76-qmhm)`, async () => {
        const cookie = ["Cookie", admin.browser.cookies.header(origin)];
        const { status } = await sendRaw(origin, { path, headers: [cookie] });
        assert.ok([400, 403, 404].includes(status), String(status));
        untouched();
      });
    }

    it("attack: a target in absolute form is the path that it names", async () => {
      const { status } = await sendRaw(origin, { path: `${origin}/admin/secret` });
      assert.equal(status, 401);
      untouched();
    });

    it("attack: the location of the question cannot be asked from outside", async () => {
      assert.equal((await get(admin.browser, "/countersign-check")).status, 404);
      untouched();
    });
  });

  describe("signed links", () => {
    const make = async (body) => {
      const page = await admin.send("POST", "/auth/api/links", body);
      assert.equal(page.status, 201, page.text);
      return page.json.url;
    };

    it("one for one use downloads once, whoever has it", async () => {
      const url = await make({ path: "/home/report.pdf?page=2", once: true });
      assert.ok(url.startsWith(`${origin}/home/report.pdf?page=2&countersign-link=`), url);
      const first = await new Browser().get(url);
      assert.equal(first.status, 200, first.text);
      assert.deepEqual(identity(), { link: admin.account }, "nobody, by a link of hers");
      const second = await new Browser().get(url);
      assert.equal(second.status, 403);
      assert.equal(application.requests.length, 1);
    });

    it("one for another path, another method or nothing at all opens nothing", async () => {
      const token = new URL(await make({ path: "/home/report.pdf" })).searchParams.get("countersign-link");
      for (const path of ["/home/other.pdf", "/home/report.pdf/more", "/home/report.pdf?x=y"]) {
        const mark = path.includes("?") ? "&" : "?";
        assert.equal((await get(new Browser(), `${path}${mark}countersign-link=${token}`)).status, 403, path);
      }
      const url = `${origin}/home/report.pdf?countersign-link=`;
      assert.equal((await new Browser().request(url + token, { method: "POST", body: "x" })).status, 403);
      assert.equal((await new Browser().get(`${url}x`)).status, 403);
      untouched();
      assert.equal((await new Browser().get(url + token)).status, 200);
    });
  });

  it("attack: where Countersign does not answer nobody passes, not even to what is public", async () => {
    const [, own, nothing] = ports;
    const alone = `http://localhost:${own}`;
    const orphan = await startNginx({ origin: alone, countersign: `http://localhost:${nothing}`, application: `http://127.0.0.1:${ports[0]}` });
    try {
      for (const path of ["/public/x", "/home/x", "/admin/x"]) {
        const page = await admin.browser.get(`${alone}${path}`, { headers: HTML, follow: false });
        assert.equal(page.status, 500, path);
      }
      untouched();
      assert.match(await orphan.log(), /auth request unexpected status: 502/);
    } finally {
      await orphan.close();
    }
  });
});
