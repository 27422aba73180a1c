import { make } from "../dom.js";
import { proofOf } from "./person.js";

/**
 * What stands around a form for something sensitive: its password field `name` is asked for if need be; who has none is
 * told to sign in anew.
 */
export function createProof(client, { providers }, form, name) {
  const again = providers.map(({ id, name: called }) => {
    const button = make("button", { type: "button", className: "quiet" }, `Sign in anew with ${called}`);
    button.addEventListener("click", () => client.signIn(id, { next: "/" }));
    return button;
  });
  const hint = make(
    "div",
    { className: "anew", hidden: true },
    make("p", {}, "Your account has no password. Sign in anew, and for some minutes this can be done."),
    make("div", { className: "line wrap" }, ...again),
  );

  function show(profile) {
    const proof = proofOf(profile);
    form.ask(name, proof === "password");
    form.element.hidden = proof === "anew";
    hint.hidden = proof !== "anew";
  }

  return { hint, show };
}

/** Runs what may want a proof; if the edge says so, the password is asked for. */
export async function proven(person, task) {
  try {
    return await task();
  } catch (error) {
    if (error.code === "confirmation_required") await person.doubt();
    throw error;
  }
}
