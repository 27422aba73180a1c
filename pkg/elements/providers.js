import { action, make } from "./dom.js";

/** Of more than these only the names are seen. */
const FEW = 3;

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

/**
 * A list with a button for each provider. `text` is that of a button, such as `auth.with` for "Continue with {provider}"; `press(provider)` may
 * fail, and then `failed(error)` is called.
 */
export function providerButtons({ pieces }, providers, { text, press, failed }) {
  const many = providers.length > FEW;
  const rows = providers.map((provider) => {
    const name = make("bdi", {}, provider.name);
    const words = pieces(text, { provider: name }).map((piece) => make("span", { className: many && piece !== name ? "unseen" : "" }, piece));
    const label = [markOf(provider), make("span", {}, words)];
    return make("li", {}, action(label, () => press(provider), { part: "button provider", failed }));
  });
  return make("ul", { className: many ? "providers many" : "providers", part: "providers", role: "list" }, rows);
}
