import { make } from "../dom.js";

/** "Try again in 40 s": counts down in sight, tells a screen reader once, and keeps the button from being pressed. */
export function createWait({ say, language }, message, button) {
  let timer;
  let until = 0;

  function begin(seconds) {
    end();
    until = Date.now() + seconds * 1000;
    const left = make("span", { "aria-hidden": "true" });
    const said = make("span", { className: "unseen" }, say("wait.left", { time: duration(seconds) }));
    message.replaceChildren(say("error.too_many_requests"), " ", said, left);
    button.setAttribute("aria-disabled", "true");
    const count = () => {
      const rest = Math.ceil((until - Date.now()) / 1000);
      if (rest > 0) left.textContent = say("wait.left", { time: duration(rest) });
      else end(say("wait.over"));
    };
    count();
    timer = setInterval(count, 1000);
  }

  function end(text = "") {
    if (timer) message.textContent = text;
    clearInterval(timer);
    timer = undefined;
    until = 0;
    button.removeAttribute("aria-disabled");
  }

  /** `2 min 5 sec`, as the language has it. */
  function duration(seconds) {
    const parts = { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60 };
    const named = Object.entries(parts).filter(([, count]) => count > 0);
    return named.map(([unit, count]) => amount(unit, count)).join(" ");
  }

  const amount = (unit, count) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count);

  return { begin, end, isOver: () => Date.now() >= until };
}
