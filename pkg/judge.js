import { CountersignError } from "./error.js";
import { policyText } from "./facts.js";

/** Asks the Rust code, which `load` brings; what it refuses comes out as an error of this package. */
export function judging(load) {
  return async (question, ...values) => {
    const wasm = await load().catch((cause) => {
      const title = "the Wasm or its dictionary could not be loaded";
      throw new CountersignError({ code: "wasm_unavailable", title }, { cause });
    });
    try {
      return wasm[question](...values);
    } catch (cause) {
      throw new CountersignError({ code: cause.code ?? "wasm_failed", title: cause.message }, { cause });
    }
  };
}

/** Judges policies by facts that are given, and by nothing else. */
export function evaluating({ load }) {
  const judge = judging(load);
  return async (policy, facts) => {
    const asked = [policyText(policy), JSON.stringify(facts)];
    return { outcome: await judge("decide", ...asked), explanation: JSON.parse(await judge("explain", ...asked)) };
  };
}
