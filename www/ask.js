import { announce, at, busy, make, mark, sentence } from "./dom.js";

const PLACES = [
  { where: "In the browser", age: "Wasm, no request. As old as your token." },
  { where: "Edge, carried", at: "carried", age: "From the token alone. As old as your token." },
  { where: "Edge, replicated", at: "replicated", age: "From Workers KV. Up to about 60 s old." },
  { where: "Edge, decided", at: "decided", age: "From the Durable Object. Exact." },
];

/** "May I?": one question, four answers side by side. */
export function createAsk(client) {
  const input = at("question");
  const message = at("question-error");
  const answers = at("answers");

  at("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter, () => askEverywhere(input.value.trim()));
  });

  async function askEverywhere(question) {
    clear();
    const verdicts = [];
    try {
      // One after the other, so that each time is its own and no answer waits for another.
      for (const place of PLACES) {
        const answer = await (place.at ? remotely(client, question, place) : locally(client, question));
        verdicts.push(`${place.where}: ${answer.allowed ? "yes" : "no"}`);
        answers.append(card(place, answer));
      }
      announce(verdicts.join(". "));
    } catch (error) {
      mark(input, message, error);
      input.focus();
    }
  }

  function clear() {
    mark(input, message);
    answers.replaceChildren();
  }

  return { show() {}, clear };
}

async function locally(client, question) {
  const { tags } = await client.session();
  const { took, answer } = await timed(() => client.has(question));
  if (!answer) return { took, allowed: false, why: "None of the tags you carry covers it." };
  const colon = question.indexOf(":");
  for (const tag of tags[question.slice(0, colon)]) {
    if (await client.covers(tag, question.slice(colon + 1))) return { took, allowed: true, by: tag };
  }
  return { took, allowed: true };
}

async function remotely(client, question, place) {
  const { took, answer } = await timed(() => client.check(question, { at: place.at }));
  const { allowed, by, problem } = answer;
  return { took, allowed, by, why: problem && `${sentence(problem.detail ?? problem.title)} (${problem.code})` };
}

async function timed(ask) {
  const start = performance.now();
  const answer = await ask();
  return { took: performance.now() - start, answer };
}

function card({ where, age }, { allowed, by, why, took }) {
  return make(
    "li",
    { className: allowed ? "yes" : "no" },
    make("span", { className: "where" }, where),
    make("strong", { className: "verdict" }, allowed ? "✓ Yes" : "✕ No"),
    make("span", { className: "took" }, duration(took)),
    make("span", { className: "why" }, ...(by ? ["Covered by ", make("code", {}, by)] : [why ?? ""])),
    make("span", { className: "age" }, age),
  );
}

function duration(milliseconds) {
  if (milliseconds < 0.1) return "< 0.1 ms";
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}
