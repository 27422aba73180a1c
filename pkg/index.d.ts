/**
 * The client of Countersign: sign in, know the session, ask what its tags allow.
 * Safe to import anywhere: nothing touches a page, the network or the Wasm before it is called.
 */

/** Where a question is answered. Each is slower and more exact than the one before. */
export type Tier =
  /** From the signed token alone: at most as old as the token's lifetime, 300 seconds unless configured. */
  | "carried"
  /** From Workers KV: at most about 60 seconds old. */
  | "replicated"
  /** By the Durable Object that decides: exact. */
  | "decided";

/** The tags of a session by tag set, such as `{ groups: ["teacher/high-school"] }`. */
export type Tags = { [set: string]: string[] };

export interface Session {
  /** The account's id. */
  account: string;
  /** The session's id; it stays the same when the session is renewed. */
  sid: string;
  /** When the access token was issued: seconds since 1970. */
  issued_at: number;
  /** When the access token ends: seconds since 1970. It is renewed by itself when needed. */
  expires_at: number;
  /** When she last proved who she is: seconds since 1970. */
  auth_time: number;
  /** How she proved it (RFC 8176). */
  amr: string[];
  /** The version of the account that the token was made from. */
  version: number;
  /** What the token carries; as old as `issued_at`. */
  tags: Tags;
}

export interface Profile {
  account: string;
  email: string | null;
  email_verified: boolean;
  name: string | null;
  /** Address of a picture. It comes from the provider: show it only if you trust that. */
  picture: string | null;
  status: "active" | "blocked";
  /** Seconds since 1970. */
  created_at: number;
}

export interface Provider {
  /** The name to call `signIn` with. */
  id: string;
  /** For people. */
  name: string;
  /** Path of its login; `signInUrl` adds where to return to. */
  login: string;
}

export interface Config {
  providers: Provider[];
  tag_sets: string[];
}

/** A problem document (RFC 9457). */
export interface Problem {
  /** Stable, for programs: `tag_missing`, `unauthenticated`, … */
  code: string;
  /** For people. */
  title: string;
  /** The HTTP status; 0 where no answer came. */
  status: number;
  detail?: string;
  [member: string]: unknown;
}

export interface Allowed {
  allowed: true;
  /** The question; absent if only the session was asked for. */
  tag?: string;
  at: Tier;
  /** The tag that covers the question; absent if only the session was asked for. */
  by?: string;
  /** The version of the account that the answer stands on. */
  version: number;
}

export interface Refused {
  allowed: false;
  tag?: string;
  at: Tier;
  problem: Problem;
}

/** The tags of one record. */
export interface Tagged {
  set: string;
  /** For people: the account's id. */
  record: string;
  tags: string[];
  /** Grows with every change. */
  version: number;
}

export interface Found {
  records: string[];
  /** Pass it as `after` for the next page; null on the last one. */
  next: string | null;
}

/**
 * Every failure of this package.
 *
 * From the Worker: a problem document with all its members and the HTTP status. From the client itself, with status 0
 * unless an answer came:
 *
 * - `network_unavailable`: no answer
 * - `response_invalid`: an answer that is not Countersign's, such as a proxy's error page
 * - `origin_missing`: outside a page, without `origin`
 * - `navigation_unavailable`: `signIn` outside a page
 * - `wasm_unavailable`: the Wasm could not be loaded (a later call tries again)
 * - `wasm_failed`: the Wasm threw what is no error of the Rust code
 * - whatever code the Rust code gives to a malformed question or token
 */
export class CountersignError extends Error {
  constructor(
    problem: { code: string; title: string; status?: number; detail?: string; [member: string]: unknown },
    options?: { cause?: unknown },
  );
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string | undefined;
  /** Further members of the problem document, such as `faults`, `tag` or `at`. */
  readonly [member: string]: unknown;
}

