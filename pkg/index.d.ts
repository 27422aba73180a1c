/**
 * The client of Countersign: sign in, know the session, ask what its tags allow.
 * Safe to import anywhere: nothing touches a page, the network or the Wasm before it is called.
 *
 * Methods are named as in JavaScript; the members of what goes over the wire keep the wire's names.
 */

import type { About, Conditions, Evaluation, Explanation, Facts, Permission, Policy } from "./policy.js";
import type {
  Accessible, AccountEvents, AccountExport, Claims, Config, Confirmation, Decision, Deletion, EmailChange, EmailChangeBegun, Events, Found, Group,
  GroupCreation, Groups, Identity, KeyRotation, Link, LinkAnswer, LinkCreation, LinkMade, LinkSettled, LinkUsed, Login, Members, NewAccount,
  PasswordChange, PendingLink, People, Permissions, Problem, Profile, ProfileChanges, Provider, ProviderToken, Registered, Registration,
  RuleExplained, Session, SessionMode, SignedIn, SigningKey, Status, Strength, Tagged, Tier,
} from "./wire.js";

export { policy } from "./policy.js";
export type { About, Conditions, Evaluation, Explanation, Facts, Outcome, Permission, Policy, Weekday } from "./policy.js";
export type {
  Accessible, AccountEvents, AccountExport, AccountHappening, Action, Claims, Config, ConfigurationInvalid, Confirmation, ConfirmationRequired,
  Decision, Deletion, Device, EmailChange, EmailChangeBegun, ErrorCode, Events, Field, FieldCode, FieldError, FieldValue, FieldsInvalid, Found,
  Group, GroupCreation, Groups, Happening, Identity, IdentityAtProvider, KeptIdentity, KeptSession, KeyRotation, Link, LinkAnswer, LinkCreation,
  LinkMade, LinkRefused, LinkSettled, LinkUsed, Listed, Login, ManagedChange, Members, NewAccount, OtherProblem, PasswordChange, PasswordPolicy,
  PendingLink, People, Permissions, Place, Problem, Profile, ProfileAtProvider, ProfileChanges, Provider, ProviderToken, RealmHappening,
  RecordedHappening, Refusal, Registered, Registration, RegistrationPolicy, Rule, RuleExplained, Session, SessionMode, SignedIn, SigningKey,
  Status, Strength, Tagged, Tags, Tier, TooManyRequests,
} from "./wire.js";

/** What was asked, and what it holds by. There is no `version` if nobody is signed in and nobody has to be. */
export interface Allowed extends Omit<Decision, "account" | "expires_at" | "link"> {
  at: Tier;
}

export interface Refused {
  allowed: false;
  tag?: string;
  at: Tier;
  /** `tag_missing`, `permission_missing`, `policy_refused`, … */
  problem: Problem;
}

/** What may be asked at once: all of it must hold. The members of a guard's `Demand` of the same names mean the same. */
export interface Questions {
  /** A tag of a set, such as `groups:teacher`. */
  tag?: string;
  permission?: Permission;
  /** A tag that one of her groups must carry, such as `permissions:zap database`. */
  groupTag?: string;
  policy?: Policy;
  /** For the policy. */
  conditions?: Conditions;
  /** For the policy: the address to judge by, in place of the one that the edge sees. */
  address?: string;
}

/** How a policy is judged. */
export interface PolicyOptions {
  /** Where. Without it: here, by the session, with what is granted to groups not known. */
  at?: Tier;
  conditions?: Conditions;
  /** Without it: here not known, and elsewhere the one that the edge sees. */
  address?: string;
}

/** Which page of a list. */
export interface Page {
  /** The size of a page: 50 unless given. */
  limit?: number;
  /** `next` of the page before. */
  after?: string | number | null;
}

/** What all pages have in common. One may be short, or empty, and not be the last. */
export interface More {
  /** Pass it as `after` for the next page; null on the last one. */
  next: string | number | null;
}

/**
 * A failure of the client itself. `status` is 0 unless an answer came; what a call was given wrongly, such as a part of a policy without a
 * value, has the code that the Worker would give it (`query_invalid`, `policy_invalid`, …), and the status 0.
 */
