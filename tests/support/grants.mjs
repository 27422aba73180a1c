// Groups and permissions for tests: each group is a new one.

import { randomBytes } from "node:crypto";

/** Makes a group as an administrator, gives it permissions and takes people in; resolves with the group. */
export async function makeGroup(admin, { permissions = [], members = [], tags = {} } = {}) {
  const group = expectStatus(await admin.send("POST", "/auth/api/groups", { name: `group-${randomBytes(5).toString("hex")}` }), 201).json;
  for (const permission of permissions) await grant(admin, group, permission);
  for (const [set, list] of Object.entries(tags)) {
    expectStatus(await admin.send("PUT", `/auth/api/tags/${set}/group/${group.group}`, { tags: list }), 200);
  }
  for (const { account } of members) expectStatus(await admin.send("PUT", `/auth/api/groups/${group.group}/members/${account}`), 204);
  return group;
}

export const grant = async (admin, { group }, permission) =>
  expectStatus(await admin.send("PUT", `/auth/api/groups/${group}/permissions`, permission), 204);

export const revoke = async (admin, { group }, permission) =>
  expectStatus(await admin.send("DELETE", `/auth/api/groups/${group}/permissions`, permission), 204);

function expectStatus(page, status) {
  if (page.status !== status) throw new Error(`${page.url.pathname}: ${page.status} ${page.text}`);
  return page;
}
