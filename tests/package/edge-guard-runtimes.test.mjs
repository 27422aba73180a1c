// `countersign/edge` as it is installed, in Deno and in Bun.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { byJose, createIssuer, issuer } from "../support/guarded.mjs";
import { createConsumer } from "../support/consumer.mjs";

let consumer;
let tokens;
let jwks;

before(async () => {
  const school = await createIssuer();
  const forged = await byJose({ ...(await createIssuer()).keys.ES256, kid: school.keys.ES256.kid });
  tokens = [await byJose(school.keys.ES256), await byJose(school.keys.EdDSA), forged];
  jwks = school.jwks();
  consumer = await createConsumer();
});

after(() => consumer?.remove());

for (const [name, by] of Object.entries({ Deno: { runtime: "deno", allow: ["read"] }, Bun: { runtime: "bun" } })) {
  test(`${name} takes good tokens and refuses a forged one`, async () => {
    const script = `
      import { createGuard } from "countersign/edge";
      const guard = createGuard({ issuer: "${issuer}", fetch: async () => Response.json(${JSON.stringify(jwks)}) });
      const answers = [];
      for (const token of ${JSON.stringify(tokens)}) {
        const request = new Request("https://api.example", { headers: { authorization: "Bearer " + token } });
        const { status, version } = await guard.require(request, { tag: "groups:teacher" });
        answers.push(status ?? version);
      }
      console.log(JSON.stringify(answers));
    `;
    assert.deepEqual(JSON.parse(await consumer.run(script, by)), [3, 3, 401]);
  });
}
