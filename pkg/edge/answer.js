import { CountersignError } from "../error.js";
import { problem } from "../wasm/countersign.js";
import { navigates, toSignIn } from "./sign-in.js";

// A refusal whose status is one of these is for the one who asks; every other error is for the developer. Phrases of RFC 9110 §15.
const TITLES = { 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable" };

/** A refusal: its code for programs, its cause for the log. `members` and `challenge` go along with the answer. */
export function refused(code, cause, more = {}) {
  const { status } = problem(code) ?? {};
  return new CountersignError({ code, title: cause, status: status in TITLES ? status : 0, ...more });
}

export const unavailable = (cause) => refused("unavailable", cause);

/** What the Rust code throws comes out as an error of this package. */
export function judged(question) {
  try {
    return question();
  } catch (cause) {
    throw refused(cause?.code ?? "wasm_failed", cause?.message ?? "the Wasm failed");
  }
}

/**
 * The answer to a refusal, as the deployment itself would give it; undefined if the error is no refusal. A browser that would show it to a
 * person is sent to sign in instead, where that may help.
 */
export function answerTo(error, request, signIn) {
  if (!(error instanceof CountersignError)) return undefined;
  const { code, status, members, challenge = "Bearer" } = error;
  if (!(status in TITLES)) return undefined;
  if (status === 401 && navigates(request)) return toSignIn(request, signIn, proofOf(error));
  if (error.answer) return error.answer;
  const document = { title: TITLES[status], status, code, detail: problem(code).detail, ...members };
  return answer(status, document, status === 401 ? challenge : undefined);
}

/** How old a proof may be, in seconds, where the refusal is about that; 0 where another one is needed however old this one is. */
function proofOf({ code, members }) {
  if (code !== "confirmation_required") return undefined;
  return Number.isSafeInteger(members?.max_age) && members.max_age >= 0 ? members.max_age : 0;
}

/** A problem document (RFC 9457). RFC 9110 §15.5.2: a 401 says how one may authenticate. */
export function answer(status, document, challenge) {
  const headers = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...(challenge && { "www-authenticate": challenge }),
  };
  return new Response(JSON.stringify(document), { status, headers });
}
