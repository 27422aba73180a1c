// The policy vectors by the package in a page: in Chromium, with the Wasm as it is served.

import { test } from "node:test";
import { assertAll, judgeAll, vectors } from "../support/policy-vectors.mjs";
import { withStage } from "./stage.mjs";

const at = withStage("oak");

test("a page judges every vector as it must", async () => {
  const { page, leave } = await at.stage.person();
  await page.goto("/");
  const script = `(async () => {
    const { evaluate } = await import("/countersign/index.js");
    ${judgeAll}
    return judgeAll(evaluate, ${JSON.stringify(vectors)});
  })()`;
  assertAll(await page.evaluate(script));
  await leave();
});
