/**
 * Ties tasks to an account: each asks the edge first whether that one is still signed in, because in another tab somebody else may be by now. If
 * so, nothing is done; the elements hear from the client whose turn it is.
 */
export const tied = (client, account) => async (task) => {
  if ((await client.session({ fresh: true }))?.account !== account) throw { code: "session_ended" };
  return task();
};
