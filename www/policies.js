// Who may do what at this school: one place for the page, which shows and hides by it, and for the Worker, which guards by it.
// Policies are plain JSON; the package's builders write the same.

const tag = (name) => ({ has_tag: `groups:${name}` });
// The school's own. `admin` is the deployment's, which asks for it to the letter: to a policy, who carries `admin/read-only` carries it, too.
const office = tag("office");
const staff = { has_tag: { any: ["groups:teacher", "groups:office"] } };
const everybodyHere = { has_tag: { any: ["groups:class", "groups:teacher", "groups:office"] } };

/** How old a proof of who one is may be, in seconds, where something becomes visible to others. */
const FRESH = 600;

export const mayManage = office;
export const mayUseStaffRoom = staff;

export const mayReadClass = ({ id }) => ({ or: [tag(`class/${id}`), tag(`teacher/${id}`), office] });
export const mayTeachClass = ({ id }) => ({ or: [tag(`teacher/${id}`), office] });

/** A draft is for those who may change it, and they may read it afterwards, too. */
export function mayReadDocument(document) {
  if (!document.published) return mayEditDocument(document);
  const audience = mayReadByAudience(document);
  return audience === "anyone" ? audience : { or: [audience, mayEditDocument(document)] };
}

/** Whom a document is for once it is published. */
export const mayReadByAudience = (document) => audiences[document.audience](document);

const audiences = {
  public: () => "anyone",
  school: () => everybodyHere,
  class: ({ class: id }) => mayReadClass({ id }),
  staff: () => staff,
};

/** Its class's teachers, by a tag that their token carries; and whoever is in a group that was granted it. */
export const mayEditDocument = ({ id, class: of }) => {
  const granted = { has_permission: { name: "edit", kind: "document", record: id } };
  return of ? { or: [tag(`teacher/${of}`), granted] } : granted;
};

/** Where a document begins: it has no id yet. */
export const mayWriteFor = (of) => {
  const granted = { has_permission: { name: "edit", kind: "document" } };
  return of ? { or: [tag(`teacher/${of}`), granted] } : granted;
};

export const mayPublishDocument = (document) => ({ and: [mayEditDocument(document), { confirmed_within: FRESH }] });