export interface ClientOptions {
  /** Where the Worker answers, such as `https://school.example`. Default: the page's own origin. Node needs it. */
  origin?: string;
  /** The Worker's prefix. Default: `/auth`. */
  prefix?: string;
  /**
   * Sends every request. Default: the platform's `fetch`. In Node, where nothing keeps cookies, let it add them or an
   * `Authorization: Bearer` header; there, one client is for one person.
   */
  fetch?: typeof globalThis.fetch;
}

export interface SignInOptions {
  /** The path, of the same origin, to return to. Default: where the page is now. */
  next?: string;
}

export interface Client {
  /** What this deployment offers; asked for once. */
  config(): Promise<Config>;

  /** The providers that one can sign in with; asked for once. */
  providers(): Promise<Provider[]>;

  /** The address that starts a sign-in, for a link. */
  signInUrl(provider: string, options?: SignInOptions): string;

  /** Leaves the page for the provider's. The answer comes back as a new page at `next`. */
  signIn(provider: string, options?: SignInOptions): void;

  /** Ends the session, here and in every tab. Without a session it changes nothing. */
  signOut(): Promise<void>;

  /**
   * The session, or null. Cached until shortly before it expires; callers at the same time share one request.
   * `fresh` asks again in any case.
   */
  session(options?: { fresh?: boolean }): Promise<Session | null>;

  /** Renews the session now, for instance to carry tags that were given meanwhile. Null if it has ended. */
  refresh(): Promise<Session | null>;

  /** Who is signed in. Throws 401 without a session. */
  profile(): Promise<Profile>;

  /**
   * Whether the session's tags cover a question such as `groups:teacher`, answered in this very process by the same
   * Rust code that the edge runs. False without a session. It is for showing and hiding: what must be kept from
   * people is guarded at the edge. With a session, throws if the question is malformed.
   */
  has(question: string): Promise<boolean>;

  /** Whether one tag covers a question: `teacher/high-school` covers `teacher`. Needs no session. */
  covers(tag: string, question: string): Promise<boolean>;

  /** The claims of an access token, *unverified*: for display only. Throws if it is not a token. */
  claims(token: string): Promise<Record<string, unknown>>;

  /**
   * The edge's answer to a question, at the tier you choose (default: `carried`). Without a question: whether the
   * session is valid. Throws 401 without a valid session, 400 `query_invalid` or `tag_invalid` for a malformed question.
   */
  check(question?: string, options?: { at?: Tier }): Promise<Allowed | Refused>;

  /** For those who carry the very tag `admin`; for others every call throws 403 `tag_missing`. */
  tags: {
    /** Throws 404 `account_unknown`. */
    get(set: string, record: string): Promise<Tagged>;
    /** Gives tags. Those that are there already stay. Throws 400 `tag_invalid`, 404 `account_unknown`. */
    add(set: string, record: string, tags: string[]): Promise<Tagged>;
    /** Takes tags. Those that are not there are no error. Throws 400 `tag_invalid`, 404 `account_unknown`. */
    remove(set: string, record: string, tags: string[]): Promise<Tagged>;
    /** The records that carry the tag or one below it. `limit` is the size of a page, 50 unless given. */
    find(set: string, tag: string, options?: { limit?: number; after?: string | null }): Promise<Found>;
  };

  /**
   * The platform's `fetch`, but when the own origin answers 401 it renews the session and tries once more.
   * A stream given as `init.body` cannot be sent twice: then the 401 is returned.
   */
  fetch: typeof globalThis.fetch;

  /**
   * Calls the listener, shortly after, whenever the session changes, in this tab or another. Returns the way to stop.
   * Fits React: `useSyncExternalStore(client.subscribe, client.getSnapshot)`.
   */
  subscribe(listener: (session: Session | null) => void): () => void;

  /** The session as last known: undefined before anybody asked, null when signed out. Asks nobody. */
  getSnapshot(): Session | null | undefined;
}

export function createClient(options?: ClientOptions): Client;
