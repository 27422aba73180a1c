import { CLASS, whole } from "../paths.js";
import { mayEditDocument, mayPublishDocument, mayReadByAudience, mayWriteFor } from "../policies.js";
import { matching, oneOf, orNull, readForm, text, versionOf } from "./input.js";
import { json, problem } from "./problem.js";

const words = { title: text(120), body: text(20_000) };

// After how many documents that are for others nobody is asked any more whether somebody was granted that very one.
const MAX_ASKED = 20;

/** Those that the caller may read, without their bodies. */
export async function list({ request, guard, school }) {
  const someone = await guard.require(request, { policy: "anyone" });
  if (someone instanceof Response) return someone;
  const all = await school.documents();
  const open = await Promise.all(all.map((one) => one.published && holds(guard, request, mayReadByAudience(one))));
  const granted = someone ? await grantedOf(all.filter((_, index) => !open[index]), guard, request) : [];
  return json({ documents: all.filter((one, index) => open[index] || granted.includes(one)) });
}

/** Those among documents that are for others which the caller may change all the same. */
async function grantedOf(closed, guard, request) {
  if (await holds(guard, request, mayWriteFor(null))) return closed;
  const asked = closed.slice(0, MAX_ASKED);
  const may = await Promise.all(asked.map((one) => holds(guard, request, mayEditDocument(one))));
  return asked.filter((_, index) => may[index]);
}

export async function show({ request, guard, school }, id) {
  const { document, refusal } = await readable(request, guard, school, id);
  return refusal ?? json(document, { version: document.version });
}

export async function create({ request, guard, school }) {
  const who = await guard.requireLogin(request);
  if (who instanceof Response) return who;
  const form = {
    ...words,
    kind: oneOf("news", "letter", "homework", "rules"),
    audience: oneOf("public", "school", "class", "staff"),
  };
  const { value, refusal } = await readForm(request, { ...form, class: orNull(matching(whole(CLASS))) });
  if (refusal) return refusal;
  if ((value.audience === "class") !== (value.class !== null))
    return problem("fields_invalid", { fields: [{ field: "class", code: "missing" }] });
  const writer = await guard.require(request, { policy: mayWriteFor(value.class), at: "replicated" });
  if (writer instanceof Response) return writer;
  if (value.class !== null && !(await school.class(value.class))) return problem("class_unknown");
  const added = await school.addDocument({ ...value, author: await school.nameOf(writer.account, value.class) });
  return json(added, { status: 201, version: added.version });
}

export async function change({ request, guard, school }, id) {
  const { document, refusal } = await readable(request, guard, school, id);
  if (refusal) return refusal;
  const editor = await guard.require(request, { policy: mayEditDocument(document), at: "replicated" });
  if (editor instanceof Response) return editor;
  return changed(request, words, async (version, value) =>
    school.changeDocument(id, version, { ...value, author: await school.nameOf(editor.account, document.class) }),
  );
}

/** What becomes visible to others is decided, and takes a proof of who one is that is fresh. */
export async function publish({ request, guard, school }, id) {
  const { document, refusal } = await readable(request, guard, school, id);
  if (refusal) return refusal;
  const editor = await guard.require(request, { policy: mayPublishDocument(document), at: "decided" });
  if (editor instanceof Response) return editor;
  return changed(request, { published: oneOf(true, false) }, (version, { published }) => school.publish(id, version, published));
}

/**
 * The document, if the caller may read it; else the refusal, which is the same whether there is such a document or not: one who is not
 * signed in is told to sign in, and everybody else that there is none. It takes as long, too: the same is asked of one that is not there.
 */
async function readable(request, guard, school, id) {
  const someone = await guard.require(request, { policy: "anyone" });
  if (someone instanceof Response) return { refusal: someone };
  const found = await school.document(id);
  const document = found ?? { id, published: false, audience: "staff", class: null };
  const open = document.published && (await holds(guard, request, mayReadByAudience(document)));
  const may = open || (someone !== null && (await holds(guard, request, mayEditDocument(document))));
  if (found && may) return { document: found };
  return { refusal: someone ? problem("document_unknown") : await guard.requireLogin(request) };
}

/** What nobody can tell is no. */
const holds = async (guard, request, policy) => !((await guard.require(request, { policy })) instanceof Response);

async function changed(request, form, work) {
  const version = versionOf(request);
  if (version === undefined) return problem("version_missing");
  const { value, refusal } = await readForm(request, form);
  if (refusal) return refusal;
  const document = await work(version, value);
  return document ? json(document, { version: document.version }) : problem("version_stale");
}
