import { busy, make } from "./dom.js";

/** A provider's mark, in the colour of the text; without one, its first letter. The name stands beside it, so nothing is read out. */
export function markOf({ name, mark }) {
  const unread = { "aria-hidden": "true" };
  if (!mark) return make("span", { className: "mark letter", ...unread }, [...name][0].toUpperCase());
  const { href, origin } = new URL(mark, location.href);
  // A mask of another origin would take that one's leave (CORS); a picture does not.
  if (origin !== location.origin) return make("img", { className: "mark", src: href, alt: "", referrerPolicy: "no-referrer" });
  const element = make("span", { className: "mark", ...unread });
  element.style.maskImage = `url(${JSON.stringify(href)})`;
  return element;
}

/** A list with a button for each provider, such as "Continue with Google"; of many, only the names are seen. */
export function providerButtons(list, providers, { says, className = "", press }) {
  const buttons = providers.map((provider) => {
    const verb = make("span", { className: "verb" }, `${says} `);
    const label = make("span", {}, verb, provider.name);
    const button = make("button", { type: "button", className }, markOf(provider), label);
    button.addEventListener("click", () => busy(button, async () => press(provider)));
    return make("li", {}, button);
  });
  list.replaceChildren(...buttons);
}
