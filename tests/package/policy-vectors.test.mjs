// The policy vectors by the package: in Node as a client and as a service, and in workerd. Chromium has them in `tests/browser/`.

import { test } from "node:test";
import { evaluate } from "countersign";
import { evaluate as evaluateAtEdge } from "countersign/edge";
import { Miniflare } from "miniflare";
import { bundleWorker } from "../../scripts/bundle.mjs";
import { assertAll, judgeAll, vectors } from "../support/policy-vectors.mjs";
import { createConsumer } from "../support/consumer.mjs";

const WORKER = `
  import { evaluate } from "countersign/edge";

  ${judgeAll}

  export default { fetch: async (request) => Response.json(await judgeAll(evaluate, await request.json())) };
`;

test("a client in Node judges every vector as it must", async () => {
  assertAll(await judgeAll(evaluate, vectors));
});

test("a service in Node judges every vector as it must", async () => {
  assertAll(await judgeAll(evaluateAtEdge, vectors));
});

test("a Worker judges every vector as it must", async () => {
  const consumer = await createConsumer();
  const modules = await bundleWorker(WORKER, consumer.folder);
  const miniflare = new Miniflare({ modules, compatibilityDate: "2026-04-01", cf: false });
  try {
    const init = { method: "POST", body: JSON.stringify(vectors) };
    const answer = await miniflare.dispatchFetch("https://api.example/", init);
    assertAll(await answer.json());
  } finally {
    await miniflare.dispose();
    await consumer.remove();
  }
});
