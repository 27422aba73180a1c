// The groups behind the classes, and what the office is granted: "Set up the school". Doing it twice changes nothing.

import { read } from "./api.js";
import { client } from "./client.js";
import { classesOf } from "./tags.js";

const always = [
  ["teacher", "Everybody who teaches here"],
  ["office", "Who may change and publish every document"],
];

async function wanted() {
  const { classes } = await read("/api/classes");
  return [
    ...always,
    ...classes.flatMap(({ id, name }) => [
      [`class/${id}`, `Pupils of ${name}`],
      [`teacher/${id}`, `Teachers of ${name}`],
    ]),
  ];
}

/** Whether the school counts her as one of its office; its groups come first. */
export const isInOffice = async () => classesOf(await client.session()).office;

export async function missing() {
  const [names, groups] = await Promise.all([wanted(), everyGroup()]);
  return names.filter(([name]) => !groups.some((group) => group.name === name));
}

export async function setUp() {
  for (const [name, description] of await missing())
    await client.groups.create({ name, description }).catch(unless("group_exists"));
  const office = await groupOf("office");
  await client.groups.grant(office.group, { name: "edit", kind: "document" });
  await client.groups.addMember(office.group, client.getSnapshot().account);
  await client.refresh();
}

export async function everyGroup() {
  const found = [];
  for (let after; after !== null;) {
    const { groups, next } = await client.groups.list({ limit: 100, after });
    found.push(...groups);
    after = next;
  }
  return found.toSorted((one, other) => one.name.localeCompare(other.name));
}

/** The group of that very name, made if need be. */
export async function groupOf(name, description = "") {
  const find = async () => (await client.groups.list({ name })).groups[0];
  return (
    (await find()) ??
    client.groups
      .create({ name, description })
      .catch(unless("group_exists"))
      .then((made) => made ?? find())
  );
}

const unless = (code) => (error) => {
  if (error.code !== code) throw error;
};
