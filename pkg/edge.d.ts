/**
 * The guard of Countersign for other services: verify access tokens, ask for tags and proofs. For Workers, Node, Deno and Bun.
 */

import type { Tier } from "./index.js";

export { CountersignError } from "./index.js";
export type { Tier } from "./index.js";

/** What a verified access token says. Frozen: all requests with that token get the same object. */
export interface Session {
  /** The account's id. */
  readonly account: string;
  /** The session's id. */
  readonly sid: string;
  /** When the token was issued: seconds since 1970. */
  readonly issued_at: number;
  /** When the token ends: seconds since 1970. */
  readonly expires_at: number;
  /** When she last proved who she is: seconds since 1970; 0 after she has ended her confirmation. */
  readonly auth_time: number;
  /** How she proved it (RFC 8176). */
  readonly amr: readonly string[];
  /** How sure that makes us, such as `aal1`. */
  readonly acr: string;
  /** The version of the account that the token was made from. */
  readonly version: number;
  /** What the token carries; as old as `issued_at`. */
  readonly tags: Carried;
}

/** Tags by tag set, such as `{ groups: ["teacher/high-school"] }`. */
export interface Carried {
  readonly [set: string]: readonly string[];
}

export interface GuardOptions {
  /** The origin of the deployment, to the letter as its tokens name it, such as `https://school.example`. */
  issuer: string;
  /** The audience that tokens must be for. Default: the issuer, as deployments have it unless configured. */
  audience?: string;
  /** The deployment's prefix, for the tiers `replicated` and `decided`. Default: `/auth`. */
  prefix?: string;
  /** A service binding to the deployment's Worker. Everything that is asked of the deployment then goes through it. */
  binding?: { fetch(url: string, init?: any): Promise<any> };
  /** Sends what is asked of the deployment, where there is no binding. Default: the runtime's `fetch`. */
  fetch?: (url: string, init?: any) => Promise<any>;
}

/** What a route demands; every part must be met. */
export interface Demand {
  /** A tag of a set, such as `groups:teacher`. */
  tag?: string;
  /** Where the answer comes from. Default: `carried`, from the token alone. The others ask the deployment as well. */
  at?: Tier;
  /** For how many seconds a proof of who she is will do; younger than that it must be. */
  maxAge?: number;
  /** How sure the proof must make us: one of these. */
  acr?: string | string[];
  /** How she must have proved it: in one of these ways. */
  amr?: string | string[];
}

export interface Guard {
  /**
   * The session of a token, or of a request that brings one: `Authorization: Bearer`, else the cookie of the deployment.
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
   * The session, if it meets the demand; else the response to send back: 401 or 403 as a problem document (RFC 9457) as the deployment
   * itself would answer, with its challenge (RFC 6750, RFC 9470); 503 where nobody can tell. Rejects with `query_invalid` or
   * `tag_invalid` if the demand is malformed: also if it is given as `undefined`, or has a member that is.
   */
  require(request: Request, demand?: Demand): Promise<Session | Response>;
}

/** Throws `issuer_missing` without an issuer. Asks nobody before the first token comes. */
export function createGuard(options: GuardOptions): Guard;
