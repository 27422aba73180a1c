// The policy vectors by the package in a page: in Chromium, with the Wasm as it is served.

import { after, before, test } from "node:test";
import { assertAll, judgeAll, vectors } from "../support/policy-vectors.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { raiseStage } from "./stage.mjs";

let runtime;
let stage;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.oak);
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

test("a page judges every vector as it must", async () => {
  const { page, leave } = await stage.person();
  await page.goto("/");
  const script = `(async () => {
    const { evaluate } = await import("/countersign/index.js");
    ${judgeAll}
    return judgeAll(evaluate, ${JSON.stringify(vectors)});
  })()`;
  assertAll(await page.evaluate(script));
  await leave();
});
