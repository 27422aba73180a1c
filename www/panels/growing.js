import { make } from "../dom.js";

/** A list that grows by "Show more": `load(after)` resolves with `{ items, next }`, items being elements. */
export async function growing(load, { empty, className = "people" }) {
  const list = make("ul", { className });
  const more = make("button", { type: "button", className: "quiet", hidden: true }, "Show more");
  let after;
  const grow = async () => {
    const { items, next } = await load(after);
    list.append(...items);
    after = next;
    more.hidden = next === null;
    if (list.children.length === 0 && next !== null) await grow();
  };
  more.addEventListener("click", () => grow());
  await grow();
  return list.children.length > 0 ? [list, more] : [make("p", { className: "empty" }, empty)];
}
