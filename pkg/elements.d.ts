/**
 * The elements of Countersign: `import "countersign/elements"` defines all four. In a server the import does nothing.
 *
 * They ask the client of their property `client`, else the one of `setClient`, else one `createClient()` that they share. Each speaks the language
 * of the nearest attribute `lang`, else one of the browser's; follows `color-scheme` and `dir`; and is styled by the CSS variables
 * `--countersign-…` and by parts.
 */

import type { Client, Conditions, ConfirmationRequired, CountersignError, Policy, Session, Tier } from "./index.js";

/** Sets the client of all elements that have none of their own. */
export function setClient(client: Client): void;

/**
 * Adds a language, or replaces texts of one: `addLanguage("nl", { auth: { sign_in: "Inloggen" } })`. What is missing is said in English. The
 * names of a deployment's own fields can be said in it, too: `{ field: { "fields.class": "Klas", "fields.class.7b": "7b" } }`.
 */
export function addLanguage(language: string, texts: Texts): void;

/**
 * Asks in a dialog for the fresh proof that an error `confirmation_required` wants, so that an application can then repeat what was refused:
 * true if it was given here; false if she has closed the dialog, or if nobody or somebody else is signed in by then. A provider's proof leaves
 * the page, and then it never resolves. Rejects, with the client's error, where the ways to prove it could not be asked for.
 */
export function prove(error: Partial<Pick<ConfirmationRequired, "max_age" | "proofs">>, options?: ProveOptions): Promise<boolean>;

export interface ProveOptions {
  /** Whom it asks. Without it: the client of all elements. */
  client?: Client;
  /** Where a provider leads back to: a path of this origin. Without it: here. */
  next?: string;
}

/** Texts by group and name, as `elements/text/en.js` of this package has them. */
export type Texts = { [group: string]: { [name: string]: Text } };

/** With `{name}` where a value stands; of several forms, the plural categories of the language (`Intl.PluralRules`) by their names. */
export type Text = string | { [category in Intl.LDMLPluralRule]?: string };

/** What all elements have. */
declare class CountersignElement extends HTMLElement {
  /** The client that it asks; set to null, the one of all elements again. */
  get client(): Client;
  set client(client: Client | null | undefined);
  /** The language that it speaks, such as `de-AT`. */
  readonly language: string;
}

/** A way in. `remind` has the user name mailed. */
export type AuthView = "sign-in" | "register" | "forgot" | "remind";

/**
 * `<countersign-auth>`: every way to sign in and to register that the deployment offers. A control of the form around it: its value is the id of
 * the account, and with `required` it is invalid until somebody is signed in; `:state(signed-in)` matches then.
 *
 * Slots: `header` and `footer` in its card, `mail` where it says to look into the mailbox.
 */
export class AuthElement extends CountersignElement {
  /** The way in that is shown. */
  view: AuthView;
  /** Where to go once she is signed in: a path of this origin. Anything else counts as none, and then the page stays. */
  next: string;
  /**
   * Whether `?next=` and `?max_age=` of the page's address count, as the deployment's page for signing in is called with. Who is signed in
   * already goes there at once, unless it has just sent her back.
   */
  nextFromUrl: boolean;
  /** The name of its value in the form around it. */
  name: string;
  /** Whether the form around it is invalid until somebody is signed in. */
  required: boolean;
  /** Whether nothing in it can be used, and the form around it passes over it. */
  disabled: boolean;
  /** The id of the account that is signed in; empty without one. */
  readonly value: string;
  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
}

/**
 * `<countersign-user account="/account" sign-in="/sign-in">`: a link to sign in, or a menu of who is signed in. Elements in it are more items of
 * the menu. `sign-in` is the deployment's page unless given; without `account` the menu leads to no such page.
 */
export class UserElement extends CountersignElement {
  /** The page of her account; empty: none. */
  account: string;
  /** The page where people sign in; empty: the deployment's. */
  signIn: string;
}

/** A part of `<countersign-account>`. */
export type AccountSection = "profile" | "email" | "password" | "identities" | "sessions" | "data";

/**
 * `<countersign-account sections="profile password">`: what people do with their own account, as far as the deployment offers it; without
 * `sections`, all of it. The slot `signed-out` is shown to who is signed out.
 */
