import { make } from "../dom.js";
import { markOf, providerButtons } from "../providers.js";
import { confirmed } from "./dialog.js";
import { createList } from "./list.js";
import { when } from "./moment.js";
import { badge, createSection } from "./section.js";

/** Who she is at providers, each with a button that unlinks it, and a button for each provider to link another. */
export function createIdentities({ host, config, act, changed }) {
  const { client, say, pieces } = host;

  const list = createList(host, { ask: client.identities.list, row, filled });
  const none = make("p", { className: "muted", hidden: true }, say("account.none"));
  const title = make("h3", {}, say("account.link_more"));
  const buttons = providerButtons(host, config.providers, { text: "account.link", press: link, failed: list.refuse });
  const more = config.providers.length > 0 && [title, buttons];
  const { element, heading } = createSection("identities", say("account.identities"), "", none, list.elements, more);
  element.hidden = config.providers.length === 0;

  function filled(identities) {
    none.hidden = identities.length > 0;
    element.hidden = config.providers.length + identities.length === 0;
  }

  /** That leaves the page, and comes back to it. */
  function link({ id }) {
    return act(() => client.identities.link(id));
  }

  async function unlink({ id, name }) {
    const text = `${say("account.unlink_text")} ${say("account.elsewhere")}`;
    if (!(await confirmed(host, say("account.unlink_which", { name }), say("account.unlink"), text))) return;
    await act(() => client.identities.unlink(id));
    await list.settle(heading, say("account.unlinked", { name }));
    await changed("identities");
  }

  function row(identity, index) {
    const { name, last, provider, linked_at, used_at } = identity;
    // By what people call it, else by the provider's name for it.
    const called = identity.label ?? identity.email ?? identity.subject;
    const reason = last && make("p", { id: `identity-${index}-last`, className: "hint" }, onlyWay());
    const refused = last && { "aria-disabled": "true", "aria-describedby": reason.id };
    const button = list.button(say("account.unlink"), () => unlink(identity), {
      "aria-label": say("account.unlink_which", { name: `${name}, ${called}` }),
      ...refused,
    });
    const used = used_at && [" · ", pieces("account.used", { when: when(host, used_at) })];
    const text = make(
      "div",
      {},
      make("strong", {}, name),
      provider ? [] : [" ", badge(say("account.gone"))],
      make("p", {}, make("bdi", {}, called)),
      make("p", { className: "hint" }, pieces("account.linked_when", { when: when(host, linked_at) }), used),
      reason,
    );
    return make("li", {}, markOf(identity), text, button);
  }

  /** Why it stays, and what would change that. */
  function onlyWay() {
    return say(config.actions.includes("change_password") ? "account.only_password" : "account.only_link");
  }

  // With a password of her own, the last one is no longer her only way in.
  const show = ({ profile, session, anew }) => list.show(`${session.sid} ${profile.has_password}`, anew);

  return { element, show };
}
