// What takes a fresh proof of who somebody is: she is asked for it, and then it is done. At a provider she gives it on another page, and
// it is done when she is back.

import { client } from "./client.js";
import { prove } from "./countersign/elements/index.js";

const WANTED = "school:wanted";
const PATIENCE = 300_000;

/** Resolves with what the task does. `wanted` says in plain data what that is. */
export async function proven(wanted, task) {
  const { account, auth_time } = (await client.session()) ?? {};
  try {
    return await task();
  } catch (error) {
    if (error.code !== "confirmation_required") throw error;
    const { pathname: path } = location;
    sessionStorage.setItem(WANTED, JSON.stringify({ wanted, path, account, auth_time, at: Date.now() }));
    const given = await prove(error);
    sessionStorage.removeItem(WANTED);
    // Somebody else may have signed in meanwhile.
    if (!given || !(await isStill(account))) throw error;
    return task();
  }
}

/** Whether it is this that she left the page for, and she has given the proof since; asked once. Nobody else wanted it. */
export async function wasWanted(wanted) {
  const { path, account, auth_time, at, ...kept } = JSON.parse(sessionStorage.getItem(WANTED) ?? "{}");
  sessionStorage.removeItem(WANTED);
  const here = path === location.pathname && Date.now() - at < PATIENCE;
  if (!here || JSON.stringify(kept.wanted) !== JSON.stringify(wanted)) return false;
  return (await isStill(account)) && client.getSnapshot().auth_time > auth_time;
}

/** Whether this is who is signed in, as the edge has it at this moment. */
export const isStill = async (account) => (await client.session({ fresh: true }))?.account === account;
