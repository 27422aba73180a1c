import { make } from "../dom.js";

const PAUSE = 150; // milliseconds without a key: who types is not told of every letter

/** How strong a new password is, while it is typed: a bar, and the same in words. */
export function createMeter({ say }, { estimate, needed }) {
  const steps = [1, 2, 3, 4].map(() => make("span"));
  const range = { "aria-valuemin": "0", "aria-valuemax": "4" };
  const bar = make("div", { className: "bar", role: "meter", "aria-label": say("strength.label"), ...range }, steps);
  const says = make("p", { className: "hint", "aria-live": "polite" });
  const element = make("div", { className: "strength", part: "strength", hidden: true }, bar, says);
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
    const { score, warning } = strength;
    element.dataset.score = score;
    steps.forEach((step, index) => (step.className = index < Math.max(score, 1) ? "on" : ""));
    const name = say(`strength.${score}`);
    bar.setAttribute("aria-valuenow", score);
    bar.setAttribute("aria-valuetext", name);
    const wanted = score < needed && say("strength.needed", { name: say(`strength.${needed}`) });
    says.textContent = [name, warning && say(`warning.${warning}`), wanted].filter(Boolean).join(" ");
  }

  return { element, measure, clear: () => measure("") };
}
