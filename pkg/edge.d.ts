/**
 * The guard of Countersign for other services: verify access tokens, ask for tags and proofs. For Workers, Node, Deno and Bun.
 */

import type { Questions, Tier } from "./index.js";
import type { Evaluation, Facts, Permission, Policy } from "./policy.js";
import type { CarriedSession as Session } from "./wire.js";

export { CountersignError } from "./index.js";
export type { Questions, Tier } from "./index.js";
export { policy } from "./policy.js";
export type { About, Conditions, Evaluation, Explanation, Facts, Outcome, Permission, Policy, Weekday } from "./policy.js";
export type { CarriedSession as Session } from "./wire.js";

/** The tags of a session by tag set, such as `{ groups: ["teacher/high-school"] }`. */
export type Carried = Session["tags"];

export interface GuardOptions {
  /** The origin of the deployment, to the letter as its tokens name it, such as `https://school.example`. */
  issuer: string;
  /** The audience that tokens must be for. Default: the issuer, as deployments have it unless configured. */
  audience?: string;
  /** The deployment's prefix, for the tiers `replicated` and `decided`. Default: `/auth`. */
  prefix?: string;
  /** The path of the issuer's origin at which people sign in. Default: `/`. */
  signIn?: string;
  /** A service binding to the deployment's Worker. Everything that is asked of the deployment then goes through it. */
  binding?: { fetch(url: string, init?: any): Promise<any> };
  /** Sends what is asked of the deployment, where there is no binding. Default: the runtime's `fetch`. */
  fetch?: (url: string, init?: any) => Promise<any>;
}

/**
 * What a route demands; every part must be met. `address` is where the request comes from, as the runtime says: without it a policy does not
 * know, and one with `from_ip` that is asked elsewhere needs it.
 */
export interface Demand extends Questions {
  /**
   * Where the answer comes from. Default: `carried`, from the token alone; `replicated` with a permission or the tag of a group, which no token
   * carries, in a policy too. These two ask the deployment as well.
   */
  at?: Tier;
  /** For how many seconds a proof of who she is will do; younger than that it must be. */
  maxAge?: number;
  /** How sure the proof must make us: one of these. */
  acr?: string | string[];
  /** How she must have proved it: in one of these ways. */
  amr?: string | string[];
  /**
   * Takes a signed link in place of all the rest. It is good for a path of whichever host, and whoever may make links answers for who gets
   * one: so this is for downloads, and not for the routes of administrators. Default: false.
   */
  link?: boolean;
}

/** Who came by a signed link. */
export interface Linked {
  readonly link: true;
  /** Who is signed in, if anybody is. */
  readonly account: string | null;
  /** Who has made the link. */
  readonly by: string;
}

/** Whom a demand lets in: without a policy somebody who is signed in, and by a link whoever has it. */
export type Admitted<D> = Session | ("policy" extends keyof D ? null : never) | ("link" extends keyof D ? Linked : never);

export interface Guard {
  /**
   * The session of a token, or of a request that brings one: `Authorization: Bearer`, else the cookie of the deployment.
   * It is frozen: all requests with that token get the same object.
   *
   * Throws a `CountersignError`: 401 `unauthenticated` (there is none), `token_invalid` or `token_expired`; 503 `unavailable` if the
   * issuer's keys could not be read. Its message is for the log, and not for who asks.
   */
  verify(credentials: Request | string): Promise<Session>;

  /**
   * Whether a session has a tag, such as `groups:teacher`; without a session: no. Throws `query_invalid` or `tag_invalid` for a
   * question that is malformed.
   */
  has(session: { readonly tags: Carried } | null | undefined, question: string): boolean;

  /**
   * The session, if it meets the demand; else the response to send back. Null if a policy admits nobody in particular and there are no
   * credentials; with `link: true`, a `Linked` for who comes by a signed link.
   *
   * The response is a 401 or 403 as a problem document (RFC 9457) as the deployment itself would answer, with its challenge (RFC 6750, RFC
   * 9470), and a 503 where nobody can tell. A browser that would show a 401 to a person is sent to sign in, by 303, and comes back if it
   * was on the issuer's own origin. Rejects with `query_invalid`, `tag_invalid` or `policy_invalid` if the demand is malformed: also if it is
   * given as `undefined`, or has a member that is.
   */
  require<const D extends Demand = {}>(request: Request, demand?: D): Promise<Admitted<D> | Response>;

  /** The same, and somebody must be signed in, whatever else is demanded. */
  requireLogin<const D extends Demand = {}>(
    request: Request,
    more?: D,
  ): Promise<Exclude<Admitted<D>, null> | Response>;

  /** The same, with a tag such as `groups:teacher`. */
  requireTag<const D extends Omit<Demand, "tag"> = {}>(
    request: Request,
    tag: string,
    more?: D,
  ): Promise<Exclude<Admitted<D>, null> | Response>;

  /** The same, with a permission: `replicated`, unless `at` says `decided`. */
  requirePermission<const D extends Omit<Demand, "permission"> = {}>(
    request: Request,
    permission: Permission,
    more?: D,
  ): Promise<Exclude<Admitted<D>, null> | Response>;
}

/** Throws `issuer_missing` without an issuer, and `next_invalid` if `signIn` is no path of its origin. Asks nobody before the first token comes. */
export function createGuard(options: GuardOptions): Guard;

/** Judges a policy by facts that are given, and by nothing else. For tests. Throws `policy_invalid`. */
export function evaluate(policy: Policy, facts: Facts): Evaluation;
