// What the tests of `countersign/edge` share: an issuer whose keys and clock they hold, and tokens of every kind, right and wrong.

import { SignJWT } from "jose";
import { compact, freshKey, publicJwk } from "./tokens.mjs";

export const issuer = "https://school.example";

const id = (digit) => digit.repeat(32);
export const seconds = () => Math.floor(Date.now() / 1000);

export function claims(change = {}) {
  const now = seconds();
  const who = { iss: issuer, aud: issuer, sub: id("a"), jti: id("b"), sid: id("c") };
  const times = { iat: now, exp: now + 300, auth_time: now };
  return { ...who, ...times, amr: ["pwd"], acr: "aal1", ver: 3, email_verified: true, tags: { groups: ["teacher/high-school"] }, ...change };
}

/** An issuer with a key for each algorithm; its `fetch` counts, and answers what `answer` says. */
export async function createIssuer() {
  const keys = { ES256: await freshKey("ES256"), EdDSA: await freshKey("EdDSA") };
  const self = {
    keys,
    asked: [],
    jwks: () => ({ keys: Object.values(self.keys).map(publicJwk) }),
    answer: async () => Response.json(self.jwks()),
    fetch: async (url, init) => {
      self.asked.push(String(url));
      return self.answer(String(url), init);
    },
    /** Any header and claims, signed by whichever key. */
    signed: (alg = "ES256", change = {}, header = {}) =>
      compact({ typ: "at+jwt", alg, kid: self.keys[alg].kid, ...header }, claims(change), { [alg]: self.keys[alg] }),
  };
  return self;
}

/** A token as npm jose makes it. */
export function byJose(key, change) {
  const header = { typ: "at+jwt", alg: key.alg, kid: key.kid };
  return new SignJWT(claims(change)).setProtectedHeader(header).sign(key);
}

export const asking = (headers, url = "https://api.example/marks") => new Request(url, { headers });
export const bearing = (token) => asking({ authorization: `Bearer ${token}` });
