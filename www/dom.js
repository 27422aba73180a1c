/** The element with this id. */
export const at = (id) => document.getElementById(id);

/**
 * A new element: properties, then children (text or nodes; what is null or false is left out). A property with a hyphen is set as an
 * attribute, and `onclick` and its like listen.
 */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element[key] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const link = (href, ...children) => make("a", { href }, ...children);

/** Words that only screen readers have. */
export const unseen = (text) => make("span", { className: "visually-hidden" }, text);

/** Tells screen readers; nothing is seen. */
export function announce(text) {
  at("status").textContent = text;
}

/** Shows a notice above the page, and tells it; none hides it. */
export function notify(...content) {
  at("notice").replaceChildren(...content);
  at("notice").hidden = content.length === 0;
  if (content.length > 0) announce(at("notice").textContent);
}
