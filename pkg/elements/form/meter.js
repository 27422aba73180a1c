import { make } from "../dom.js";

const PAUSE = 150; // milliseconds without a key: who types is not told of every letter

/** How strong a new password is, while it is typed: a bar, and the same in words. */
export function createMeter({ say }, { estimate, needed }) {
  const steps = [1, 2, 3, 4].map(() => make("span"));
  const bar = make("div", { className: "bar", role: "meter", ariaLabel: say("strength.label"), ariaValueMin: "0", ariaValueMax: "4" }, steps);
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
    const name = say(`strength.${score}`);
    element.dataset.score = bar.ariaValueNow = score;
    bar.ariaValueText = name;
    steps.forEach((step, index) => (step.className = index < (score || 1) ? "on" : ""));
    const wanted = score < needed && say("strength.needed", { name: say(`strength.${needed}`) });
    says.textContent = [name, warning && say(`warning.${warning}`), wanted].filter(Boolean).join(" ");
  }

  return { element, measure };
}
