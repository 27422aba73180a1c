import { make } from "../dom.js";

/** "Try again in 40 s": counts down in sight, tells a screen reader once, and keeps the button from being pressed. */
export function createWait(message, button) {
  let timer;
  let until = 0;

  function begin(seconds) {
    end();
    until = Date.now() + seconds * 1000;
    const left = make("span", { "aria-hidden": "true" });
    const said = make("span", { className: "visually-hidden" }, `Please try again in ${seconds} seconds.`);
    message.replaceChildren("That was tried too often. ", said, left);
    button.setAttribute("aria-disabled", "true");
    const count = () => {
      const rest = Math.ceil((until - Date.now()) / 1000);
      if (rest > 0) left.textContent = `Try again in ${duration(rest)}.`;
      else end("You can try again now.");
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

  return { begin, end, isOver: () => Date.now() >= until };
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes ? `${minutes} min ${seconds % 60}\u00a0s` : `${seconds}\u00a0s`;
}
