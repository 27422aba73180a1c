import { CountersignError } from "../error.js";
import { query, rootOf } from "../path.js";
import { answer, answerTo, refused, unavailable } from "./answer.js";
import { tokenOf } from "./credentials.js";
import { checkProof, readDemand } from "./demand.js";
import { read } from "./fetch.js";
import { checkQuestion, has } from "./session.js";
import { createVerifier } from "./verify.js";

/** Puts a guard together, once the Wasm is there. Only what carries on `behind` an answer differs between the runtimes. */
export function assemble(options, behind = () => {}) {
  const settings = readOptions(options);
  const { verify, outdate } = createVerifier(settings, behind);

  async function require(request, ...demanded) {
    // Without a demand a session is enough; one that is looked up and not found is `undefined`, and no demand is read from that.
    const demand = readDemand(demanded.length ? demanded[0] : {});
    // A question that is malformed is the route's fault, whoever asks.
    if (demand.tag !== undefined) checkQuestion(demand.tag);
    try {
      return await admit(request, demand);
    } catch (error) {
      const refusal = answerTo(error);
      if (!refusal) throw error;
      return refusal;
    }
  }

  async function admit(request, demand) {
    const token = tokenOf(request, settings.cookie);
    const session = await verify(token);
    if (demand.at !== "carried") return ask(token, session, demand);
    checkProof(session, demand, seconds());
    if (demand.tag === undefined || has(session, demand.tag)) return session;
    const members = { tag: demand.tag, at: demand.at, version: session.version };
    throw refused("tag_missing", `without \`${demand.tag}\``, { members });
  }

  /** Asks the deployment, whose no is handed on as it is. What is not clearly a yes is none. */
  async function ask(token, session, { tag, at, maxAge, acr, amr }) {
    const address = `${settings.check}?${query({ tag, at, max_age: maxAge, acr, amr })}`;
    const { status, headers, json } = await read(settings.send, address, { authorization: `Bearer ${token}` }).catch(() => ({}));
    if (json?.version > session.version) outdate(session.account, json.version);
    if (status === 200 && json?.allowed === true && json.at === at) return session;
    if ((status !== 401 && status !== 403) || typeof json?.code !== "string") throw unavailable("the deployment did not answer");
    throw refusedThere(status, json, headers.get("www-authenticate") ?? undefined);
  }

  return { verify, has, require };
}

/** The deployment's own no. */
function refusedThere(status, problem, challenge) {
  const error = new CountersignError({ code: problem.code, title: problem.detail ?? problem.title, status });
  return Object.assign(error, { answer: answer(status, problem, challenge) });
}

function readOptions({ issuer, audience = issuer, prefix, fetch = globalThis.fetch, binding }) {
  // Tokens name it to the letter: one that is written otherwise would be the issuer of none.
  if (!URL.canParse(issuer) || !/^https?:$/.test(new URL(issuer).protocol) || new URL(issuer).origin !== issuer) {
    const title = "`createGuard` needs the `issuer` as the deployment's `origin` is written, such as `https://school.example`";
    throw new CountersignError({ code: "issuer_missing", title });
  }
  return {
    issuer,
    audience,
    check: `${issuer}${rootOf(prefix)}/check`,
    jwks: `${issuer}/.well-known/jwks.json`,
    // On https browsers let nobody else set a cookie of such a name (RFC 6265bis §4.1.3.2).
    cookie: issuer.startsWith("https:") ? "__Host-countersign" : "countersign",
    send: binding ? (...request) => binding.fetch(...request) : (...request) => fetch(...request),
  };
}

const seconds = () => Math.floor(Date.now() / 1000);
