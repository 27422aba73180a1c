import { CLASS, whole } from "../paths.js";
import { mayEditDocument, mayPublishDocument, mayReadDocument, mayWriteFor } from "../policies.js";
import { matching, oneOf, orNull, readForm, text, versionOf } from "./input.js";
import { json, problem } from "./problem.js";

const words = { title: text(120), body: text(20_000) };

/** Those that the caller may read, without their bodies. */
export async function list({ request, guard, school }) {
  const someone = await guard.require(request, { policy: "anyone" });
  if (someone instanceof Response) return someone;
  const shown = await Promise.all(
    (await school.documents()).map(async (one) => [one, await holds(guard, request, mayReadDocument(one))]),
  );
  return json({
    documents: shown.filter(([, may]) => may).map(([{ body, ...rest }]) => ({ ...rest, summary: summaryOf(body) })),
  });
}

export async function show({ request, guard, school }, id) {
  const { document, refusal } = await readable(request, guard, school, id);
  return refusal ?? json(document, { version: document.version });
}

export async function create({ request, guard, school, nameOf }) {
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
  const added = await school.addDocument({ ...value, author: await nameOf(request) });
  return json(added, { status: 201, version: added.version });
}

export async function change({ request, guard, school, nameOf }, id) {
  const { document, refusal } = await readable(request, guard, school, id);
  if (refusal) return refusal;
  const editor = await guard.require(request, { policy: mayEditDocument(document), at: "replicated" });
  if (editor instanceof Response) return editor;
  return changed(request, school, words, async (version, value) =>
    school.changeDocument(id, version, { ...value, author: await nameOf(request) }),
  );
}

/** What becomes visible to others is decided, and takes a proof of who one is that is fresh. */
export async function publish({ request, guard, school }, id) {
  const { document, refusal } = await readable(request, guard, school, id);
  if (refusal) return refusal;
  const editor = await guard.require(request, { policy: mayPublishDocument(document), at: "decided" });
  if (editor instanceof Response) return editor;
  return changed(request, school, { published: oneOf(true, false) }, (version, { published }) =>
    school.publish(id, version, published),
  );
}

/**
 * The document, if the caller may read it; else the refusal, which is the same whether there is such a document or not: one who is not
 * signed in is told to sign in, and everybody else that there is none.
 */
async function readable(request, guard, school, id) {
  const someone = await guard.require(request, { policy: "anyone" });
  if (someone instanceof Response) return { refusal: someone };
  const document = await school.document(id);
  if (document && (await holds(guard, request, mayReadDocument(document)))) return { document };
  const refusal = someone ? problem("document_unknown") : await guard.requireLogin(request);
  return { refusal };
}

/** What nobody can tell is no. */
const holds = async (guard, request, policy) => !((await guard.require(request, { policy })) instanceof Response);

async function changed(request, school, form, work) {
  const version = versionOf(request);
  if (version === undefined) return problem("version_missing");
  const { value, refusal } = await readForm(request, form);
  if (refusal) return refusal;
  const document = await work(version, value);
  return document ? json(document, { version: document.version }) : problem("version_stale");
}

function summaryOf(body) {
  const [first] = body.split("\n\n");
  return first.length > 160 ? `${first.slice(0, 157).trimEnd()}…` : first;
}
