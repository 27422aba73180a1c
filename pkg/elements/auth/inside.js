import { action, alarm, make } from "../dom.js";
import { calledOf, person } from "../person.js";
import { createProof } from "../proof.js";

/** Who is signed in, with the ways to go on and to sign out. */
export function createSignedIn(host, { profile, next, left }) {
  const { say, client } = host;
  const called = calledOf(profile);
  const message = alarm();
  const failed = (error) => (message.textContent = host.explain(error));
  const out = action(say("auth.sign_out"), async () => {
    await client.signOut();
    left();
  }, { failed });
  const on = next && make("a", { part: "button primary", href: next }, say("auth.go_on"));
  return { title: say("auth.signed_in"), nodes: [called && person(profile), message, on, out], says: called };
}

/** The page that sent her here wants a proof that is not so old. */
export const createConfirm = (host, { panel }) => ({ title: host.say("proof.title"), nodes: panel });

export function prepareProof(host, { maxAge, next, cancel, proved }) {
  const keep = action(host.say("common.cancel"), cancel);
  return createProof(host, { maxAge: maxAge || null, next, beside: [keep], done: proved });
}
