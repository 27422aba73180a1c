// "Who may?": a policy judged in four places, side by side, and what has come of each of its parts.

import { client } from "../client.js";
import { make } from "../dom.js";
import { busy } from "../form.js";
import { words } from "../words.js";
import { explained } from "./tree.js";

const PLACES = [
  { name: "Your browser", at: undefined, how: "Wasm in this page, no request", age: tokenAge },
  { name: "Carried", at: "carried", how: "the edge reads your token", age: tokenAge },
  { name: "Replicated", at: "replicated", how: "a copy in Workers KV", age: () => "at most about a minute old" },
  { name: "Decided", at: "decided", how: "the object that decides", age: () => "exact" },
];

const VERDICTS = { held: "Yes", failed: "No", unknown: "Not known" };

/** `questions` are `{ label, policy }`; the first one is asked at once. */
export function why(questions, { title = "Who may?", lead } = {}) {
  const outcome = make("div", { className: "why-outcome" });
  const source = make("pre", { className: "why-json", tabIndex: 0, role: "region", "aria-label": "The policy as JSON" });
  const places = PLACES.map((place) => card(place, select));
  const grid = make(
    "div",
    { className: "why-places", role: "group", "aria-label": "Asked in four places" },
    ...places.map(({ element }) => element),
  );
  const tabs = questions.map(({ label, policy }) =>
    make("button", { type: "button", className: "tab", onclick: (event) => ask(event.currentTarget, policy) }, label),
  );
  const again = make(
    "button",
    { type: "button", className: "quiet small", onclick: () => ask(current(), policyOf()) },
    "Ask again",
  );

  const current = () => tabs.find((tab) => tab.ariaPressed === "true");
  const policyOf = () => questions[tabs.indexOf(current())].policy;

  async function ask(tab, policy) {
    for (const other of tabs) other.ariaPressed = String(other === tab);
    source.textContent = JSON.stringify(policy, null, 2);
    // What loads the Wasm would else be part of the first answer's time.
    await client.explain("anyone").catch(() => {});
    await busy(again, async () => {
      for (const place of places) {
        await place.ask(policy);
        if (current() !== tab) return;
        if (place.element.ariaPressed === "true") select(place);
      }
    });
  }

  function select(chosen) {
    for (const place of places) place.element.ariaPressed = String(place === chosen);
    outcome.replaceChildren(...chosen.said());
  }

  select(places[0]);
  ask(tabs[0], questions[0].policy);
  return make(
    "section",
    { className: "card why", "aria-labelledby": "why-title" },
    make("div", { className: "why-head" }, make("h2", { id: "why-title" }, title), again),
    make(
      "p",
      { className: "lead-small" },
      lead ?? "The same policy, judged by the same Rust code in four places. Each knows more, and has further to go.",
    ),
    questions.length > 1 && make("div", { className: "tabs", role: "group", "aria-label": "What is asked" }, ...tabs),
    grid,
    outcome,
    make("details", { className: "why-source" }, make("summary", {}, "The policy, as JSON"), source),
  );
}

function card(place, select) {
  const verdict = make("span", { className: "why-verdict" }, "…");
  const time = make("span", { className: "why-time" }, "\u00a0");
  const age = make("span", { className: "why-age" }, "\u00a0");
  const names = [make("span", { className: "why-name" }, place.name), make("span", { className: "why-how" }, place.how)];
  const element = make(
    "button",
    { type: "button", className: "why-place waiting", "aria-pressed": "false" },
    ...names,
    verdict,
    make("span", { className: "why-facts" }, time, age),
  );
  const self = { element, ask, said: () => said };
  let said = [make("p", { className: "hint" }, "Being asked …")];
  element.addEventListener("click", () => select(self));

  async function ask(policy) {
    const begin = performance.now();
    const { outcome, explanation, note } = await answer(policy, place.at);
    const took = performance.now() - begin;
    element.className = `why-place ${outcome}`;
    verdict.textContent = VERDICTS[outcome];
    time.textContent = took < 0.1 ? "under 0.1 ms" : `${took < 10 ? took.toFixed(1) : Math.round(took)} ms`;
    age.textContent = place.age();
    said = explanation
      ? [explained(explanation), ...(note ? [make("p", { className: "hint" }, note)] : [])]
      : [make("p", { className: "hint" }, note)];
  }

  return self;
}

async function answer(policy, at) {
  try {
    const explanation = await client.explain(policy, { at });
    if (!explanation) return { outcome: "failed", note: "Refused before anything was judged: nobody is signed in." };
    const note = at
      ? undefined
      : explanation.outcome === "unknown" && "What groups are granted is not in the token. Ask further to the right.";
    return { outcome: explanation.outcome, explanation, note };
  } catch (error) {
    // No token carries what groups are granted, so that it cannot be asked there.
    const note =
      error.code === "query_invalid" ? "No token carries what groups are granted. Ask further to the right." : words(error);
    return { outcome: "unknown", note };
  }
}

function tokenAge() {
  const session = client.getSnapshot();
  if (!session) return "no token";
  const seconds = Math.max(0, Math.round(Date.now() / 1000 - session.issued_at));
  if (seconds < 1) return "as of now";
  return seconds < 60 ? `as of ${seconds} s ago` : `as of ${Math.floor(seconds / 60)} min ago`;
}