export interface ClientProblem {
  code:
    /** No answer. */
    | "network_unavailable"
    /** An answer that is not Countersign's, such as a proxy's error page. */
    | "response_invalid"
    /** Outside a page, without `origin`. */
    | "origin_missing"
    /** `signIn` or `identities.link` outside a page. */
    | "navigation_unavailable"
    /** The Wasm or its dictionary could not be loaded; a later call tries again. */
    | "wasm_unavailable"
    /** The Wasm threw what is no error of the Rust code. */
    | "wasm_failed"
    /** A guard without an `issuer`. */
    | "issuer_missing";
  title: string;
  status: number;
}

/**
 * Every failure of this package, told apart by its `code`, which never changes its meaning; each code brings its own members:
 * `if (error instanceof CountersignError && error.code === "fields_invalid") error.fields`. A deployment that is newer than this package may
 * answer with a code that stands here not yet.
 */
export type CountersignError = Failure<Problem | ClientProblem>;

/** One kind of error for each code. */
type Failure<P> = P extends { code: infer C } ? (C extends string ? FailureOf<Omit<P, "code" | "detail"> & { code: C }> : never) : never;

type FailureOf<P> = Error & Readonly<P> & {
  /** The wire's own words for people, in English. */
  readonly detail: string | undefined;
  /** Of a sign-in at a provider that went wrong: the path that starts it anew, with the same `next`. */
  readonly try_again?: string;
};

export const CountersignError: {
  new (
    problem: { code: CountersignError["code"]; title: string; status?: number; detail?: string; [member: string]: unknown },
    options?: { cause?: unknown },
  ): CountersignError;
  readonly prototype: CountersignError;
};

export interface ClientOptions {
  /** Where the Worker answers, such as `https://school.example`. Default: the page's own origin. Node needs it. */
  origin?: string;
  /** The Worker's prefix. Default: `/auth`. */
  prefix?: string;
  /**
   * Sends every request. Default: the platform's `fetch`. In Node, where nothing keeps cookies, let it be a whole cookie
   * jar, or choose `mode: "bearer"`; there, one client is for one person.
   */
  fetch?: typeof globalThis.fetch;
  /**
   * What carries the session. `cookie`, the default: the browser, in cookies that no script can read. `bearer`: this client,
   * for programs that are not browsers; it signs in with a password alone, and sends `Authorization` to its own origin
   * only.
   */
  mode?: SessionMode;
  /** With `bearer`: where the tokens are kept. Default: in memory. */
  store?: TokenStore;
}

/** Keeps the tokens of one session, in a place that nobody else can read. */
export interface TokenStore {
  /** The tokens that were saved last, by this client or another one on the same store; nothing, or null, without any. */
  load(): MaybePromise<Tokens | null | undefined>;
  /** Called with each new pair, and with null when the session is over. The old refresh token must not be used again. */
  save(tokens: Tokens | null): MaybePromise<void>;
}

type MaybePromise<T> = T | Promise<T>;

export interface Tokens {
  access_token: string;
  refresh_token: string;
  /** When the access token ends: seconds since 1970. */
  expires_at: number;
}

/** How a provider is asked. */
export interface LinkOptions {
  /** The path, of the same origin, to return to. Default: where the page is now. */
  next?: string;
  /**
   * What the provider is to show, if it can: `none` (nothing: who would have to be asked is not signed in), `login`, `consent`,
   * `select_account`, or several of the last three with spaces between them.
   */
  prompt?: "none" | "login" | "consent" | "select_account" | (string & {});
  /** Whom the provider is to offer to sign in: an address or a user name, 256 characters at the most. */
  loginHint?: string;
}

export interface SignInOptions extends LinkOptions {
  /** Stays signed in for weeks, as the deployment has it, and not only for as long as it is used. Default: false. */
  remember?: boolean;
  /** How long ago, in seconds, she may have signed in at the provider: 0 has her sign in there anew, which is a fresh proof. */
  maxAge?: number;
}

