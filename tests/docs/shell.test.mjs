// What the pages have people type: each command is run, or held against what it names. A command that is not here is a fault.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { npmBin, root } from "../../scripts/paths.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { blocks, blocksIn, place } from "./pages.mjs";

const execute = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { name, version } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));

/** What becomes of a command, by how it begins. */
const COMMANDS = [
  // They build, start or test everything: run by whoever reads this. Their scripts are there.
  [/^(?:ORIGIN=\S+ )?npm (?:run )?(start|test|setup|build|size|bench)\b/, hasScript],
  [/^curl .+/, curl],
  // It has no deployment to speak to: wrangler knows the command.
  [/^(?:openssl rand -base64 48 \| )?npx wrangler ([a-z]+(?: [a-z]+)*)/, wranglerKnows],
  [/^npm pack \.\/pkg$/, packs],
  [/^npm install (?:\.\.\/countersign\/)?(\S+\.tgz)$/, (_, file) => assert.equal(file, `${name}-${version}.tgz`)],
  // It would ask a registry. What is shown takes the place of files of this template, which are named so: `chromium.test.mjs` has them.
  [/^npm create vite@latest school -- --template (\S+) --no-interactive$/, (_, template, { block }) => assert.equal(`docs/${template.replace(/-ts$/, "")}.md`, block.file)],
  // What `chromium.test.mjs` does from within.
  [/^npx (vite)$/, (_, tool) => assert.ok(existsSync(npmBin(tool)), tool)],
  // The file of this name on the same page: `chromium.test.mjs` runs it.
  [/^node (server\.mjs)$/, shown],
];

describe("the commands of the pages", () => {
  let runtime;

  before(async () => {
    runtime = await useRuntime();
  });
  after(() => runtime?.close());

  for (const block of blocksIn("sh")) {
    it(`${place(block)}: is shell`, () => execute("sh", ["-n", "-c", block.text]));

    for (const line of block.text.split("\n").map((text) => text.replace(/\s+# .*$/, "").trim()).filter(Boolean)) {
      it(`${place(block)}: ${line}`, async () => {
        const [pattern, check] = COMMANDS.find(([pattern]) => pattern.test(line)) ?? assert.fail("nothing is known of this command");
        await check(line, line.match(pattern)[1], { block, runtime });
      });
    }
  }
});

function hasScript(_, script) {
  const file = manifest.scripts[script]?.match(/^node (\S+)$/)?.[1];
  assert.ok(file && existsSync(join(root, file)), script);
}

async function curl(line, _, { runtime }) {
  const here = line.replaceAll("http://localhost:8787", runtime.main);
  assert.notEqual(here, line, "it asks the Worker");
  await execute("sh", ["-c", `${here} --fail --silent --show-error`]);
}

const helped = new Map();

/** Asked once for each command. */
async function wranglerKnows(_, words) {
  const command = words.split(" ").slice(0, words.startsWith("kv") ? 3 : words.startsWith("secret") ? 2 : 1);
  const key = command.join(" ");
  if (!helped.has(key)) helped.set(key, execute(npmBin("wrangler"), [...command, "--help"], { env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" } }));
  const { stdout } = await helped.get(key);
  assert.match(stdout, new RegExp(`^wrangler ${key}\\b`, "m"));
}

async function packs() {
  const { stdout } = await execute("npm", ["pack", "./pkg", "--dry-run", "--json"], { cwd: root, maxBuffer: 1 << 24 });
  assert.equal(JSON.parse(stdout)[0].filename, `${name}-${version}.tgz`);
}

function shown(_, file, { block }) {
  const page = readFileSync(join(root, block.file), "utf8");
  const code = blocks().filter((other) => other.file === block.file && other.language === "js" && other.line < block.line);
  assert.ok(page.includes(`\`${file}\``) && code.length, `${block.file} shows ${file}`);
}
