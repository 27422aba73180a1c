import { make } from "../dom.js";
import { markOf, providerButtons } from "../providers.js";
import { confirmed } from "./dialog.js";
import { createList } from "./list.js";
import { when } from "./moment.js";
import { badge, createSection } from "./section.js";
import { cameBack, goAway, here } from "./way.js";

/** Who she is at providers, each with a button that unlinks it, and a button for each provider to link another. */
export function createIdentities({ host, config, proven, changed }) {
  const { client, say, pieces } = host;
  const left = cameBack("link");
  let profile = {};

  const list = createList(host, { ask: client.identities.list, row, filled });
  const none = make("p", { className: "muted", hidden: true }, say("account.none"));
  const notice = make("p", { className: "notice", part: "notice", hidden: true });
  const title = make("h3", {}, say("account.link_more"));
  const buttons = providerButtons(host, config.providers, { text: "account.link", press: link, failed: list.refuse });
  const more = config.providers.length > 0 && [title, buttons];
  const [called, lead] = [say("account.identities"), say("account.identities_lead")];
  const { element, heading } = createSection("identities", called, lead, notice, none, list.elements, more);
  element.hidden = config.providers.length === 0;

  function filled(identities) {
    none.hidden = identities.length > 0;
    element.hidden = config.providers.length + identities.length === 0;
    const added = left && identities.find(({ provider, linked_at }) => provider === left.more && linked_at * 1000 > left.at - 60_000);
    if (added && notice.hidden) note(say("account.linked", { name: added.name }));
  }

  function note(text) {
    notice.hidden = false;
    notice.textContent = text;
    host.announce(text);
  }

  /** That leaves the page, and comes back to it. */
  const leave = (id) => {
    goAway("link", id);
    return client.identities.link(id, { next: here() });
  };

  function link({ id }) {
    return proven(() => leave(id));
  }

  async function unlink({ id, name }) {
    const text = say("account.unlink_text");
    if (!(await confirmed(host, { title: say("account.unlink_which", { name }), text, button: say("account.unlink") }))) return;
    await proven(() => client.identities.unlink(id));
    await list.load();
    note(`${say("account.unlinked", { name })} ${say("account.elsewhere")}`);
    // The button that was pressed is gone: go on from the title.
    heading.focus();
    await changed("identities");
  }

  function row(identity, index) {
    const { name, last, provider, linked_at, used_at } = identity;
    const called = callings(identity);
    const reason = last && make("p", { id: `identity-${index}-last`, className: "hint" }, onlyWay());
    const refused = last && { "aria-disabled": "true", "aria-describedby": reason.id };
    const button = list.button(say("account.unlink"), () => unlink(identity), {
      "aria-label": say("account.unlink_which", { name: `${name}, ${called}` }),
      ...refused,
    });
    const used = used_at ? pieces("account.used", { when: when(host, used_at) }) : say("account.unused");
    const text = make(
      "div",
      {},
      make("strong", {}, name),
      provider ? [] : [" ", badge(say("account.gone"))],
      make("p", {}, make("bdi", {}, called)),
      make("p", { className: "hint" }, pieces("account.linked_when", { when: when(host, linked_at) }), " · ", used),
      reason,
    );
    return make("li", {}, markOf(identity), text, button);
  }

  /** Why it stays, and what would change that. */
  function onlyWay() {
    const named = profile.user_name || profile.email_verified;
    const wanted = !config.actions.includes("change_password") ? "link" : named ? "password" : "name";
    return say(`account.only_${wanted}`);
  }

  function show({ profile: known, session, anew }) {
    profile = known;
    // With a password of her own, the last one is no longer her only way in.
    list.show(`${session.sid} ${known.has_password}`, anew);
  }

  return { element, show };
}

/** Which one it is: by what people call it, else by the provider's name for it. */
function callings({ label, email, subject }) {
  const known = new Set([label, email].filter(Boolean));
  return known.size > 0 ? [...known].join(" · ") : subject;
}
