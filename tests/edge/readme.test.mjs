// The guard that README.md shows for another Worker, run as it stands there. Its service binding is the Worker under test.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { Browser } from "../support/browser.mjs";
import { useRuntime } from "../support/runtime.mjs";

describe("the guard of the README", () => {
  let runtime, other, env, file;

  before(async () => {
    runtime = await useRuntime();
    const [, code] = readFileSync(join(root, "README.md"), "utf8").match(/```js\n(import \{ createGuard \}[^]*?)```/);
    const here = code.replace("groups:teacher", "groups:admin").replace("https://app.example.com", runtime.main);
    // In the repository, where the package is found by its name.
    file = join(root, "build", `readme-${process.pid}.mjs`);
    writeFileSync(file, here);
    ({ default: other } = await import(file));
    env = { COUNTERSIGN: { fetch: (url, init) => fetch(new URL(new URL(url).pathname + new URL(url).search, runtime.main), init) } };
  });
  after(async () => {
    if (file) rmSync(file);
    await runtime?.close();
  });

  const ask = (cookie) => other.fetch(new Request("https://app.example/marks", { headers: cookie ? { cookie } : {} }), env);
  const cookiesOf = (browser) => browser.cookies.for(runtime.main).map(({ name, value }) => `${name}=${value}`).join("; ");

  it("lets in who carries the tag", async () => {
    const ada = new Browser();
    await ada.signIn(runtime.main, "ada");
    const answer = await ask(cookiesOf(ada));
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /^the marks of class 7b, for [0-9a-f]{32}$/);
  });

  it("answers 403 to who does not, and 401 to nobody", async () => {
    const ben = new Browser();
    await ben.signIn(runtime.main, "ben");
    assert.equal((await ask(cookiesOf(ben))).status, 403);
    assert.equal((await ask()).status, 401);
  });

  it("attack: asking with a spent access token costs nobody her session", async () => {
    const ada = new Browser();
    await ada.signIn(runtime.main, "ada");
    ada.cookies.remove(runtime.main, "countersign");
    for (let time = 0; time < 3; time += 1) assert.equal((await ask(cookiesOf(ada))).status, 401);
    assert.equal((await ada.get(`${runtime.main}/auth/session`)).json.session.tags.groups[0], "admin");
  });
});
