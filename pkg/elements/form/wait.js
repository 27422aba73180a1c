import { make } from "../dom.js";

/** "Try again in 40 seconds": counts down in sight, tells a screen reader once, and keeps the button from being pressed. */
export function createWait({ say, language }, message, button) {
  let timer;

  function begin(seconds) {
    end();
    const until = Date.now() + seconds * 1000;
    const left = make("span", { ariaHidden: "true" });
    const said = make("span", { className: "unseen" }, say("wait.left", { time: duration(seconds) }));
    message.replaceChildren(say("error.too_many_requests"), " ", said, left);
    button.ariaDisabled = "true";
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
    button.ariaDisabled = null;
  }

  /** `in 2 minutes`, as the language has it. */
  function duration(seconds) {
    const relative = new Intl.RelativeTimeFormat(language);
    return seconds > 120 ? relative.format(Math.ceil(seconds / 60), "minute") : relative.format(seconds, "second");
  }

  return { begin, end };
}
