import { has as judge } from "../wasm/countersign.js";
import { judged } from "./answer.js";

// Where a session keeps what the Rust code has said of its tags: neither they nor it can change.
const ANSWERS = Symbol("answers");
const MAX_ANSWERS = 100;

/** A session as all requests with its token get it, the same object: nobody may change it for the others. */
export function shared(session) {
  Object.defineProperty(session, ANSWERS, { value: new Map() });
  Object.values(session.tags).forEach(Object.freeze);
  [session.tags, session.amr].forEach(Object.freeze);
  return Object.freeze(session);
}

/** Whether a session has a tag. */
export function has(session, question) {
  if (!session) return false;
  const known = session[ANSWERS];
  const kept = known?.get(question);
  if (kept !== undefined) return kept;
  const verdict = judged(() => judge(session.tags, question));
  if (known?.size >= MAX_ANSWERS) known.clear();
  known?.set(question, verdict);
  return verdict;
}

/** Throws for a question that is malformed, whoever it is about. */
export const checkQuestion = (question) => void judged(() => judge({}, question));
