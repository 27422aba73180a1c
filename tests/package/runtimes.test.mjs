// The client as it is installed, in Node, Deno, Bun and workerd: imported where there is no page, and asked what the Rust code answers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Miniflare } from "miniflare";
import { bundleWorker } from "../../scripts/bundle.mjs";
import { createConsumer } from "../support/consumer.mjs";

const RUNTIMES = {
  Node: { runtime: "node" },
  Deno: { runtime: "deno", allow: ["read"] },
  "Deno without permissions": { runtime: "deno" },
  Bun: { runtime: "bun" },
};

const session = { account: "a".repeat(32), sid: "s", issued_at: 0, expires_at: 9e9, auth_time: 0, email_verified: true, version: 1, tags: { groups: ["teacher/high-school"] } };

/** Asks for all that takes Wasm; `ask()` resolves with the answers. */
const QUESTIONS = `
  import { CountersignError, createClient, evaluate, policy } from "countersign";

  async function ask() {
    const fetch = async () => Response.json({ session: ${JSON.stringify(session)} });
    const client = createClient({ origin: "https://school.example", fetch });
    const malformed = await client.has("no-set").catch((error) => error);
    const { score, warning } = await client.strength("password");
    return [
      await client.has("groups:teacher"),
      await client.has("groups:admin"),
      await client.covers("teacher/high-school", "teacher"),
      await client.can(policy.hasTag("groups:teacher")),
      (await client.explain(policy.hasTag("groups:teacher"))).by,
      (await evaluate(policy.signedIn(), { now: 0, session: null })).outcome,
      score,
      typeof warning,
      (await client.strength("vapid otter munches quiet basalt")).score,
      malformed instanceof CountersignError && malformed.code,
    ];
  }
`;

const ANSWERS = [true, false, true, true, "teacher/high-school", "failed", 0, "string", 4, "query_invalid"];

let consumer;

before(async () => {
  consumer = await createConsumer();
});

after(() => consumer?.remove());

for (const [name, by] of Object.entries(RUNTIMES)) {
  test(`${name}: what the Wasm answers, without any set-up`, async () => {
    const output = await consumer.run(`${QUESTIONS} console.log(JSON.stringify(await ask()));`, by);
    assert.deepEqual(JSON.parse(output), ANSWERS);
  });

  test(`${name}: an import of the elements does nothing, and one of the guard brings it`, async () => {
    const script = `
      const before = Object.keys(globalThis).length;
      const { createClient } = await import("countersign");
      createClient().subscribe(() => {})();
      await import("countersign/elements");
      const { createGuard } = await import("countersign/edge");
      console.log(JSON.stringify([typeof document, Object.keys(globalThis).length - before, typeof createGuard]));
    `;
    assert.deepEqual(JSON.parse(await consumer.run(script, by)), ["undefined", 0, "function"]);
  });
}

test("workerd: what the Wasm answers, without any set-up, beside the guard and the elements", async () => {
  const worker = `
    import "countersign/elements";
    import { createGuard } from "countersign/edge";
    ${QUESTIONS}
    export default { fetch: async () => Response.json([...(await ask()), typeof createGuard]) };
  `;
  const miniflare = new Miniflare({ modules: await bundleWorker(worker, consumer.folder), compatibilityDate: "2026-04-01", cf: false });
  try {
    const answer = await miniflare.dispatchFetch("https://api.example/");
    assert.deepEqual(await answer.json(), [...ANSWERS, "function"]);
  } finally {
    await miniflare.dispose();
  }
});
