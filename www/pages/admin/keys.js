import { client } from "../../client.js";
import { at, make, notify } from "../../dom.js";
import { button } from "../../form.js";
import { dateAndTime } from "../../moment.js";
import { administered } from "../../panels/administered.js";
import { isStill, proven, wasWanted } from "../../proof.js";

const STATES = {
  next: "Published, signs soon",
  signing: "Signs the tokens",
  retired: "Retired: its last tokens run out",
  withdrawn: "Withdrawn",
};

export const page = administered("Signing keys", async () => {
  const list = make("div", {});
  const show = (keys) => list.replaceChildren(make("ul", { className: "rows keys" }, ...keys.map(row)));
  const load = async () => {
    const keys = await proven("list", () => client.keys.list());
    if (keys) show(keys);
  };
  const rotate = async (how, said) => {
    const keys = await proven("rotate", () => client.keys.rotate(how));
    if (!keys) return;
    show(keys);
    notify(said);
  };
  const listing = button("List the keys", load, { className: "quiet" });
  if (await wasWanted("list")) queueMicrotask(() => listing.click());
  return [
    make("h1", {}, "Signing keys"),
    make(
      "p",
      { className: "lead" },
      "They sign every token, and change by themselves every 90 days. Looking at them takes a fresh proof of who you are.",
    ),
    make(
      "section",
      { className: "card", "aria-label": "Keys" },
      list,
      make(
        "div",
        { className: "line" },
        listing,
        button("Rotate", () => rotate({}, "Another key is published. It signs from tomorrow on."), { className: "quiet" }),
        button("A key is compromised …", () => compromised(rotate), { className: "quiet danger" }),
      ),
    ),
  ];
});

/** Everybody's token is void within minutes: asked twice. */
async function compromised(rotate) {
  const { account } = client.getSnapshot();
  const dialog = make(
    "dialog",
    { className: "dialog", "aria-labelledby": "compromised-title" },
    make("h2", { id: "compromised-title" }, "Withdraw all keys?"),
    make("p", {}, "Whatever they have signed is refused within minutes; every browser renews its token by itself."),
  );
  dialog.append(
    make(
      "div",
      { className: "line" },
      make("button", { type: "button", className: "danger", onclick: () => dialog.close("yes") }, "Withdraw them all"),
      make("button", { type: "button", className: "quiet", onclick: () => dialog.close("") }, "Keep them"),
    ),
  );
  // It goes with the page, and so with whose page it is.
  at("page").append(dialog);
  dialog.showModal();
  const said = await new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }),
  );
  dialog.remove();
  if (said === "yes" && (await isStill(account)))
    await rotate({ compromised: true }, "All keys are withdrawn, and a new one signs.");
}

const row = ({ kid, alg, state, created_at }) =>
  make(
    "li",
    {},
    make(
      "span",
      {},
      make("strong", {}, STATES[state]),
      make("span", { className: "fine event-details" }, make("code", {}, kid), ` · ${alg}`),
    ),
    make("span", { className: "fine" }, dateAndTime(created_at)),
  );
