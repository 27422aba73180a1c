// What the pages write into wrangler.toml: the Worker takes each configuration, and wrangler each setting of its own.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { parse } from "smol-toml";
import { startWorkers } from "../../scripts/reference/worker.mjs";
import { blocksIn, page, place } from "./pages.mjs";

const ORIGIN = "https://app.example";
/** What every configuration has besides what a page shows of it. */
const USUAL = { origin: ORIGIN, providers: {} };
const OF_COUNTERSIGN = "vars.COUNTERSIGN";

const all = blocksIn("toml");
const configured = all.filter(({ text }) => text.includes(OF_COUNTERSIGN));
const wranglers = all.filter(({ text }) => !text.includes(OF_COUNTERSIGN));

describe("the configurations of the pages", () => {
  let miniflare;
  const nameOf = (block) => place(block).replace(/[^a-z0-9]/gi, "-");
  const wrong = { ...USUAL, accounts: { registration: "sometimes" } };

  before(async () => {
    const configurations = Object.fromEntries(configured.map((block) => [nameOf(block), whole(parse(block.text).vars.COUNTERSIGN)]));
    miniflare = await startWorkers({ ...configurations, wrong }, secretsOf(Object.values(configurations)));
  });
  after(() => miniflare?.dispose());

  const ask = async (name) => {
    const answer = await (await miniflare.getWorker(name)).fetch(`${ORIGIN}/auth/api/config`);
    return { status: answer.status, ...(await answer.json()) };
  };

  for (const block of configured) {
    it(`${place(block)}: the Worker takes it`, async () => {
      const { status, faults = [] } = await ask(nameOf(block));
      assert.deepEqual([status, faults], [200, []]);
    });
  }

  it("a whole one is among them", () => assert.ok(configured.some(({ text }) => text.includes("origin = "))));

  it("one with a fault is not taken", async () => {
    const { status, faults } = await ask("wrong");
    assert.equal(status, 503);
    assert.equal(faults.length, 2, "registration of that kind, and no mail");
  });
});

describe("what the pages say to wrangler", () => {
  let folder;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-wrangler-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const block of wranglers) {
    it(`${place(block)}: wrangler takes it`, async () => assert.deepEqual(await complaints(folder, block.text), []));
  }

  it("a setting that it does not know is a fault", async () => {
    assert.match((await complaints(folder, "servicess = []")).join(), /servicess/);
  });
});

describe("the table of the settings", () => {
  const settings = [...page("docs/configuration.md").text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, names]) => names).join(" ");

  it("has everything that a page configures", () => {
    for (const block of configured) {
      for (const name of Object.keys(parse(block.text).vars.COUNTERSIGN)) assert.ok(settings.includes(`\`${name}`), `${place(block)}: ${name}`);
    }
  });
});

/** As a deployment has it. What names the origin is whole; otherwise what a page leaves out is there, so that nothing else can be at fault. */
function whole(shown) {
  if (shown.origin) return shown;
  const mail = shown.accounts && !shown.mail ? { from: "School <no-reply@app.example>", transport: "http" } : shown.mail;
  return { ...USUAL, ...shown, ...(mail && { mail }) };
}

/** The secrets that the providers of the configurations ask for. */
function secretsOf(configurations) {
  const ids = configurations.flatMap(({ providers = {} }) => Object.keys(providers));
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const each = ids.flatMap((id) => {
    const name = id.toUpperCase().replaceAll("-", "_");
    return [[`${name}_CLIENT_SECRET`, "a client secret"], [`${name}_PRIVATE_KEY`, key]];
  });
  return { ...Object.fromEntries(each), MAIL_API_KEY: "re_a_key_of_the_service_that_sends_mail" };
}

/** What wrangler has to say about a file: its errors and its warnings. */
async function complaints(folder, text) {
  Object.assign(process.env, { WRANGLER_LOG: "warn", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" });
  const { unstable_readConfig } = await import("wrangler");
  const file = join(folder, "wrangler.toml");
  writeFileSync(file, text);
  const said = [];
  const [warn, error] = [console.warn, console.error];
  console.warn = console.error = (...words) => void said.push(words.join(" "));
  try {
    unstable_readConfig({ config: file });
  } catch (fault) {
    said.push(fault.message);
  } finally {
    Object.assign(console, { warn, error });
  }
  return said;
}
