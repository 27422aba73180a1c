/** The profile of who is signed in, asked for once; `changed` is called when it is another. */
export function createPerson(client, changed) {
  let profile;

  async function of({ account }) {
    if (profile?.account !== account) profile = await client.profile();
    return profile;
  }

  function set(value) {
    profile = value;
    return changed();
  }

  /** The edge wants her to prove who she is, whatever was known here. */
  async function doubt() {
    await set({ ...(await client.profile()), confirmed_until: null });
  }

  function clear() {
    profile = undefined;
  }

  return { of, set, doubt, clear };
}

/** What is asked of her before something sensitive: `nothing`, her `password`, or to sign in `anew`. */
export function proofOf({ confirmed_until, has_password }) {
  if (confirmed_until * 1000 > Date.now()) return "nothing";
  return has_password ? "password" : "anew";
}
