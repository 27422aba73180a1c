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

  function clear() {
    profile = undefined;
  }

  return { of, set, clear };
}
