import { at, busy, make, mark } from "./dom.js";

const SET = "groups";
const KIND = "account";

const recordOf = (account) => `${KIND}/${account}`;

/** The administrators' forms: give and take tags, find who carries one. Others never see them; the edge guards them. */
export function createAdmin(client) {
  const give = createGive(client);
  const find = createFind(client, give.choose);

  async function show() {
    at("admin").hidden = !(await client.has(`${SET}:admin`));
  }

  function clear() {
    at("admin").hidden = true;
    give.clear();
    find.clear();
  }

  return { show, clear };
}

function createGive(client) {
  const record = at("record");
  const tag = at("tag");
  const message = at("give-error");

  at("mine").addEventListener("click", () => choose(client.getSnapshot().account));
  at("give").addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter, () => act(event.submitter.value));
  });

  async function act(action) {
    unmark();
    const account = record.value.trim();
    try {
      const held = await (action === "get"
        ? client.tags.get(SET, recordOf(account))
        : client.tags[action](SET, recordOf(account), [tag.value.trim()]));
      at("held").replaceChildren(...describe(held));
      // One's own token carries the change only once it is renewed.
      if (action !== "get" && account === client.getSnapshot()?.account) await client.refresh();
    } catch (error) {
      const wrong = error.code === "tag_invalid" ? tag : record;
      mark(wrong, message, error);
      wrong.focus();
    }
  }

  function choose(account) {
    unmark();
    record.value = account;
    at("held").replaceChildren();
    tag.focus();
  }

  function unmark() {
    mark(tag, message);
    mark(record, message);
  }

  function clear() {
    at("give").reset();
    at("held").replaceChildren();
    unmark();
  }

  return { choose, clear };
}

function describe({ tags, version }) {
  if (tags.length === 0) return [make("p", {}, `Carries no tags now (version ${version}).`)];
  const chips = tags.map((tag) => make("li", {}, make("code", {}, tag)));
  return [make("p", {}, `Carries now (version ${version}):`), make("ul", { className: "tags" }, ...chips)];
}

function createFind(client, choose) {
  const sought = at("sought");
  const message = at("find-error");
  const found = at("found");
  let next = null;

  at("find").addEventListener("submit", (event) => {
    event.preventDefault();
    found.replaceChildren();
    busy(event.submitter, () => search());
  });
  at("more").addEventListener("click", () => busy(at("more"), () => search(next)));

  async function search(after) {
    mark(sought, message);
    try {
      next = await append(after);
      at("more").hidden = !next;
      at("found-count").textContent = count(found.children.length, next);
    } catch (error) {
      mark(sought, message, error);
      sought.focus();
    }
  }

  /** A page may be empty and not be the last one. */
  async function append(after) {
    const page = await client.tags.find(SET, sought.value.trim(), { kind: KIND, after });
    found.append(...page.records.map((record) => row(record.slice(recordOf("").length))));
    return page.records.length === 0 && page.next ? append(page.next) : page.next;
  }

  function row(account) {
    const button = make(
      "button",
      { type: "button", className: "quiet" },
      "Choose",
      make("span", { className: "visually-hidden" }, ` ${account}`),
    );
    button.addEventListener("click", () => choose(account));
    return make("li", {}, make("code", {}, account), button);
  }

  function clear() {
    at("find").reset();
    found.replaceChildren();
    at("found-count").textContent = "";
    at("more").hidden = true;
    mark(sought, message);
  }

  return { clear };
}

function count(shown, next) {
  if (shown === 0) return "Nobody carries it.";
  return `${shown} ${shown === 1 ? "account carries" : "accounts carry"} it${next ? ", and there are more" : ""}.`;
}