export class AccountElement extends CountersignElement {
  /** Parts and their order, as `profile password`; empty: all that the deployment offers. */
  sections: string;
}

/**
 * `<countersign-guard tag="groups:teacher">` shows what stands in it only if the tag, the policy, or both let in who is here. Slots: `otherwise`,
 * and `waiting` until it is known. For showing and hiding: what must be kept from people is guarded at the edge.
 */
export class GuardElement extends CountersignElement {
  /** A question such as `groups:teacher`; null if none is asked. Undefined is one that got lost, and lets in nobody. */
  get tag(): string | null;
  set tag(tag: string | null | undefined);
  /** A policy, or its JSON, as the attribute has it. Set to null, none is asked; undefined is one that got lost, and lets in nobody. */
  get policy(): Policy | string | undefined;
  set policy(policy: Policy | string | null | undefined);
  /** What the page says of the conditions that the policy names. */
  get conditions(): Conditions | undefined;
  set conditions(conditions: Conditions | null | undefined);
  /** Where it is asked; null: in the page. */
  get at(): Tier | null;
  set at(at: Tier | null | undefined);
  /** Whether it lets in who is here; undefined until that is known. */
  readonly held: boolean | undefined;
}

/** What a guard asks for: either, or both, and then both must hold. One that is given without a value is never met. */
export type GuardDemand = { tag: string; policy?: never } | { policy: Policy; tag?: never } | { tag: string; policy: Policy };

/** Why somebody is signed out: by herself, or because her account is gone. */
export type Departure = "signed_out" | "deleted";

/** What the elements tell. It goes up through the page, and out of shadow trees. */
export interface ElementEvents {
  /** Somebody has signed in by this element, or proved anew who she is. Prevented, it does not go on to `next`. */
  "countersign-signed-in": CustomEvent<Session>;
  /** She has signed out by this element, or deleted her account there. */
  "countersign-signed-out": CustomEvent<Departure>;
  /** `<countersign-auth>` shows another way in. */
  "countersign-view": CustomEvent<AuthView>;
  /** Something of the account was changed. */
  "countersign-changed": CustomEvent<AccountSection>;
  /** What an element that shows no errors could not find out. Of a guard it can be prevented: then nothing is written to the console. */
  "countersign-error": CustomEvent<CountersignError | Error>;
}

/** The elements by their names: class, what is set in markup, and what they tell. */
export interface Elements {
  "countersign-auth": {
    element: AuthElement;
    attributes: {
      /** The way in that is shown; without it `sign-in`. */
      view?: AuthView;
      /** Where to go once she is signed in: a path of this origin. Without it the page stays. */
      next?: string;
      /** Whether `?next=` and `?max_age=` of the page's address count; `next` is where to go without them. */
      "next-from-url"?: boolean | "";
      /** The name of its value in the form around it: the id of the account. */
      name?: string;
      /** Whether the form around it is invalid until somebody is signed in. */
      required?: boolean;
      /** Whether nothing in it can be used, and the form around it passes over it. */
      disabled?: boolean;
    };
    events: "countersign-signed-in" | "countersign-signed-out" | "countersign-view";
  };
  "countersign-user": {
    element: UserElement;
    attributes: {
      /** The page of her account. Without it the menu leads to none. */
      account?: string;
      /** The page where people sign in. Without it: the deployment's. */
      "sign-in"?: string;
    };
    events: "countersign-signed-out" | "countersign-error";
  };
  "countersign-account": {
    element: AccountElement;
    attributes: {
      /** Parts and their order, as `profile password`. Without it: all that the deployment offers. */
      sections?: string;
    };
    events: "countersign-changed" | "countersign-signed-out";
  };
  "countersign-guard": {
    element: GuardElement;
    attributes: {
      /** A question such as `groups:teacher`. */
      tag?: string;
      /** A policy, or its JSON; with `tag`, both must hold. */
      policy?: Policy | string;
      /** Where it is asked: `carried`, `replicated` or `decided`. Without it: in the page. */
      at?: Tier;
      /** What the page says of the conditions that the policy names. */
      conditions?: Conditions;
    };
    events: "countersign-error";
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "countersign-auth": AuthElement;
    "countersign-user": UserElement;
    "countersign-account": AccountElement;
    "countersign-guard": GuardElement;
  }

  interface GlobalEventHandlersEventMap extends ElementEvents {}
}

export {};
