import { announce, at, busy, make, mark, words } from "./dom.js";
import { dateOf } from "./moment.js";
import { REFUSALS } from "./words.js";

const PAGE = 10;
const ID = /^[0-9a-f]{32}$/;

/** What leads from each status to another. */
const STEPS = {
  active: { title: "Activate", from: ["blocked", "disabled"], done: "is active now" },
  approve: { status: "active", title: "Approve", from: ["pending"], done: "is active now" },
  blocked: { title: "Block", from: ["pending", "active", "disabled"], done: "is blocked now", quiet: true },
  disabled: { title: "Disable", from: ["active", "blocked"], done: "is disabled now", quiet: true },
};

/** Accounts, for administrators: who waits for approval, and how to find one. */
export function createPeople(client) {
  const waiting = createWaiting(client);
  const search = createSearch(client);

  async function show() {
    const { registration } = await client.config();
    const wanted = registration !== null && (await client.has("groups:admin"));
    if (wanted && at("people").hidden) await waiting.load();
    at("people").hidden = !wanted;
  }

  function clear() {
    at("people").hidden = true;
    waiting.clear();
    search.clear();
  }

  return { show, clear };
}

function createWaiting(client) {
  const list = at("waiting");
  const message = at("waiting-error");
  let next = null;

  at("waiting-again").addEventListener("click", () => busy(at("waiting-again"), load));
  at("waiting-more").addEventListener("click", () => busy(at("waiting-more"), () => page(next)));

  async function load() {
    list.replaceChildren();
    await page();
  }

  async function page(after) {
    message.textContent = "";
    try {
      const found = await client.accounts.list({ status: "pending", limit: PAGE, after });
      list.append(...(await Promise.all(found.accounts.map(row))).flat());
      next = found.next;
      at("waiting-more").hidden = !next;
      count();
      if (found.accounts.length === 0 && next) await page(next);
    } catch (error) {
      message.textContent = words(error);
    }
  }

  /** None for an account that has been deleted meanwhile. */
  async function row({ account }) {
    const item = make("li");
    const shown = (profile) => {
      item.replaceChildren(card(client, profile, shown));
      count();
      return item.firstChild;
    };
    try {
      shown(await client.accounts.get(account));
      return [item];
    } catch (error) {
      if (error.code === "account_unknown") return [];
      throw error;
    }
  }

  function count() {
    const left = list.querySelectorAll("[data-status=pending]").length;
    const words = left === 1 ? "1 account is waiting." : `${left} accounts are waiting.`;
    at("waiting-count").textContent = left === 0 ? "Nobody is waiting." : words;
  }

  function clear() {
    list.replaceChildren();
    message.textContent = "";
    at("waiting-more").hidden = true;
  }

  return { load, clear };
}

/** By how an address or a user name begins, or by the id of the account. */
function createSearch(client) {
  const input = at("sought-person");
  const message = at("person-error");
  const list = at("found-people");
  const outcome = at("person");
  let next = null;
  const shown = (profile) => {
    outcome.replaceChildren(card(client, profile, shown));
    return outcome.firstChild;
  };

  at("find-people").addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter, () => attempt(search));
  });
  at("people-more").addEventListener("click", () => busy(at("people-more"), () => attempt(() => page(next))));

  async function search() {
    empty();
    const sought = input.value.trim();
    if (ID.test(sought)) return open(sought);
    await page();
    const [only, ...others] = list.children;
    if (!only) at("people-count").textContent = "No address and no user name begins like that.";
    // What there is no choice about is shown at once.
    if (only && others.length === 0 && !next) only.querySelector("button").click();
  }

  async function page(after) {
    const found = await client.accounts.list({ handle: input.value.trim(), limit: PAGE, after });
    list.append(...found.accounts.map(row));
    next = found.next;
    at("people-more").hidden = !next;
    if (found.accounts.length === 0 && next) await page(next);
  }

  const open = async (account) => shown(await client.accounts.get(account));

  function row({ account, status, email, user_name }) {
    const called = user_name ?? email ?? account;
    const label = make("span", { className: "visually-hidden" }, ` ${called}`);
    const button = make("button", { type: "button", className: "quiet" }, "Open", label);
    button.addEventListener("click", () => busy(button, () => attempt(async () => (await open(account)).focus())));
    const first = make("p", {}, called, " ", make("span", { className: "badge" }, status));
    const address = email === null || email === called ? [] : [make("p", { className: "fine" }, email)];
    return make("li", {}, make("div", {}, first, ...address), button);
  }

  async function attempt(task) {
    mark(input, message);
    try {
      await task();
    } catch (error) {
      mark(input, message, error);
      input.focus();
    }
  }

  function empty() {
    list.replaceChildren();
    outcome.replaceChildren();
    at("people-count").textContent = "";
    at("people-more").hidden = true;
    next = null;
  }

  function clear() {
    at("find-people").reset();
    empty();
    mark(input, message);
  }

  return { clear };
}

/** One account with the steps that lead on from its status. */
function card(client, profile, changed) {
  const { account, status, name, user_name, email, email_verified, created_at, fields } = profile;
  const called = name ?? user_name ?? email ?? account;
  const message = make("p", { className: "error", role: "alert" });
  const buttons = Object.entries(STEPS)
    .filter(([, { from }]) => from.includes(status))
    .map(([key, step]) => {
      const label = make("span", { className: "visually-hidden" }, ` ${called}`);
      const button = make("button", { type: "button", className: step.quiet ? "quiet" : "" }, step.title, label);
      button.addEventListener("click", () => busy(button, () => set(step.status ?? key, step.done)));
      return button;
    });

  async function set(wanted, done) {
    message.textContent = "";
    try {
      // The button that was pressed is gone: go on from the account.
      changed(await client.accounts.setStatus(account, wanted)).focus();
      announce(`${called} ${done}`);
    } catch (error) {
      message.textContent = REFUSALS[error.code] ?? words(error);
    }
  }

  const address = email && `${email}${email_verified ? ", verified" : ", not verified"}`;
  const facts = [user_name, address, ...Object.entries(fields).map(fieldOf)];
  return make(
    "div",
    { className: "one", tabIndex: -1, "data-status": status },
    make("p", { className: "name" }, called, " ", make("span", { className: "badge" }, status)),
    make("p", { className: "fine" }, facts.filter((fact) => fact !== null).join(" · ")),
    make("p", { className: "fine" }, `Since ${dateOf(created_at)} · `, make("code", {}, account)),
    make("div", { className: "line wrap" }, ...buttons),
    message,
  );
}

function fieldOf([name, value]) {
  return value === null ? null : `${name}: ${{ true: "yes", false: "no" }[value] ?? value}`;
}
