import { alarm, make } from "../dom.js";
import { providerButtons } from "../providers.js";

/** A button that looks like a link and leads to another view. */
export function link(text, go) {
  const button = make("button", { type: "button", part: "link" }, text);
  button.addEventListener("click", () => go());
  return button;
}

/** "New here? Create an account" */
export const turn = (question, text, go) => make("p", { className: "turn" }, question, " ", link(text, go));

/** The providers, and for how long she stays signed in; under a form of one's own they are the other way. */
export function otherWays(host, { config, leave, remember }, { form }) {
  if (config.providers.length === 0) return [];
  const message = alarm();
  const failed = (error) => (message.textContent = host.explain(error));
  const list = providerButtons(host, config.providers, { text: "auth.with", press: leave, failed });
  const or = form && make("p", { className: "or", part: "divider" }, host.say("auth.or"));
  const inForm = form?.element.contains(remember.element);
  return [or, list, !inForm && remember.element, message];
}
