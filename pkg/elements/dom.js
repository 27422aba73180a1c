/**
 * A new element: properties, then children (text, nodes, or lists of them; what is missing is passed over). A property with a hyphen is set as
 * an attribute, and so is `role`; a property that is undefined is left alone.
 */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

/** A button that runs a task while it shows that it is busy; what the task throws is given to `failed`. */
export function action(label, task, { failed = () => {}, ...properties } = {}) {
  const button = make("button", { type: "button", part: "button", ...properties }, label);
  button.addEventListener("click", () => busy(button, task).catch(failed));
  return button;
}

/** Runs the task while the button shows that it is busy; a second press meanwhile does nothing. */
export async function busy(button, task) {
  if (button.ariaBusy === "true" || button.ariaDisabled === "true") return;
  button.ariaBusy = "true";
  try {
    await task();
  } finally {
    button.ariaBusy = null;
  }
}

/** A place for what went wrong, which is read out as soon as it is there. */
export const alarm = (text = "") => make("p", { className: "alert", role: "alert", part: "error" }, text);

/** What came of something. */
export const notice = (...text) => make("p", { className: "notice", part: "notice" }, text);

/** A sign of lines, 24 by 24, in the colour of the text beside it. Nothing is read out. */
export function icon(path) {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  line.setAttribute("d", path);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}