export interface CheckOptions {
  at?: Tier;
  /** How many seconds ago she may have proved who she is. */
  maxAge?: number;
  /** How sure that must make one: one of these. */
  acr?: string | string[];
  /** How she must have proved it (RFC 8176): in one of these ways. */
  amr?: string | string[];
}

/** Where it is known what groups are granted. */
export type GrantTier = Exclude<Tier, "carried">;

/** Every call but those that ask nobody may also throw 429 `too_many_requests`. */
export interface Client {
  /** What this deployment offers; asked for once. */
  config(): Promise<Config>;

  /** The providers that one can sign in with; asked for once. */
  providers(): Promise<Provider[]>;

  /** The address that starts a sign-in, for a link. */
  signInUrl(provider: string, options?: SignInOptions): string;

  /**
   * Leaves the page for the provider's. The answer comes back as a new page: at `next`, at the page for a `pendingLink`, or one that says what
   * went wrong, with `try_again`: 403 `interaction_required` (with `prompt: "none"`), `consent_refused`, `identity_refused`, `registration_closed` or
   * `approval_pending`, 401 `account_inactive`, 400 `issuer_mismatch`, 502 `provider_unavailable`, `provider_refused`, `id_token_invalid` or
   * `userinfo_unreadable`.
   */
  signIn(provider: string, options?: SignInOptions): void;

  /** The providers' identities that lead to her account. */
  identities: {
    list(): Promise<Identity[]>;
    /**
     * Leaves the page for the provider's, to add an identity there to her account; several of one provider are allowed. The answer comes back
     * as a new page at `next`, or one that says what went wrong: as `signIn`, and 409 `identity_taken` (it belongs to another account) or 401
     * `session_ended`. Throws 401 `confirmation_required`, 404 `provider_unknown`.
     */
    link(provider: string, options?: LinkOptions): Promise<void>;
    /** The address that `link` goes to: once, and in this browser alone. */
    linkUrl(provider: string, options?: LinkOptions): Promise<string>;
    /** Throws 401 `confirmation_required`, 404 `identity_unknown`, 409 `last_way_in`. */
    unlink(id: string): Promise<void>;
    /**
     * In bearer mode an access token of the provider, if the deployment keeps them; a spent one is renewed there first. Throws 403
     * `bearer_required`, 404 `identity_unknown` or `tokens_unknown`, 502 `token_refused` (only a new sign-in there helps) or
     * `provider_unavailable`.
     */
    token(id: string): Promise<ProviderToken>;
  };

  /** Who has come from a provider in this browser, and waits for `settleLink`; null if nobody does. */
  pendingLink(): Promise<PendingLink | null>;

  /**
   * `add` adds that identity to the account of who is signed in. `create` makes a new account and signs in, here and in every tab. `cancel` drops it.
   * `next` is the path to go on to. Throws 404 `pending_link_unknown`, 401 `unauthenticated` or `confirmation_required`, 403
   * `registration_closed` or `approval_pending`, 409 `identity_taken`, `identities_too_many` or `email_taken` (there is an account).
   */
  settleLink(action: LinkAnswer["action"]): Promise<LinkSettled>;

  /** Ends the session, here and in every tab. Without a session it changes nothing. */
  signOut(): Promise<void>;

  /**
   * The session, or null. Cached until shortly before it expires; callers at the same time share one request.
   * `fresh` asks again in any case, and so does `at`: a session that has ended elsewhere is null, and one of an older version
   * than the account is renewed, at `replicated` within about a minute, at `decided` at once.
   */
  session(options?: { at?: Tier; fresh?: boolean }): Promise<Session | null>;

  /**
   * In bearer mode the access token, renewed before it ends: for another service that takes the tokens of this deployment, to which
   * `fetch` does not send it. Null without a session, and in a page, where no script can read it.
   */
  accessToken(): Promise<string | null>;

  /** Renews the session now, for instance to carry tags that were given meanwhile. Null if it has ended. */
  refresh(): Promise<Session | null>;

  /**
   * Asks for an account. The answer is the same for a known address, whose owner gets a mail instead. `next` is what
   * she has to wait for; with `login` she can sign in right away. Throws 422 `fields_invalid`.
   */
  register(details: Registration): Promise<Registered>;

