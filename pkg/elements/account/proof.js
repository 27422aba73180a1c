import { storage } from "../storage.js";
import { createProof } from "../proof.js";
import { tied } from "../tied.js";
import { closing, openDialog } from "./dialog.js";

const ASKED = "countersign:proof";

/**
 * Runs what this account does, and nobody else in its place. If the edge wants a proof of who she is, a dialog asks for it, and the task is run once
 * more. Who closes the dialog is left with the edge's refusal.
 */
export function acting(host, account) {
  const asHer = tied(host.client, account);
  return async (task) => {
    try {
      return await asHer(task);
    } catch (error) {
      if (error.code !== "confirmation_required") throw error;
      storage()?.setItem(ASKED, account);
      const proved = await askProof(host, error);
      storage()?.removeItem(ASKED);
      if (!proved) throw error;
      return asHer(task);
    }
  };
}

/** Whether she has just come back from a provider that she was sent to for a proof. */
export function hasProved({ account, confirmed_until }) {
  const asked = storage()?.getItem(ASKED);
  storage()?.removeItem(ASKED);
  return asked === account && confirmed_until > Date.now() / 1000;
}

/** Resolves with whether she has proved it here. Her provider's proof is given elsewhere: that leaves the page, and comes back to `next`. */
export async function askProof(host, { proofs, max_age: maxAge }, next) {
  const beside = [closing(host.say("common.cancel"))];
  const done = () => proof.closest("dialog").close("proved");
  const proof = await createProof(host, { proofs, maxAge, next, beside, done });
  return (await openDialog(host, host.say("proof.title"), proof)) === "proved";
}
