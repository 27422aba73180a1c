/** The element with this id. */
export const at = (id) => document.getElementById(id);

/** A new element: properties, then children (text or nodes). A property with a hyphen is set as an attribute. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** A failure in words for people, with its code for whoever helps them. */
export const words = (error) => `${sentence(error.detail ?? error.message)} (${error.code ?? error.name})`;

export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** Runs the task while the button shows that it is busy; a second press meanwhile does nothing. */
export async function busy(button, task) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await task();
  } finally {
    button.ariaBusy = "false";
  }
}

/** Tells screen readers; nothing is seen. */
export function announce(text) {
  at("status").textContent = text;
}

/** Shows an error under its field, or clears it. */
export function mark(input, message, error) {
  message.textContent = error ? words(error) : "";
  input.setAttribute("aria-invalid", String(Boolean(error)));
}
