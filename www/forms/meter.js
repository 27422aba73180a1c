import { make } from "../dom.js";
import { STRENGTHS, WARNINGS } from "../words.js";

const PAUSE = 150; // milliseconds without a key: who types is not told of every letter

/** How strong a new password is, while it is typed: a bar, and the same in words. */
export function createMeter(id, { estimate, needed }) {
  const bar = make("meter", { id: `${id}-bar`, min: 0, max: 5, "aria-label": "Strength of the password" });
  const says = make("p", { className: "fine", "aria-live": "polite" });
  const element = make("div", { id: `${id}-strength`, className: "strength", hidden: true }, bar, says);
  let timer;
  let latest;

  function measure(password) {
    clearTimeout(timer);
    latest = password;
    if (password) timer = setTimeout(() => show(password), PAUSE);
    else element.hidden = true;
  }

  async function show(password) {
    // Without the Wasm there is no meter; the edge judges the password in any case.
    const strength = await estimate(password).catch(() => null);
    if (password !== latest) return;
    element.hidden = !strength;
    if (!strength) return;
    const { score } = strength;
    const enough = score >= needed;
    bar.value = score + 1;
    element.dataset.score = score;
    bar.textContent = `${score} of 4`;
    says.textContent = [describe(strength), ...(enough ? [] : [`Needed: ${STRENGTHS[needed].toLowerCase()}.`])].join(" ");
  }

  function clear() {
    measure("");
    says.textContent = "";
  }

  return { element, measure, clear };
}

function describe({ score, warning }) {
  return warning ? `${STRENGTHS[score]}: ${WARNINGS[warning] ?? warning}.` : `${STRENGTHS[score]}.`;
}
