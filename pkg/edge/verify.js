import { Verifier, linear_memory } from "../wasm/countersign.js";
import { judged, refused } from "./answer.js";
import { tokenOf } from "./credentials.js";
import { createKeys, verifies } from "./keys.js";
import { shared } from "./session.js";

const encoder = new TextEncoder();

/** Verifies the tokens of an issuer: the Rust code reads and remembers them, and the runtime judges their signatures. */
export function createVerifier({ issuer, audience, jwks, cookie, send }, behind) {
  const verifier = new Verifier(issuer, audience);
  const memory = linear_memory();
  const [input, room] = [verifier.input(), verifier.room()];
  const keys = createKeys({ address: jwks, send, behind, published });
  let usable = []; // those that are published, as the Rust code counts them

  function published(found) {
    // Another key under an old name takes the tokens of the old one with it.
    const renamed = usable.filter((key) => found.some((other) => other !== key && other.kid === key.kid));
    if (renamed.length) verifier.publish([]);
    verifier.publish(found.map(({ alg, kid }) => `${alg} ${kid}`));
    usable = found;
  }

  async function verify(credentials) {
    const token = typeof credentials === "string" ? credentials : tokenOf(credentials, cookie);
    const now = Date.now();
    if (!keys.ready(now)) await keys.prepare();
    const known = recall(token, now);
    if (typeof known !== "number") return known;
    try {
      const key = keyOf(known) ?? (await newKeyOf(known));
      return settle(known, key, await isGood(known, key));
    } catch (error) {
      verifier.forget(known);
      throw error;
    }
  }

  /** What the Rust code says of a token, which it finds in its own memory: its session, or the number under which it was read. */
  function recall(token, now) {
    const { read, written } = encoder.encodeInto(token, bytes(input, room));
    if (read < token.length) throw refused("token_invalid", "token too long");
    return judged(() => verifier.recall(written, now / 1000));
  }

  /** What stands in the memory of the Wasm, not copied. When that grows, it is another one. */
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);

  const keyOf = (number) => usable[verifier.key(number)];

  async function newKeyOf(number) {
    await keys.renew(() => keyOf(number) !== undefined);
    const key = keyOf(number);
    if (!key) throw refused("token_invalid", "no key of that name for that algorithm");
    return key;
  }

  /** The runtime copies what it is given before it answers with a promise (Web Cryptography §14.3.4). */
  function isGood(number, key) {
    const signature = bytes(verifier.signature(number), 64);
    return verifies(key, signature, bytes(verifier.signed(number), verifier.signed_bytes(number)));
  }

  function settle(number, key, good) {
    // The runtime took its time: a key that was withdrawn meanwhile, or replaced under its name, has nothing to say any more.
    if (!usable.includes(key)) throw refused("token_invalid", "its key was withdrawn while the signature was checked");
    return shared(judged(() => verifier.settle(number, good, Date.now() / 1000)));
  }

  return { verify, outdate: (account, version) => verifier.outdate(account, version) };
}
