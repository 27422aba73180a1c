import { action, alarm, make, notice } from "../dom.js";

/**
 * A list of what the edge knows. `ask()` resolves with what is in it, `row(thing, index)` makes a row, and `filled(things)` is called when they
 * are there. What goes wrong is said below it.
 */
export function createList(host, { ask, row, filled }) {
  const list = make("ul", { className: "list", role: "list" });
  const message = alarm();
  const outcome = make("div", { role: "status" });
  const again = action(host.say("common.again"), load, { hidden: true });
  let known;
  let number = 0;

  async function load() {
    const mine = (number += 1);
    message.textContent = "";
    again.hidden = true;
    const things = await ask().catch((error) => void (mine === number && (refuse(error), (again.hidden = false))));
    // Asked for once more meanwhile, or signed out.
    if (!things || mine !== number || !list.isConnected) return;
    list.replaceChildren(...things.map(row));
    filled(things);
  }

  function refuse(error) {
    // Ended meanwhile, and so is all that is shown.
    if (host.client.getSnapshot()) message.textContent = host.explain(error);
  }

  return {
    elements: [outcome, list, message, again],
    load,
    refuse,
    /** Something in it has ended, and with it the button that was pressed: she goes on from the title. */
    async settle(heading, text) {
      await load();
      heading.focus();
      outcome.replaceChildren(notice(text));
    },
    /** A button in it. */
    button(label, task, { part = "button", ...more } = {}) {
      const press = () => (outcome.replaceChildren(), (message.textContent = ""), task());
      return action(label, press, { part, failed: refuse, ...more });
    },
    /** Asked for anew when what it depends on is something else. */
    show: (key, anew) => (anew || key !== known) && ((known = key), load()),
  };
}
