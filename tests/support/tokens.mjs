// Signed tokens with any header and any claims, right or wrong; libraries refuse to make the wrong ones.

import { constants, createHmac, createPrivateKey, randomUUID, sign } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";

/** A fresh private key for each algorithm, as `{ [alg]: JWK }`. */
export async function freshKeys(algorithms = ["ES256", "RS256"]) {
  return Object.fromEntries(await Promise.all(algorithms.map(async (alg) => [alg, await freshKey(alg)])));
}

export async function freshKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `${alg}-${randomUUID()}` };
}

/** The public half of a JWK. */
export function publicJwk({ kty, crv, x, y, n, e, alg, use, kid }) {
  return { kty, crv, x, y, n, e, alg, use, kid };
}

/**
 * A JWS in compact form. It is signed as `header.alg` says, with the key of that algorithm in `keys`; HS256 takes the bytes
 * in `keys.HS256`, "none" signs nothing, and an algorithm without a key is signed by the first key there is.
 */
export function compact(header, claims, keys) {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${signature(header.alg, input, keys).toString("base64url")}`;
}

function signature(alg, input, keys) {
  if (alg === "none") return Buffer.alloc(0);
  if (alg === "HS256") return createHmac("sha256", keys.HS256).update(input).digest();
  const jwk = keys[alg] ?? Object.values(keys)[0];
  return sign(jwk.alg === "EdDSA" ? null : "sha256", Buffer.from(input), options(jwk));
}

function options(jwk) {
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  if (jwk.alg === "ES256") return { key, dsaEncoding: "ieee-p1363" };
  if (jwk.alg === "PS256") return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return { key };
}
