import { createProof } from "../proof.js";
import { closing, openDialog } from "./dialog.js";
import { forgetWay, goAway, here } from "./way.js";

/**
 * Runs what may want a proof of who she is: if the edge says so, a dialog asks for it, and the task is run once more. Who closes the dialog is
 * left with the edge's refusal.
 */
export function proving(host) {
  return async (task) => {
    try {
      return await task();
    } catch (error) {
      if (error.code !== "confirmation_required" || !(await asked(host, error))) throw error;
      return task();
    }
  };
}

/** Whether she has proved it here. Her provider's proof is given elsewhere: that leaves the page. */
async function asked(host, { proofs, max_age: maxAge }) {
  const beside = [closing(host.say("common.cancel"))];
  const done = () => proof.element.closest("dialog").close("proved");
  const proof = await createProof(host, { proofs, maxAge, next: here(), beside, done });
  goAway("proof");
  const answer = await openDialog(host, { title: host.say("proof.title"), begin: proof.focus }, proof.element);
  forgetWay();
  return answer === "proved";
}