  /**
   * Uses the token of the mail that asks to confirm an address. In another browser than she registered in, the password
   * that was registered does not count: `password_needed`, and a mail leads to a new one. A new address is confirmed only
   * in the session that asked for it. Throws 400 `link_invalid`, 403 `other_browser` (the link stays good), 409
   * `email_taken`, 422 `fields_invalid` (the user name is taken meanwhile), 401 `session_ended`.
   */
  verifyEmail(token: string): Promise<{ done: Exclude<LinkUsed["done"], "email_change_undone"> }>;

  /**
   * Signs in, here and in every tab; `login` is the e-mail address or the user name. With `remember` she stays signed in for
   * weeks, as the deployment has it. Throws 403 `credentials_invalid`, `email_unverified` (the time to prove the address has
   * run out; a new mail is on its way) or `approval_pending`, 401 `account_inactive`.
   */
  signInWithPassword(credentials: Omit<Login, "mode">): Promise<Session>;

  /** Has a link mailed, if there is such an account; `login` is the e-mail address or the user name. */
  requestPasswordReset(login: string): Promise<void>;

  /**
   * Uses the token of that mail: signs in with a session that is confirmed for some minutes. With a password, sets it
   * and ends all other sessions. The session is one of cookies, so in bearer mode nobody is signed in by it, and who was is
   * no longer: null. Throws 400 `link_invalid`, 422 `fields_invalid`, 401 `account_inactive` or `session_ended`, 403
   * `email_unverified` or `approval_pending`.
   */
  resetPassword(reset: Link): Promise<Session | null>;

  /** Has the user name mailed, if there is such an account. */
  remindUserName(email: string): Promise<void>;

  /** Who is signed in. Throws 401 without a session. */
  profile(): Promise<Profile>;

  /** Throws 422 `fields_invalid`. */
  updateProfile(changes: ProfileChanges): Promise<Profile>;

  /**
   * Sets another password and ends all other sessions. The old one is not needed while the session's `confirmed_until` is
   * to come.
   * Throws 401 `confirmation_required`, 403 `credentials_invalid`, 422 `fields_invalid`.
   */
  changePassword(change: PasswordChange): Promise<void>;

  /**
   * Starts the move to another address; `next` says which mailbox to look into. The password is not needed while the
   * session's `confirmed_until` is to come. Throws as `changePassword` does.
   */
  changeEmail(change: EmailChange): Promise<EmailChangeBegun>;

  /** Uses the token of the mail that tells of the move: takes it back and ends every session. Throws 400 `link_invalid`. */
  undoEmailChange(token: string): Promise<{ done: Extract<LinkUsed["done"], "email_change_undone"> }>;

  /** Everything that is stored about her. */
  exportAccount(): Promise<AccountExport>;

  /**
   * Deletes her account for ever and ends the session, here and in every tab. The password is not needed while the
   * session's `confirmed_until` is to come. Throws 401 `confirmation_required`, 403 `credentials_invalid`.
   */
  deleteAccount(proof?: Deletion): Promise<void>;

  /** Proves once more who she is; the session that answers has another `sid`. Throws 403 `credentials_invalid`. */
  confirm(proof: Confirmation): Promise<Session>;

  /** Ends the time in which no proof is asked for. */
  endConfirmation(): Promise<Session>;

  /** Where she is signed in. */
  sessions: {
    /** The latest use first. */
    list(): Promise<SignedIn[]>;
    /** Ends one; the one that asks may be it. Throws 404 `session_unknown`. */
    end(sid: string): Promise<void>;
    /** Ends all but the one that asks; how many that were. */
    endOthers(): Promise<number>;
  };

  /**
   * How hard a password is to guess, by the same Rust code that the edge refuses weak ones with. `personal` are words that
   * an attacker who knows her would try: her address, her names. Neither leaves this process. Loads the Wasm and a
   * dictionary.
   */
  strength(password: string, personal?: string[]): Promise<Strength>;

