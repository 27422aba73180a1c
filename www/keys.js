import { announce, at, busy, make, words } from "./dom.js";
import { when } from "./moment.js";
import { REFUSALS } from "./words.js";

const SURE = "Withdraw every key? What they have signed is refused within minutes; pages renew it by themselves.";

/** "Signing keys", for administrators. */
export function createKeys(client, proven) {
  const list = at("keys-list");
  const message = at("keys-error");
  let asked = false;

  press("keys-again", () => client.keys.list());
  press("keys-rotate", () => client.keys.rotate(), "Another key is published, and signs from tomorrow on");
  press("keys-compromised", () => client.keys.rotate({ compromised: true }), "Another key signs from now on", SURE);

  function press(id, ask, done, question) {
    const button = at(id);
    button.addEventListener("click", () => {
      if (!question || globalThis.confirm(question)) busy(button, () => load(() => proven(ask), done));
    });
  }

  async function show({ confirmed_until }) {
    at("keys").hidden = !(await client.has("groups:admin"));
    // Listing them takes a fresh proof, and nobody is asked for one who has only come by.
    if (at("keys").hidden || asked || confirmed_until * 1000 <= Date.now()) return;
    asked = true;
    await load(() => client.keys.list());
  }

  async function load(ask, done = "") {
    message.textContent = "";
    try {
      list.replaceChildren(...(await ask()).map(row));
      if (done) announce(done);
    } catch (error) {
      message.textContent = REFUSALS[error.code] ?? words(error);
    }
  }

  function clear() {
    at("keys").hidden = true;
    asked = false;
    list.replaceChildren();
    message.textContent = "";
  }

  return { show, clear };
}

const STATES = {
  next: ({ signs_from }) => ["Published already; signs ", when(signs_from)],
  signing: ({ signs_from }) => ["Signs the tokens; began ", when(signs_from)],
  retired: () => ["Signs no more; its last tokens are still good"],
  withdrawn: () => ["Taken back; whatever it has signed is refused"],
};

function row(key) {
  const badges = [key.alg, key.state].map((text) => make("span", { className: "badge" }, text));
  return make(
    "li",
    { className: "row" },
    make("p", {}, make("code", {}, key.kid), ...badges.flatMap((badge) => [" ", badge])),
    make("p", { className: "fine" }, ...STATES[key.state](key)),
  );
}
