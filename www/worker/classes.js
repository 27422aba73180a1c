import { CLASS, whole } from "../paths.js";
import { mayManage, mayReadClass, mayTeachClass, mayUseStaffRoom } from "../policies.js";
import { matching, oneOf, readForm, text, versionOf } from "./input.js";
import { json, nothing, problem } from "./problem.js";

/** The classes are no secret, what happens in them is. */
export const list = async ({ school }) => json({ classes: await school.classes() });

export async function show({ request, guard, school }, id) {
  const who = await guard.require(request, { policy: mayReadClass({ id }) });
  if (who instanceof Response) return who;
  return found(await school.class(id));
}

export async function writeNote({ request, guard, school }, id) {
  const who = await guard.require(request, { policy: mayTeachClass({ id }), at: "replicated" });
  if (who instanceof Response) return who;
  const version = versionOf(request);
  if (version === undefined) return problem("version_missing");
  const { value, refusal } = await readForm(request, { note: text(2_000, { min: 0 }) });
  if (refusal) return refusal;
  if (!(await school.class(id))) return problem("class_unknown");
  const changed = await school.writeNote(id, version, value.note);
  return changed ? found(changed) : problem("version_stale");
}

/** Roles are decided: somebody who was an administrator a minute ago makes no class. */
export async function create({ request, guard, school }) {
  const who = await guard.require(request, { policy: mayManage, at: "decided" });
  if (who instanceof Response) return who;
  const line = text(60);
  const form = { id: matching(whole(CLASS)), name: line, room: line, tutor: line };
  const { value, refusal } = await readForm(request, form);
  if (refusal) return refusal;
  const added = await school.addClass(value);
  return added ? json(added, { status: 201, version: added.version }) : problem("class_exists");
}

export async function register({ request, guard, school }, id) {
  const who = await guard.require(request, { policy: mayUseStaffRoom, at: "replicated" });
  if (who instanceof Response) return who;
  return (await school.class(id)) ? json({ people: await school.register(id) }) : problem("class_unknown");
}

export async function enter({ request, guard, school }, id, account) {
  const who = await guard.require(request, { policy: mayManage, at: "decided" });
  if (who instanceof Response) return who;
  const { value, refusal } = await readForm(request, { name: text(120), role: oneOf("pupil", "teacher") });
  if (refusal) return refusal;
  if (!(await school.class(id))) return problem("class_unknown");
  await school.enter(id, account, value.name, value.role);
  return nothing();
}

export async function strike({ request, guard, school }, id, account) {
  const who = await guard.require(request, { policy: mayManage, at: "decided" });
  if (who instanceof Response) return who;
  await school.strike(id, account);
  return nothing();
}

const found = (one) => (one ? json(one, { version: one.version }) : problem("class_unknown"));
