/** Policies: who may, and what is known when it is judged. The same for pages, Node and other services. */

import type { Explanation, Outcome, Permission, Policy, Weekday } from "./wire.js";

export type { Explanation, Facts, Outcome, Permission, Policy, Weekday } from "./wire.js";

/** A kind of record such as `document`, and where it is about one, its id. */
export type About = AboutOf<Permission>;

type AboutOf<P> = P extends unknown ? Omit<P, "name"> : never;

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
