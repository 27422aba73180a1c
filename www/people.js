// Accounts as the administration asks for them.

import { client } from "./client.js";

/** Null if there is no such account, or not any more. */
export const profileOf = (account) =>
  client.accounts.get(account).catch((error) => (error.code === "account_unknown" ? null : Promise.reject(error)));

/** Their profiles, without those that are gone. */
export const profilesOf = async (accounts) => (await Promise.all(accounts.map(profileOf))).filter(Boolean);

/** By the very address or user name, or by how only one of them begins. */
export async function personBy(handle) {
  const { accounts } = await client.accounts.list({ handle, limit: 10 });
  const exact = accounts.find(({ email, user_name }) => [email, user_name].includes(handle));
  const found = exact ?? (accounts.length === 1 ? accounts[0] : undefined);
  if (found) return client.accounts.get(found.account);
  throw Object.assign(new Error(`\`${handle}\` is not one person`), { code: accounts.length === 0 ? "nobody" : "several" });
}
