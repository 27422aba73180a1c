// What the demo provider remembers, in memory. The library's own store keeps only the newest 1000 entries.

/** Makes a store in the form that `oidc-provider` calls an adapter: a function from a kind of entry to its methods. */
export function createStore() {
  const entries = new Map();
  return (kind) => {
    const key = (id) => `${kind}:${id}`;
    return {
      upsert: async (id, payload) => void entries.set(key(id), { ...payload }),
      find: async (id) => entries.get(key(id)),
      findByUid: async (uid) => [...entries].find(([at, payload]) => at.startsWith(key("")) && payload.uid === uid)?.[1],
      consume: async (id) => void (entries.get(key(id)).consumed = Math.floor(Date.now() / 1000)),
      destroy: async (id) => void entries.delete(key(id)),
      revokeByGrantId: async (grantId) => {
        for (const [at, payload] of entries) if (payload.grantId === grantId) entries.delete(at);
      },
    };
  };
}
