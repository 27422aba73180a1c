// Accounts as the administration asks for them.

import { client } from "./client.js";

/** Null if there is no such account, or not any more. */
export const profileOf = (account) =>
  client.accounts.get(account).catch((error) => (error.code === "account_unknown" ? null : Promise.reject(error)));

/** Their profiles, without those that are gone. */
export const profilesOf = async (accounts) => (await Promise.all(accounts.map(profileOf))).filter(Boolean);

/** By a user name, or by an address that was proved: one that anybody may have typed in is nobody's; its failure has `claimants`. */
export async function personBy(handle) {
  const { accounts } = await client.accounts.list({ handle, limit: 10 });
  const profiles = await profilesOf(accounts.map(({ account }) => account));
  const same = (text) => text?.toLowerCase() === handle.toLowerCase();
  const found = profiles.find(({ email, email_verified, user_name }) => same(user_name) || (email_verified && same(email)));
  if (found) return found;
  const claimants = profiles.filter(({ email }) => same(email));
  const code = claimants.length > 0 ? "unproved" : "nobody";
  throw Object.assign(new Error(`\`${handle}\` is nobody`), { code, claimants });
}
