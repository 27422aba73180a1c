/** Policies: who may, and what is known when it is judged. The same for pages, Node and other services. */

/** What every policy is made of, by its only member. */
interface Members {
  /** One of these accounts, by their ids. */
  user_in: readonly string[];
  /** Who carries a tag such as `groups:teacher`, or one below it; at least `any` of some, or `all` of them. */
  has_tag: string | OneOf<{ any: readonly string[]; all: readonly string[] }>;
  has_permission: Permission;
  /** Who is in a group that carries a tag, such as `permissions:zap database`. */
  in_group_with: string;
  /** Networks as `10.0.0.0/8` or `2001:db8::/32`, and addresses. */
  from_ip: readonly string[];
  /** Times of day as `08:00`; `to` is the first moment after it. From later to earlier runs over midnight. */
  between_times: { readonly from: string; readonly to: string; readonly zone: string };
  on_weekdays: { readonly days: readonly Weekday[]; readonly zone: string };
  /** A proof of who she is that is younger, in seconds. */
  confirmed_within: number;
  /** Whatever the caller says of that name. */
  condition: string;
  and: readonly Policy[];
  or: readonly Policy[];
  not: Policy;
}

/** An object with exactly one of these members. */
type OneOf<T> = { [K in keyof T]: { readonly [P in K]: T[P] } & { readonly [P in Exclude<keyof T, K>]?: never } }[keyof T];

/**
 * Who may, as JSON: at the most 16 deep, of 256 parts, with lists of 64, 16 permissions and tags of groups, 16 time zones and 16 KiB. One that
 * is malformed is refused with `policy_invalid` by whoever judges it.
 */
export type Policy = "anyone" | "signed_in" | "verified" | OneOf<Members>;

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** What may be done, with which records: one of a kind, each of the kind, or those of every kind. */
export type Permission = { readonly name: string } & About;

/** A kind of record such as `document`, and where it is about one, its id. */
export type About =
  | { readonly kind?: never; readonly record?: never }
  | { readonly kind: string; readonly record?: string };

/** Only `held` grants. Not known are a permission that nobody has looked up, an address, a time zone, or a condition. */
export type Outcome = "held" | "failed" | "unknown";

/** A policy with what has come of each of its parts. */
export interface Explanation {
  /** The part itself; of `and`, `or` and `not` only that word. */
  policy: Policy | "and" | "or" | "not";
  outcome: Outcome;
  /** What has decided: the tag, the permission, the address, … */
  by?: string;
  parts?: Explanation[];
}

/** What a policy is judged by. What is left out is not known. */
export interface Facts {
  /** Seconds since 1970. */
  now: number;
  /** Null for nobody. Its other members do not count. */
  session: {
    readonly account: string;
    readonly tags: { readonly [set: string]: readonly string[] };
    readonly email_verified: boolean;
    readonly auth_time: number;
  } | null;
  address?: string;
  /** By time zone: how many seconds it is ahead of UTC. */
  zones?: { readonly [zone: string]: number };
  grants?: readonly ({ permission: Permission; held: boolean } | { group_tag: string; held: boolean })[];
  conditions?: Conditions;
  /** What the path of a rule has captured, such as `{ id: "42" }` for `/documents/{id}`. */
  captures?: { readonly [name: string]: string };
}

/** What a caller says of the conditions of a policy, by their names. */
export interface Conditions {
  readonly [name: string]: boolean;
}

export interface Evaluation {
  outcome: Outcome;
  explanation: Explanation;
}

/** Makes policies. Nothing is checked here. */
export declare const policy: {
  /** Everybody, also who is signed out. */
  anyone(): Policy;
  signedIn(): Policy;
  /** Who has proved an e-mail address. */
  verified(): Policy;
  /** One of these accounts, by their ids. */
  userIn(...accounts: string[]): Policy;
  /** Who carries a tag, such as `groups:teacher`, or one below it. */
  hasTag(question: string): Policy;
  hasAnyTag(...questions: string[]): Policy;
  hasAllTags(...questions: string[]): Policy;
  /** Who has a permission by one of her groups. */
  hasPermission(name: string, about?: About): Policy;
  /** Who is in a group that carries a tag, such as `permissions:zap database`. */
  inGroupWith(question: string): Policy;
  /** Who asks from one of these networks, such as `10.0.0.0/8`, or addresses. */
  fromIp(...networks: string[]): Policy;
  /** From a time of day, such as `08:00`, until before another one; in a time zone, such as `Europe/Oslo`. Also over midnight. */
  betweenTimes(from: string, to: string, zone: string): Policy;
  onWeekdays(days: readonly Weekday[], zone: string): Policy;
  /** Who has proved who she is less than so many seconds ago. */
  confirmedWithin(seconds: number): Policy;
  /** What the caller says of the condition of that name. */
  condition(name: string): Policy;
  and(...policies: Policy[]): Policy;
  or(...policies: Policy[]): Policy;
  not(policy: Policy): Policy;
};
