import { at } from "./dom.js";
import { DONE } from "./words.js";

/** Where a provider's fresh proof leads back to. */
export const PROVED = "/?done=proved";

/** Where linking leads back to. */
export const LINKED = "/?done=linked";

/**
 * A page that a mail led to ends at `/?done=…`: what has been done, once. It is taken from the address, so that a reload
 * or a bookmark does not say it again.
 */
export function takeDone() {
  const address = new URL(location.href);
  const done = address.searchParams.get("done");
  if (done === null) return undefined;
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
  return Object.hasOwn(DONE, done) ? done : undefined;
}

/** Shows a notice above everything; none hides it. */
export function notify(text = "") {
  at("notice").textContent = text;
  at("notice").hidden = !text;
}

export const notifyDone = (done) => notify(done && DONE[done]);
