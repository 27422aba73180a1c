// Who is in which class, as a pupil or as a teacher: a tag, and a line in the register.

import { change, remove } from "./api.js";
import { client } from "./client.js";
import { groupOf } from "./groups.js";
import { called } from "./words.js";

const ROOT = { pupil: "class", teacher: "teacher" };

export const ROLES = [
  ["pupil", "Pupil"],
  ["teacher", "Teacher"],
];

/** First the tag, which is what counts; then the register, which says the name. */
export async function enter(profile, id, role) {
  const { group } = await groupOf(`${ROOT[role]}/${id}`);
  await client.groups.addMember(group, profile.account);
  await change(`/api/classes/${id}/register/${profile.account}`, { name: called(profile), role });
}

export async function strike({ account, role }, id) {
  const { group } = await groupOf(`${ROOT[role]}/${id}`);
  await client.groups.removeMember(group, account);
  await remove(`/api/classes/${id}/register/${account}`);
}
