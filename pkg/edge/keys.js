import { unavailable } from "./answer.js";
import { read } from "./fetch.js";

// Keys are used for 300 seconds after they were read. In the last 60 of these they are read again behind the answers, so that
// nobody waits; after them a request waits for it.
const ASK_AFTER = 240_000;
const FRESH = 300_000;
// While the issuer does not answer, the last keys go on for so long.
const KEPT = 3_600_000;
// Whatever strangers send, the issuer is not asked more often; a deployment that has no key at all waits less.
const PATIENCE = 10_000;
const PATIENCE_WITHOUT_KEYS = 1_000;
// After this a request that asks is taken for dead: a Worker's may be cancelled at any time.
const DEADLINE = 6_000;
const LOOK_AGAIN = 10;
const MAX_KEYS = 100;

/**
 * The keys of an issuer. One request asks, and the others look every 10 ms whether it has: in a Worker a promise must not cross
 * from one request to another. `published` is told what there is now, each time that the keys were read.
 */
export function createKeys({ address, send, published, behind }) {
  let keys = []; // { kid, alg, numbers, key }
  let readAt = -Infinity;
  let triedAt = -Infinity;
  let asking; // since when somebody asks

  const age = () => Date.now() - readAt;
  const fresh = () => age() < FRESH;
  const dead = () => Date.now() - asking >= DEADLINE;
  const patience = () => (age() < KEPT ? PATIENCE : PATIENCE_WITHOUT_KEYS);
  const mayAsk = () => (asking === undefined ? Date.now() - triedAt >= patience() : dead());

  async function ask() {
    const since = Date.now();
    asking = triedAt = since;
    const found = await readKeys(send, address, keys).catch(() => null);
    if (asking === since) asking = undefined;
    if (!found || since < readAt) return;
    [keys, readAt] = [found, since];
    published(keys);
  }

  /** Asks for the keys anew, or waits for who does, until they are as they should be; what was not found is not asked for again at once. */
  async function until(satisfied) {
    while (!satisfied() && asking !== undefined && !dead()) await new Promise((done) => setTimeout(done, LOOK_AGAIN));
    if (!satisfied() && mayAsk()) await ask();
  }

  /** Whether the keys can be used as they are; those that soon cannot are asked for behind the answer. */
  function ready(now) {
    const old = now - readAt;
    if (old >= ASK_AFTER && old < FRESH && mayAsk()) behind(ask());
    return old < FRESH;
  }

  /** Brings keys that can be used. */
  async function prepare() {
    await until(fresh);
    if (age() >= KEPT) throw unavailable("the issuer's keys could not be read");
  }

  return { ready, prepare, renew: until };
}

async function readKeys(send, address, before) {
  const { status, json } = await read(send, address);
  if (status !== 200 || !Array.isArray(json?.keys)) throw new Error("no key set");
  const found = new Map(); // by name; null where two keys have it, for a name is to mean one (RFC 7517 §4.5)
  for (const jwk of json.keys.slice(0, MAX_KEYS)) {
    const alg = algorithmOf(jwk);
    const key = alg && (await prepared(alg, jwk, before).catch(() => undefined));
    if (!key) continue;
    const other = found.get(jwk.kid);
    found.set(jwk.kid, other === undefined || other?.numbers === key.numbers ? key : null);
  }
  return [...found.values()].filter(Boolean);
}

/**
 * The one algorithm that a key is for: its kind, its curve, its own `alg`, its `use` must all agree (RFC 8725 §3.1). With one whose
 * private half is published anybody can sign.
 */
function algorithmOf(jwk) {
  if (typeof jwk?.kid !== "string") return undefined;
  const alg = { "EC P-256": "ES256", "OKP Ed25519": "EdDSA" }[`${jwk.kty} ${jwk.crv}`];
  const named = jwk.alg === undefined || jwk.alg === alg;
  const signs = jwk.use === undefined || jwk.use === "sig";
  const verifies = jwk.key_ops === undefined || (Array.isArray(jwk.key_ops) && jwk.key_ops.includes("verify"));
  return named && signs && verifies && !("d" in jwk) ? alg : undefined;
}

const ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  // As a name alone: an object is read member by member at every verification.
  EdDSA: "Ed25519",
};

/** The key as the runtime verifies with it. One that has not changed is the very object of before. */
async function prepared(alg, { kid, kty, crv, x, y }, before) {
  const numbers = JSON.stringify([kid, kty, crv, x, y]);
  const same = before.find((key) => key.numbers === numbers);
  if (same) return same;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ALGORITHMS[alg], false, ["verify"]);
  return { kid, alg, numbers, key };
}

/** Lets the runtime verify a signature. */
export const verifies = ({ alg, key }, signature, signed) => crypto.subtle.verify(ALGORITHMS[alg], key, signature, signed);
