import { CountersignError } from "../error.js";
import { query, rootOf } from "../path.js";
import { answer, answerTo, refused, unavailable } from "./answer.js";
import { tokenOf } from "./credentials.js";
import { checkProof, readDemand, unproved } from "./demand.js";
import { read } from "./fetch.js";
import { isLinked, linkOf } from "./link.js";
import { holds } from "./policy.js";
import { has } from "./session.js";
import { readSignIn } from "./sign-in.js";
import { createVerifier } from "./verify.js";

/** Puts a guard together, once the Wasm is there. Only what carries on `behind` an answer differs between the runtimes. */
export function assemble(options, behind = () => {}) {
  const settings = readOptions(options);
  const { verify, outdate } = createVerifier(settings, behind);

  // Without a demand a session is enough; one that is looked up and not found is `undefined`, and no demand is read from that.
  const require = async (request, ...demanded) => guarded(request, readDemand(...demanded.slice(0, 1)));

  /** Somebody must be signed in, whatever else is demanded. */
  const requireLogin = async (request, ...more) => guarded(request, { ...readDemand(...more.slice(0, 1)), login: true });

  const requiring = (name) => async (request, value, ...more) => guarded(request, readDemand({ [name]: value }, ...more.slice(0, 1)));

  async function guarded(request, demand) {
    try {
      return await (takesLink(request, demand) ? admitByLink(request) : admit(request, demand));
    } catch (error) {
      const refusal = answerTo(error, request, settings.signIn);
      if (!refusal) throw error;
      return refusal;
    }
  }

  /** A link names a path of the deployment's own origin, and lets somebody pass who may be nobody in particular. */
  const takesLink = (request, { link, login }) =>
    link && !login && new URL(request.url).origin === settings.issuer && isLinked(request);

  async function admit(request, demand) {
    const token = credentialsOf(request);
    if (token === undefined && !takesNobody(demand)) throw nobody();
    const session = token === undefined ? null : await verify(token);
    return demand.at === "carried" ? judge(session, demand) : ask(token, session, demand);
  }

  /** A signed link stands in place of the whole demand. Who brings credentials may be the one it was made for. */
  async function admitByLink(request) {
    const { status, headers, json } = await inquire(linkOf(request), credentialsOf(request));
    if (status !== 200 || json?.allowed !== true) throw refusedThere(status, json, headers);
    return Object.freeze({ link: true, account: headers.get("x-countersign-account"), by: json.by });
  }

  /** The token of a request; undefined where there are no credentials at all. */
  function credentialsOf(request) {
    try {
      return tokenOf(request, settings.cookie);
    } catch (error) {
      if (error.code === "unauthenticated") return undefined;
      throw error;
    }
  }

  /** Asks the deployment, whose no is handed on as it is. What is not clearly a yes is none. */
  async function ask(token, session, { tag, permission, groupTag, policy, conditions, address, at, maxAge, acr, amr }) {
    const { name, kind, record } = permission ?? {};
    const granted = { permission: name, kind, record, group_tag: groupTag };
    const judged = { policy: policy?.text, conditions: conditions && JSON.stringify(conditions), address };
    const proof = { max_age: maxAge, acr: acr?.join(), amr: amr?.join() };
    const { status, headers, json } = await inquire({ session: 1, tag, ...granted, ...judged, at, ...proof }, token);
    if (session && json?.version > session.version) outdate(session.account, json.version);
    if (status !== 200 || json?.allowed !== true || json.at !== at) throw refusedThere(status, json, headers);
    return session;
  }

  function inquire(questions, token) {
    const credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return read(settings.send, `${settings.check}?${query(questions)}`, credentials).catch(() => ({}));
  }

  const requireTag = requiring("tag");
  const requirePermission = requiring("permission");
  return { verify, has, require, requireLogin, requireTag, requirePermission };
}

const nobody = () => refused("unauthenticated", "no credentials");

/** Whether a demand may be met by nobody in particular: there is a policy to say so, and nothing that takes a session. */
const takesNobody = ({ login, policy, tag, permission, groupTag, maxAge, acr, amr }) =>
  policy !== undefined && !login && [tag, permission, groupTag, maxAge, acr, amr].every((part) => part === undefined);

/** Judges by the token alone. */
function judge(session, demand) {
  const { tag, policy, conditions, address, at } = demand;
  const now = Date.now();
  const refusal = (code, members) => refused(code, `${code} at ${at}`, { members: { ...members, at, version: session?.version } });
  if (session) checkProof(session, demand, Math.floor(now / 1000));
  if (tag !== undefined && !has(session, tag)) throw refusal("tag_missing", { tag });
  if (policy === undefined || holds(policy, now, { session, address, conditions })) return session;
  if (!session) throw nobody();
  // Were a fresher proof enough, she is asked for one.
  const proved = { ...session, auth_time: Math.floor(now / 1000) };
  const aged = policy.maxAge !== undefined && holds(policy, now, { session: proved, address, conditions });
  throw aged ? unproved(session.auth_time, { maxAge: policy.maxAge }) : refusal("policy_refused");
}

/** The deployment's own no; anything else it may have said is none of ours. */
function refusedThere(status, problem, headers) {
  const refusal = (status === 401 || status === 403) && typeof problem?.code === "string";
  if (!refusal) return unavailable("the deployment did not answer");
  const challenge = headers.get("www-authenticate") ?? undefined;
  const { code, title, detail = title, max_age } = problem;
  const error = new CountersignError({ code, title: detail, status, members: { max_age } });
  return Object.assign(error, { answer: answer(status, problem, challenge) });
}

function readOptions({ issuer, audience = issuer, prefix, signIn = "/", fetch = globalThis.fetch, binding }) {
  // Tokens name it to the letter: one that is written otherwise would be the issuer of none.
  if (!URL.canParse(issuer) || !/^https?:$/.test(new URL(issuer).protocol) || new URL(issuer).origin !== issuer) {
    const title = "`createGuard` needs the `issuer` as the deployment's `origin` is written, such as `https://school.example`";
    throw new CountersignError({ code: "issuer_missing", title });
  }
  return {
    issuer,
    audience,
    signIn: readSignIn(signIn, issuer),
    check: `${issuer}${rootOf(prefix)}/check`,
    jwks: `${issuer}/.well-known/jwks.json`,
    // On https browsers let nobody else set a cookie of such a name (RFC 6265bis §4.1.3.2).
    cookie: issuer.startsWith("https:") ? "__Host-countersign" : "countersign",
    send: binding ? (...request) => binding.fetch(...request) : (...request) => fetch(...request),
  };
}
