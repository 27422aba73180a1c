import { askProof } from "./account/proof.js";
import { accountStyle } from "./account/style.js";
import { CountersignElement, define } from "./base.js";
import { make } from "./dom.js";

const NAME = "countersign-proof";

/** What the dialog stands in. */
class ProofElement extends CountersignElement {
  static styles = [accountStyle, ":host, .content { display: contents; }"];
}

/**
 * Asks in a dialog for the fresh proof that an error `confirmation_required` wants. Resolves with whether it was given: false if she closes the
 * dialog, or is signed out. A provider's proof leaves the page, and comes back to `next`, which is here unless given.
 */
export async function prove(error, { client, next } = {}) {
  define(NAME, ProofElement);
  let host;
  let account;
  const proved = new Promise((resolve, fail) => {
    const render = ({ session, why }) => {
      account ??= session?.account;
      if (session?.account !== account || !account) resolve(false);
      else if (why === "start") askProof(host, error, next).then(resolve, fail);
    };
    host = make(NAME, { client, render, fail });
  });
  document.body.append(host);
  return proved.finally(() => host.remove());
}
