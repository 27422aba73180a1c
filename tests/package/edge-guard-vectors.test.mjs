// Wycheproof's vectors for JWS and JWK at `countersign/edge`. None of their tokens is an access token, so each is refused; and an
// access token that is signed with the good P-256 key among theirs is held against each key that they publish.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { CountersignError, createGuard } from "countersign/edge";
import { bearing, claims, issuer } from "../support/guarded.mjs";
import { compact } from "../support/tokens.mjs";

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}_test.json`, import.meta.url), "utf8"));

/** A key or a key set as a key set; symmetric keys have no public half. */
const setOf = (key) => (key.keys ? key : { keys: [key] });
const publishedBy = ({ public: open, private: secret }) => setOf(open ?? secret);
const guarding = (jwks) => createGuard({ issuer, fetch: async () => Response.json(jwks) });

const isRefusal = (error) => error instanceof CountersignError && error.code === "token_invalid" && error.status === 401;
const fitsAHeader = (token) => /^[\x21-\x7e]+$/.test(token);

for (const name of ["json_web_signature", "json_web_key"]) {
  const { numberOfTests, testGroups } = read(name);

  describe(`Wycheproof's ${name}`, () => {
    it("has no token that is taken", async () => {
      let count = 0;
      for (const group of testGroups) {
        const guard = guarding(publishedBy(group));
        for (const { tcId, jws } of group.tests) {
          await assert.rejects(guard.verify(jws), isRefusal, `case ${tcId}`);
          if (fitsAHeader(jws)) assert.equal((await guard.require(bearing(jws))).status, 401, `case ${tcId}`);
          count += 1;
        }
      }
      assert.equal(count, numberOfTests);
    });
  });
}

const groups = ["json_web_signature", "json_web_key"].flatMap((name) => read(name).testGroups);
const good = groups.find(({ comment }) => comment === "es256");

/** An access token by the good key, under any name. */
const signed = (kid) => compact({ typ: "at+jwt", alg: "ES256", kid }, claims(), { ES256: good.private });

// A set with a symmetric key beside it is no other: RFC 7517 §5 has what is not understood ignored.
it("of Wycheproof's keys those verify an access token that are the good key in every member", async () => {
  const counts = { verify: 0, "have its numbers and do not": 0, "are others": 0 };
  for (const key of groups.flatMap((group) => publishedBy(group).keys)) {
    const verdict = guarding({ keys: [key] }).verify(signed(key.kid));
    const same = isDeepStrictEqual(key, good.public);
    await (same ? verdict : assert.rejects(verdict, isRefusal, JSON.stringify(key)));
    counts[same ? "verify" : key.x === good.public.x ? "have its numbers and do not" : "are others"] += 1;
  }
  assert.deepEqual(counts, { verify: 3, "have its numbers and do not": 8, "are others": 40 });
});