  /**
   * Whether the session's tags cover a question such as `groups:teacher`, answered in this very process by the same
   * Rust code that the edge runs. False without a session. It is for showing and hiding: what must be kept from
   * people is guarded at the edge. With a session, throws if the question is malformed.
   */
  has(question: string): Promise<boolean>;

  /** Whether one tag covers a question: `teacher/high-school` covers `teacher`. Needs no session. */
  covers(tag: string, question: string): Promise<boolean>;

  /**
   * The claims of an access token of this deployment, *unverified*: for display only. Another token says whatever it says; what is none throws
   * `token_invalid`.
   */
  claims(token: string): Promise<Claims>;

  /**
   * The edge's answer to a question, at the tier you choose: a tag such as `groups:teacher`, or all `Questions` in an object.
   * `{}` asks for nothing but a session. `at` is `carried` unless given, and `replicated` with a permission or the
   * tag of a group, which no token carries. `maxAge` (seconds), `acr` and `amr` say what proof it takes: without it, 401
   * `confirmation_required`. Throws 401 without a valid session unless a policy admits nobody in particular, 400
   * `query_invalid`, `tag_invalid` or `policy_invalid` for a malformed question, also for one that is `undefined`: something got lost on its way.
   */
  check(question: string | Questions, options?: CheckOptions): Promise<Allowed | Refused>;

  /**
   * Whether a policy holds for the session, or for nobody. Without `at` it is judged here, by the Rust code that the edge runs and
   * without a request: for showing and hiding. What is not known never grants, and permissions are not known here. Throws `policy_invalid`.
   */
  can(policy: Policy, options?: PolicyOptions): Promise<boolean>;

  /** The same, with what has come of each part of the policy; null where the edge has refused without judging it. */
  explain(policy: Policy, options?: PolicyOptions): Promise<Explanation | null>;

  /**
   * Whether somebody has a permission by one of her groups: who is signed in, unless another `account` is named, which takes a manager.
   * `at`: `decided` unless given. Throws 401 without a session, 400 `permission_invalid`.
   */
  hasPermission(name: string, options?: About & { account?: string; at?: GrantTier }): Promise<boolean>;

  /** Whether somebody is in a group that carries a tag, such as `permissions:zap database`. Otherwise as `hasPermission`. */
  inGroupWith(question: string, options?: { account?: string; at?: GrantTier }): Promise<boolean>;

  /** Which records of a kind somebody has a permission on; with `all` each one, whether it is listed or not. */
  accessible(name: string, kind: string, options?: Page & { account?: string }): Promise<Accessible>;

  /**
   * For managers, as are all calls below: those who carry the very tag `admin`, and whoever the configuration gives this part to. For
   * others every call throws 403 `tag_missing` or `policy_refused`.
   */
  tags: {
    /** A record is `kind/id`, such as `account/…` or `document/42`. Throws 404 `tag_set_unknown`, `account_unknown`, `group_unknown`. */
    get(set: string, record: string, options?: { at?: Tier }): Promise<Tagged>;
    /** Gives tags. Those that are there already stay. Throws 400 `tag_invalid`, `tags_too_many`, and as `get`. */
    add(set: string, record: string, tags: string[]): Promise<Tagged>;
    /** Takes tags. Those that are not there are no error. Throws as `add`. */
    remove(set: string, record: string, tags: string[]): Promise<Tagged>;
    /** The records that carry the tag or one below it: of several tags all, or with `mode: "any"` at least one. */
    find(set: string, tags: string | readonly string[], options?: Page & { mode?: "all" | "any"; kind?: string }): Promise<Found>;
  };

  /** Groups are named tags of the set `groups`: whoever carries the tag, or one below it, is a member. */
  groups: {
    /** With `name`: the one of that very name, if there is one. */
    list(options?: Page & { name?: string }): Promise<Groups>;
    /** Throws 409 `group_exists`, 400 `tag_invalid`. */
    create(group: GroupCreation): Promise<Group>;
    /** Throws 404 `group_unknown`, as do all below. */
    get(group: string): Promise<Group>;
    describe(group: string, description: string): Promise<Group>;
    /** Throws 409 `group_not_empty` while somebody carries its tag or one below it. */
    delete(group: string): Promise<void>;
    /** The ids of its members. */
    members(group: string, options?: Page): Promise<Members>;
    addMember(group: string, account: string): Promise<void>;
    removeMember(group: string, account: string): Promise<void>;
    permissions(group: string, options?: Page): Promise<Permissions>;
    /** Throws 400 `permission_invalid`. */
    grant(group: string, permission: Permission): Promise<void>;
    revoke(group: string, permission: Permission): Promise<void>;
  };

