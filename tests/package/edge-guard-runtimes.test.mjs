// `countersign/edge` as it is installed, in Deno and in Bun. Both come from npm, once, into the cache: they are too large to be
// installed by everybody who works on this.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { cache } from "../../scripts/paths.mjs";
import { byJose, createIssuer, issuer } from "../support/guarded.mjs";
import { createConsumer } from "./consumer.mjs";

const execute = promisify(execFile);
const folder = join(cache, "tools", "runtimes-deno-2.9.6-bun-1.4.5");
const { arch, platform } = process;
const bun = join(folder, "node_modules", "@oven", `bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, "bin", "bun");
const deno = join(folder, "node_modules", "@deno", `${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, "deno");
const runtimes = { Deno: [deno, "run", "--allow-read"], Bun: [bun] };

let consumer;
let tokens;
let jwks;

before(async () => {
  if (!existsSync(bun) || !existsSync(deno)) await install();
  const school = await createIssuer();
  const forged = await byJose({ ...(await createIssuer()).keys.ES256, kid: school.keys.ES256.kid });
  tokens = [await byJose(school.keys.ES256), await byJose(school.keys.EdDSA), forged];
  jwks = school.jwks();
  consumer = await createConsumer();
});

after(() => consumer?.remove());

async function install() {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  await execute("npm", ["install", ...flags, "deno@2.9.6", "bun@1.4.5"], { cwd: folder });
  for (const file of [bun, deno]) chmodSync(file, 0o755);
}

for (const [name, [command, ...args]] of Object.entries(runtimes)) {
  test(`${name} takes good tokens and refuses a forged one`, async () => {
    await consumer.write({
      "script.mjs": `
        import { createGuard } from "countersign/edge";
        const guard = createGuard({ issuer: "${issuer}", fetch: async () => Response.json(${JSON.stringify(jwks)}) });
        const answers = [];
        for (const token of ${JSON.stringify(tokens)}) {
          const request = new Request("https://api.example", { headers: { authorization: "Bearer " + token } });
          const { status, version } = await guard.require(request, { tag: "groups:teacher" });
          answers.push(status ?? version);
        }
        console.log(JSON.stringify(answers));
      `,
    });
    const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
    const { stdout } = await execute(command, [...args, "script.mjs"], { cwd: consumer.folder, env });
    assert.deepEqual(JSON.parse(stdout), [3, 3, 401]);
  });
}
