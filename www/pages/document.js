import { change, read } from "../api.js";
import { client } from "../client.js";
import { make, notify } from "../dom.js";
import { button } from "../form.js";
import { when } from "../moment.js";
import { editor } from "../panels/editor.js";
import { lonely, signInFirst } from "../panels/lonely.js";
import { why } from "../panels/why.js";
import { mayEditDocument, mayPublishDocument, mayReadDocument } from "../policies.js";
import { proven, wasWanted } from "../proof.js";
import { again } from "../router.js";
import { KINDS, audienceOf } from "../words.js";

export async function page({ id }) {
  const document = await read(`/api/documents/${encodeURIComponent(id)}`).catch((error) => error);
  if (document instanceof Error) return refused(document);
  const session = await client.session();
  // For showing the buttons; the Worker asks again.
  const mayEdit = session !== null && (await client.can(mayEditDocument(document), { at: "replicated" }).catch(() => false));
  const node = make("div", { className: "document-page" }, sheet(document, mayEdit), panel(document));
  if (mayEdit && (await wasWanted(publishing(document)))) queueMicrotask(() => node.querySelector("[data-publish]").click());
  return { title: document.title, node };
}

function refused(error) {
  if (error.status === 401)
    return { title: "Sign in first", node: signInFirst("Sign in first", "What is here, if anything, is not for everybody.") };
  if (error.status === 404)
    return {
      title: "Not found",
      node: lonely("There is no such document", "Or it is for somebody else: which of the two is not said."),
    };
  throw error;
}

function sheet(document, mayEdit) {
  const { kind, title, body, author, changed_at, published } = document;
  const article = make(
    "article",
    { className: "card sheet" },
    make("p", { className: "eyebrow" }, KINDS[kind], !published && make("span", { className: "badge draft" }, "Draft")),
    make("h1", {}, title),
    make(
      "p",
      { className: "sheet-foot" },
      make("span", { className: `badge for-${document.audience}` }, audienceOf(document)),
      ` ${author} · `,
      when(changed_at),
    ),
    make("div", { className: "prose" }, ...body.split(/\n{2,}/).map((text) => make("p", {}, text))),
  );
  if (mayEdit) article.append(tools(document, article));
  return article;
}

function tools(document, article) {
  const publishes = button(document.published ? "Take it back" : "Publish", () => publish(document), {
    className: document.published ? "quiet" : "",
  });
  publishes.dataset.publish = "";
  const edit = button("Change the text", async () => article.replaceWith(editing(document)), { className: "quiet" });
  return make(
    "div",
    { className: "sheet-tools" },
    make("div", { className: "line" }, edit, publishes),
    make(
      "p",
      { className: "hint" },
      document.published
        ? ""
        : "Publishing asks the object that decides, and for a proof of who you are that is not older than ten minutes.",
    ),
  );
}

/** What the button does, to this version and no other. */
const publishing = ({ id, version, published }) => ({ publish: id, version, published: !published });

async function publish(document) {
  const { id, version } = document;
  const wanted = publishing(document);
  const { published } = wanted;
  if (!(await proven(wanted, () => change(`/api/documents/${id}/published`, { published }, version)))) return;
  await again();
  notify(published ? "Published." : "Taken back: it is a draft again.");
}

function editing(document) {
  const { id, version } = document;
  const save = async (words) => {
    await change(`/api/documents/${id}`, words, version);
    await again();
    notify("Saved.");
  };
  return editor(document, { heading: "Change the text", save, cancel: again });
}

/** Everybody may look at the reasons: they are made of what she is, and of what the document is for. */
const panel = (document) =>
  why(
    [
      { label: "Read it", policy: mayReadDocument(document) },
      { label: "Change it", policy: mayEditDocument(document) },
      { label: "Publish it", policy: mayPublishDocument(document) },
    ],
    { title: "Who may read this?" },
  );
