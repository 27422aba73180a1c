// Who may do what at this school: one place for the page, which shows and hides by it, and for the Worker, which guards by it.
// Policies are plain JSON; the package's builders write the same.

const tag = (name) => ({ has_tag: `groups:${name}` });
const office = tag("admin");
const staff = { has_tag: { any: ["groups:teacher", "groups:admin"] } };
const everybodyHere = { has_tag: { any: ["groups:class", "groups:teacher", "groups:office", "groups:admin"] } };

/** How old a proof of who one is may be, in seconds, where something becomes visible to others. */
const FRESH = 600;

export const mayManage = office;
export const mayUseStaffRoom = staff;

export const mayReadClass = ({ id }) => ({ or: [tag(`class/${id}`), tag(`teacher/${id}`), office] });
export const mayTeachClass = ({ id }) => ({ or: [tag(`teacher/${id}`), office] });

/** A draft is for those who may change it. */
export const mayReadDocument = (document) =>
  document.published ? audiences[document.audience](document) : mayEditDocument(document);

const audiences = {
  public: () => "anyone",
  school: () => everybodyHere,
  class: ({ class: id }) => mayReadClass({ id }),
  staff: () => staff,
};

/** Its class's teachers, by a tag that their token carries; and whoever a group of hers was granted it. */
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
