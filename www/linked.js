import { announce, at, busy, make, words } from "./dom.js";
import { tell, when } from "./moment.js";
import { LINKED, notify } from "./notice.js";
import { markOf, providerButtons } from "./providers.js";
import { REFUSALS } from "./words.js";

const MINUTE = 60_000;

/** "Linked accounts": who she is at providers, each with a button that unlinks it, and a button for each provider to link another. */
export function createLinked(client, proven, unlinked = async () => {}) {
  const list = at("linked-list");
  const message = at("linked-error");
  let shown; // what the list was asked for by
  let asked = 0;
  let named = true; // whether a password would lead in

  setInterval(() => tell(list), MINUTE);

  async function show({ sid }, { has_password, user_name, email_verified }) {
    // With a password of her own, the last one is no longer her only way in.
    const wanted = `${sid} ${has_password}`;
    named = Boolean(user_name || email_verified);
    if (wanted === shown) return;
    shown = wanted;
    await load();
  }

  const load = () =>
    attempt(async () => {
      const mine = (asked += 1);
      const [config, identities] = await Promise.all([client.config(), client.identities.list()]);
      // Asked for once more meanwhile, or signed out.
      if (mine !== asked) return;
      fill(config, identities);
    });

  function fill(config, identities) {
    const { providers } = config;
    list.replaceChildren(...identities.map((identity, index) => row(identity, index, config)));
    at("linked").hidden = providers.length + identities.length === 0;
    at("linked-none").hidden = identities.length > 0;
    at("link-title").hidden = providers.length === 0;
    at("link-title").textContent = identities.length > 0 ? "Link another" : "Link one";
    providerButtons(at("link"), providers, { says: "Link", className: "quiet", press: ({ id }) => attempt(() => link(id)) });
  }

  async function attempt(task) {
    message.textContent = "";
    try {
      await task();
    } catch (error) {
      // Ended meanwhile, and so is all that is shown.
      if (!client.getSnapshot()) return;
      message.textContent = REFUSALS[error.code] ?? words(error);
      at("linked").hidden = false;
    }
  }

  /** That leaves the page, and comes back to it. */
  const link = (provider) => proven(() => client.identities.link(provider, { next: LINKED }));

  async function unlink({ id, name }) {
    await proven(() => client.identities.unlink(id));
    await load();
    notify(`${name} is no longer linked, and every other session has been ended.`);
    announce(`${name} is no longer linked`);
    await unlinked();
    // The button that was pressed is gone: go on from the list.
    at("linked-title").focus();
  }

  function row(identity, index, config) {
    const { name, last } = identity;
    const called = callings(identity);
    const reason = last && make("p", { id: `linked-${index}-last`, className: "fine" }, onlyWay(config, named));
    const which = make("span", { className: "visually-hidden" }, ` ${name}, ${called}`);
    const button = make("button", { type: "button", className: "quiet" }, "Unlink", which);
    if (last) {
      // It can be reached, so that its reason can be heard.
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-describedby", reason.id);
    } else {
      button.addEventListener("click", () => busy(button, () => attempt(() => unlink(identity))));
    }
    const text = make("div", {}, ...describe(identity, called), ...(last ? [reason] : []));
    return make("li", { className: "identity" }, markOf(identity), text, button);
  }

  function clear() {
    shown = undefined;
    asked += 1;
    at("linked").hidden = true;
    list.replaceChildren();
    message.textContent = "";
  }

  return { show, clear };
}

function describe({ provider, name, linked_at, used_at }, called) {
  const gone = provider ? [] : [" ", make("span", { className: "badge" }, "no longer offered")];
  const used = used_at ? make("span", {}, "last used ", when(used_at)) : "not used yet";
  return [
    make("p", { className: "name" }, name, ...gone),
    make("p", { className: "fine" }, called),
    make("p", { className: "fine" }, "Linked ", when(linked_at), " · ", used),
  ];
}

/** Which one it is: by what people call it, else by the provider's name for it. */
function callings({ label, email, subject }) {
  const known = new Set([label, email].filter(Boolean));
  return known.size > 0 ? [...known].join(" · ") : subject;
}

function onlyWay({ actions }, named) {
  const password = named ? "Choose a password" : "Choose a user name and a password";
  const other = actions.includes("change_password") ? `${password}, or link another one first.` : "Link another one first.";
  return `This is your only way in. ${other}`;
}
