// Groups, permissions and tags as those give and take them who may: done, or the test fails.

import assert from "node:assert/strict";
import { before } from "node:test";
import { withPeople } from "./accounts.mjs";
import { expectJson } from "./people.mjs";

/** What somebody does who may do all of it. */
export function managing(manager) {
  async function change(status, method, path, json) {
    const page = await manager.send(method, `/auth/api/${path}`, json);
    assert.equal(page.status, status, `${method} ${path}: ${page.text}`);
    return page.text ? page.json : undefined;
  }
  return {
    createGroup: (name, description) => change(201, "POST", "groups", { name, description }),
    deleteGroup: ({ group }) => change(204, "DELETE", `groups/${group}`),
    addMember: ({ group }, { account }) => change(204, "PUT", `groups/${group}/members/${account}`),
    removeMember: ({ group }, { account }) => change(204, "DELETE", `groups/${group}/members/${account}`),
    give: ({ group }, name, kind, record) => change(204, "PUT", `groups/${group}/permissions`, { name, kind, record }),
    take: ({ group }, name, kind, record) => change(204, "DELETE", `groups/${group}/permissions`, { name, kind, record }),
    addTags: (set, record, ...tags) => change(200, "PUT", `tags/${set}/${record}`, { tags }),
    removeTags: (set, record, ...tags) => change(200, "DELETE", `tags/${set}/${record}`, { tags }),
  };
}

/** Sets the tests of a `describe` up against one Worker, as `withPeople` does: `admin` is an administrator, `manage` what she does. */
export function withManagers(worker = "classroom") {
  const at = withPeople(worker);
  before(async () => {
    at.admin = await at.people.admin();
    at.manage = managing(at.admin);
  });
  return at;
}

/** What somebody is told whom she asks about permissions. */
export const permitted = async (person, query) => expectJson(await person.get(`/auth/api/permissions?${new URLSearchParams(query)}`));

/** Whether somebody has a permission, as the Directory decides. */
export const may = async (person, name, kind, record) =>
  (await permitted(person, { name, ...(kind && { kind }), ...(record && { record }) })).allowed;

/** Every entry of a list that comes in pages, none of them longer than `limit`. */
export async function listed(person, path, member, query = {}, limit = 2) {
  const found = [];
  for (let after = null, pages = 0; ; pages += 1) {
    assert.ok(pages < 1000, "a list ends");
    const asked = new URLSearchParams([...Object.entries(query).flatMap(pairs), ["limit", limit], ...(after === null ? [] : [["after", after]])]);
    const page = expectJson(await person.get(`/auth/api/${path}?${asked}`));
    assert.ok(page[member].length <= limit, `${page[member].length} of ${limit}`);
    found.push(...page[member]);
    if (page.next === null) return found;
    after = page.next;
  }
}

const pairs = ([name, value]) => [value].flat().map((one) => [name, one]);