  accounts: {
    /** Those that meet the whole filter. `handle` is how an address or a user name begins; `tag` is as in `has`, or several. */
    list(filter?: Page & { handle?: string; status?: Status; tag?: string | readonly string[] }): Promise<People>;
    /** Throws 404 `account_unknown`, as do those below. */
    get(account: string): Promise<Profile>;
    /** Throws 422 `fields_invalid`. */
    create(details: NewAccount): Promise<Profile>;
    /** Anything but `active` ends her sessions. Throws 409 `transition_invalid` if there is no way from her status to this one. */
    setStatus(account: string, status: Exclude<Status, "pending">): Promise<Profile>;
    sessions(account: string): Promise<SignedIn[]>;
    /** Ends all her sessions, or one; how many that were. Throws 404 `session_unknown`. */
    endSessions(account: string, sid?: string): Promise<number>;
    /** What has happened to her account, the newest first, also if it is gone. */
    events(account: string, options?: Page): Promise<AccountEvents>;
  };

  /** Signed links: good for one resource and one method, for some minutes, for whoever has them unless one `account` is named. */
  links: {
    /** `path` with its query; `method`: `GET` unless given; `lifetime` in seconds, 300 unless given; with `once` it works once. */
    create(link: LinkCreation): Promise<LinkMade>;
  };

  /** What managers have changed, the newest first. */
  events: { list(options?: Page): Promise<Events> };

  /** The rules for routes that reverse proxies ask about. */
  rules: {
    /** Which rule decides about a request, and how: for nobody, unless an `account` is named. `method`: `GET` unless given. */
    explain(question: { uri: string; method?: string; account?: string }): Promise<RuleExplained>;
  };

  /** The copies of what was decided, in Workers KV. */
  projections: {
    /** Has all of them written anew, after a loss; that takes a while. */
    rebuild(): Promise<void>;
  };

  /** The realm's signing keys, for those who carry the very tag `admin`; 401 `confirmation_required` without a fresh proof. */
  keys: {
    list(): Promise<SigningKey[]>;
    /**
     * Another key before its time: published now, it signs a day later. If one is `compromised`, all are withdrawn, what they
     * have signed is refused, and the new one signs at once. Answers with all keys.
     */
    rotate(how?: Partial<KeyRotation>): Promise<SigningKey[]>;
  };

  /**
   * The platform's `fetch`, but when the own origin answers 401 it renews the session and tries once more. A 401 that asks
   * for a fresher proof (`insufficient_user_authentication`, RFC 9470) is returned at once: it takes `confirm` or `signIn`.
   * A stream given as `init.body` cannot be sent twice: then the 401 is returned.
   */
  fetch: typeof globalThis.fetch;

  /**
   * Calls the listener, shortly after, whenever the session changes, in this tab or another. Returns the way to stop. While anybody listens, a
   * page that can be seen asks for the session again when it comes back: from sleep, another tab, the browser's cache, or offline. By time alone it
   * never asks, for that would keep the session of somebody alive who has left the page open and gone.
   * Fits React: `useSyncExternalStore(client.subscribe, client.getSnapshot)`.
   */
  subscribe(listener: (session: Session | null) => void): () => void;

  /** The session as last known: undefined before anybody asked, null when signed out. Asks nobody. */
  getSnapshot(): Session | null | undefined;
}

export function createClient(options?: ClientOptions): Client;

/**
 * Judges a policy by facts that are given, and by nothing else: with the Rust code that the edge runs, in this process. For tests. Throws
 * `policy_invalid`.
 */
export function evaluate(policy: Policy, facts: Facts): Promise<Evaluation>;
