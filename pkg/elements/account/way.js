// What she left the page for, to a provider's: who comes back from there is told what has come of it.

import { storage } from "../next.js";

const LEFT = "countersign:left";
const PATIENCE = 15 * 60_000;

/** Where the page is, as the path that a provider leads back to. */
export const here = () => location.pathname + location.search + location.hash;

/** She is about to leave for this. */
export const goAway = (what, more) => storage()?.setItem(LEFT, JSON.stringify({ what, more, at: Date.now() }));

/** She has stayed. */
export const forgetWay = () => storage()?.removeItem(LEFT);

/** `{ more, at }` once if she left for this a while ago; `at` is in milliseconds. */
export function cameBack(what) {
  const left = JSON.parse(storage()?.getItem(LEFT) ?? "{}");
  if (left.what !== what) return undefined;
  forgetWay();
  return Date.now() - left.at < PATIENCE ? left : undefined;
}
