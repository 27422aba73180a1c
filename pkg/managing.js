import { whole } from "./whole.js";

/** What managers do: with tags, accounts, groups, permissions, links, keys, and what has happened. */
export function managing({ get, post, put, remove }) {
  const tagsOf = (set, record) => ["tags", set, ...`${record}`.split("/")];
  const sessionsOf = (account, ...sid) => ["accounts", account, "sessions", ...sid];
  const membersOf = (group, ...account) => ["groups", group, "members", ...account];
  const permissionsOf = (group) => ["groups", group, "permissions"];
  const allowed = async (asked) => (await get(["permissions"], whole(asked))).allowed === true;

  return {
    hasPermission: (name, about) => allowed({ name, ...about }),
    inGroupWith: (question, whose) => allowed({ group_tag: question, ...whose }),
    accessible: async (name, kind, { limit, after, ...whose } = {}) =>
      get(["permissions", "records"], { ...whole({ name, kind, ...whose }), limit, after }),
    tags: {
      get: (set, record, options) => get(tagsOf(set, record), options),
      add: (set, record, tags) => put(tagsOf(set, record), { tags }),
      remove: (set, record, tags) => remove(tagsOf(set, record), { tags }),
      find: (set, tags, options) => get(["tags", set], { find: tags, ...options }),
    },
    groups: {
      list: (options) => get(["groups"], options),
      create: (group) => post(["groups"], group),
      get: (group) => get(["groups", group]),
      describe: (group, description) => put(["groups", group], { description }),
      delete: (group) => remove(["groups", group]),
      members: (group, options) => get(membersOf(group), options),
      addMember: (group, account) => put(membersOf(group, account)),
      removeMember: (group, account) => remove(membersOf(group, account)),
      permissions: (group, options) => get(permissionsOf(group), options),
      grant: async (group, permission) => put(permissionsOf(group), whole(permission)),
      revoke: async (group, permission) => remove(permissionsOf(group), whole(permission)),
    },
    accounts: {
      list: (filter) => get(["accounts"], filter),
      get: (account) => get(["accounts", account]),
      create: (details) => post(["accounts"], details),
      setStatus: (account, status) => put(["accounts", account, "status"], { status }),
      sessions: async (account) => (await get(sessionsOf(account))).sessions,
      // A `sid` that is `undefined` is one that nobody has, and not all of them.
      endSessions: async (account, ...sid) => (await remove(sessionsOf(account, ...sid)))?.ended ?? 1,
      events: (account, options) => get(["accounts", account, "events"], options),
    },
    links: { create: (link) => post(["links"], link) },
    events: { list: (options) => get(["events"], options) },
    rules: { explain: async (question) => get(["rules"], whole(question)) },
    projections: { rebuild: async () => void (await post(["projections", "rebuild"])) },
    keys: {
      list: async () => (await get(["keys"])).keys,
      rotate: async ({ compromised = false } = {}) => (await post(["keys", "rotate"], { compromised })).keys,
    },
  };
}
