/** What goes over the wire. Written by `npm run types` from the Rust types; what is changed here is lost. */

/** The code of a problem. It never changes its meaning. */
export type ErrorCode = Problem["code"];

/** The records that somebody has a permission for. */
export interface Accessible {
  /** Whether it is each one of the kind; then none is listed. */
  all: boolean;
  /** The records, in order. */
  records: string[];
  /** What to ask for `after`, if there may be more. */
  next: string | null;
}

/** A page of what has happened to an account. */
export interface AccountEvents {
  /** The events, the newest first. */
  events: RecordedHappening[];
  /** What to ask for `after`; null on the last page. */
  next: number | null;
}

/** Everything that is stored about one person; for her, not for programs. */
export interface AccountExport {
  /** What is known of her. */
  profile: Profile;
  /** The tags of her account. */
  tags: Tags;
  /** The kinds of names that lead to it: `identity`, `email`, `user_name`. */
  handles: string[];
  /** Who she is at providers. */
  identities: KeptIdentity[];
  /** Her sessions that are alive or have ended of late. */
  sessions: KeptSession[];
  /** What has happened to it, the oldest first. */
  events: Happening[];
}

/** What can happen to an account. */
export type AccountHappening =
  /** It came into being. */
  | "created"
  /** Somebody has signed in to it. */
  | "signed_in"
  /** An identity of a provider leads to it from now on. */
  | "identity_linked"
  /** One does so no more. */
  | "identity_unlinked"
  /** Its address was proved. */
  | "email_verified"
  /** It was entered by a link, without the password. */
  | "recovered"
  /** It has another password. */
  | "password_changed"
  /** A password was taken without asking whether it is known from a breach: the service did not answer. */
  | "breach_check_skipped"
  /** It has another address. */
  | "email_changed"
  /** It has its former address again. */
  | "email_change_undone"
  /** It has another status. */
  | "status_changed"
  /** It has other tags. */
  | "tags_changed"
  /** Somebody who administers has ended sessions of it. */
  | "sessions_ended"
  /** A used refresh token came back: somebody else had it. Its session has ended. */
  | "refresh_reused"
  /** A letter was not taken; it is tried again. */
  | "mail_failed"
  /** A letter was not taken and is not tried again. */
  | "mail_given_up"
  /** Its owner has deleted it. */
  | "deleted";

/** What people can do by themselves. Each can be switched off. */
export type Action =
  /** Register. */
  | "register"
  /** Prove an address with a link. */
  | "verify_email"
  /** Sign in with a password. */
  | "login"
  /** Sign out. */
  | "logout"
  /** See and change one's profile. */
  | "profile"
  /** Change the password. */
  | "change_password"
  /** Change the address. */
  | "change_email"
  /** Come back without the password. */
  | "reset_password"
  /** Be reminded of the user name. */
  | "remind_user_name"
  /** Take a copy of everything. */
  | "export"
  /** Delete the account. */
  | "delete_account";

/** What an access token says, under the names that a session has on the wire. */
export interface CarriedSession {
  /** The account's id. */
  readonly account: string;
  /** The session's id; it stays the same when the session is renewed, and is another one after each proof. */
  readonly sid: string;
  /** When the access token was issued. Seconds since 1970-01-01T00:00:00Z. */
  readonly issued_at: number;
  /** When the access token ends. Seconds since 1970-01-01T00:00:00Z. */
  readonly expires_at: number;
  /** When the person last proved who she is; 0 once she has ended her confirmation. Seconds since 1970-01-01T00:00:00Z. */
  readonly auth_time: number;
  /** How she did (RFC 8176). */
  readonly amr: readonly string[];
  /** How sure that makes us, such as `aal1`. */
  readonly acr: string;
  /** The version of the account that the token was made from. */
  readonly version: number;
  /** Whether she has proved an e-mail address to be hers; as old as `issued_at`. */
  readonly email_verified: boolean;
  /** What the token carries; as old as `issued_at`. */
  readonly tags: { readonly [name: string]: readonly string[] };
}

/** The claims of an access token. Every one has its exact type: a claim of another type is no access token. */
export interface Claims {
  /** Issuer: the origin of the deployment. */
  iss: string;
  /** Subject: the account. */
  sub: string;
  /** Audience. */
  aud: string;
  /** End of its life. Seconds since 1970-01-01T00:00:00Z. */
  exp: number;
  /** When it was issued. Seconds since 1970-01-01T00:00:00Z. */
  iat: number;
  /** Its own name. */
  jti: string;
  /** The session that it belongs to. */
  sid: string;
  /** When the person last proved who she is. Seconds since 1970-01-01T00:00:00Z. */
  auth_time: number;
  /** How she did (RFC 8176). */
  amr: string[];
  /** How sure that makes us (OpenID Connect Core §2). */
  acr: string;
  /** The account's version when it was issued. */
  ver: number;
  /** Her tags. */
  tags: Tags;
  /** Whether her address is proved to be hers (OpenID Connect Core §5.1). It stands in the token only if it is. */
  email_verified?: boolean;
}

/** What a deployment offers. */
export interface Config {
  /** Where one can sign in, in the order of the configuration. */
  providers: Provider[];
  /** The tag sets. */
  tag_sets: string[];
  /** The path of the page where people sign in. */
  sign_in: string;
  /** What people can do by themselves. */
  actions: Action[];
  /** Who may have an account, and when; null where there are none with a password. */
  registration: RegistrationPolicy | null;
  /** Which passwords are taken; null where there are none. */
  password: PasswordPolicy | null;
  /** The fields of a profile, in the order of the form. */
  fields: Field[];
}

/** The deployment is not configured correctly. */
export interface ConfigurationInvalid {
  /** For programs. */
  code:
    /** 503, This deployment is not configured correctly. */
    | "configuration_invalid";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** Every fault by name, none with its value. */
  faults: string[];
}

/** A proof of who one is. */
export interface Confirmation {
  /** Her password. */
  readonly password: string;
}

/** Another proof of who she is is needed. */
export interface ConfirmationRequired {
  /** For programs. */
  code:
    /** 401, For this, prove once more who you are: with your password, or by signing in anew. */
    | "confirmation_required";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** How sure the proof must make us: one of these. Empty if that does not matter. */
  acr: string[];
  /** How it must have been given (RFC 8176): in one of these ways. Empty if that does not matter. */
  amr: string[];
  /** How many seconds ago the proof may have been given, at the most; null if it is not its age that will not do. */
  max_age: number | null;
  /** What this deployment takes: `password`, or `provider:` with the id of one. */
  proofs: ("password" | `provider:${string}`)[];
}

/** A request that may pass. */
export interface Decision {
  /** Always true: a refusal is a problem. */
  allowed: true;
  /** Of a link: the only account that it is good for; null if it is good for all. */
  account?: string | null;
  /** Where it was answered. */
  at?: Tier;
  /** The tag that covers it; of a link, the account of who made it. */
  by?: string;
  /** Of a link: when it runs out. Seconds since 1970-01-01T00:00:00Z. */
  expires_at?: number;
  /** Why. */
  explanation?: Explanation;
  /** The tag of a group that was asked for. */
  group_tag?: string;
  /** Her groups that have it. */
  groups?: string[];
  /** Whether it was a signed link that let it pass. */
  link?: boolean;
  /** What became of the policy. */
  outcome?: Outcome;
  /** The permission that was asked for. */
  permission?: Permission;
  /** The tag that was asked for. */
  tag?: string;
  /** The version of the account that the answer stands on. */
  version?: number;
}

/** The end of an account. */
export interface Deletion {
  /** Her password; not needed in a confirmed session. */
  readonly password?: string | null;
}

/** A device, in words for its owner. */
export interface Device {
  /** Such as `Firefox`. */
  browser: string | null;
  /** Such as `Android`. */
  os: string | null;
  /** What kind of thing it is. */
  kind:
    /** A desktop or laptop computer. */
    | "desktop"
    /** A telephone. */
    | "phone"
    /** A tablet. */
    | "tablet"
    /** Something else: a program, or what says nothing of itself. */
    | "other";
}

/** A change of address. */
export interface EmailChange {
  /** The new address. */
  readonly email: string;
  /** Her password; not needed in a confirmed session. */
  readonly password?: string | null;
}

/** What happens next with a change of address. */
export interface EmailChangeBegun {
  /** Which mail has gone out. */
  next:
    /** A mail has gone to the old address. */
    | "confirm_old_email"
    /** A mail has gone to the new address: there is no old one that is proved. */
    | "confirm_new_email";
}

/** A page of events. */
export interface Events {
  /** The events. */
  events: ManagedChange[];
  /** What to ask for `after`, if there may be more. */
  next: number | null;
}

/** What became of a policy and of each policy in it. */
export interface Explanation {
  /** The policy; of `and`, `or` and `not` the name alone is written. */
  policy: "and" | "or" | "not" | Policy;
  /** What became of it. */
  outcome: Outcome;
  /**
   * By what it held: the carried tag (several are joined by `, `), the account, the permission or tag that was looked up, the
   * network, the local time (`09:30`) or day (`mon`).
   */
  by?: string;
  /** What became of the policies that it combines. */
  parts?: Explanation[];
}

/** What a policy is judged by. What is left out is not known. */
export interface Facts {
  /** Now. Seconds since 1970-01-01T00:00:00Z. */
  readonly now: number;
  /** Who asks; null for nobody. Its other members do not count. */
  readonly session: {
    /** Her account. */
    readonly account: string;
    /** Her tags. */
    readonly tags: { readonly [name: string]: readonly string[] };
    /** When she last proved who she is. Seconds since 1970-01-01T00:00:00Z. */
    readonly auth_time: number;
    /** Whether she has proved an e-mail address; false if it is left out. */
    readonly email_verified?: boolean;
  } | null;
  /** The address that the request comes from. */
  readonly address?: string | null;
  /** What the path of a rule has captured, such as `{ "id": "42" }` for `/documents/{id}`. */
  readonly captures?: { readonly [name: string]: string };
  /** The conditions of the caller, and whether they hold. */
  readonly conditions?: { readonly [name: string]: boolean };
  /** The grants that were looked up, and whether she has them: each once. */
  readonly grants?: readonly ({
    /** The permission. */
    readonly permission: Permission;
    /** Whether she has it. */
    readonly held: boolean;
  } | {
    /** The tag, with its set. */
    readonly group_tag: string;
    /** Whether one of her groups carries it. */
    readonly held: boolean;
  })[];
  /** Time zones, and how many seconds each is ahead of UTC now. */
  readonly zones?: { readonly [name: string]: number };
}

/** A field, as `/api/config` describes it: a form can be built from it. */
export type Field = {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "email";
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "user_name";
  /** Fewest characters. */
  min_length: number;
  /** Most characters. */
  max_length: number;
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "url";
  /** Most characters. */
  max_length: number;
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "text";
  /** Fewest characters. */
  min_length: number;
  /** Most characters. */
  max_length: number;
  /** A regular expression of JavaScript that all of it must match. */
  pattern?: string;
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "number";
  /** Whether it is whole. */
  integer: boolean;
  /** The greatest. */
  max?: number;
  /** The least. */
  min?: number;
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "boolean";
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "date";
  /** The last. */
  max?: string;
  /** The first. */
  min?: string;
} | {
  /** As it is called in a body; `fields.<name>` for a declared one. */
  name: string;
  /** For people. */
  label: string;
  /** Whether it must be filled in. */
  required: boolean;
  type: "choice";
  /** The texts to choose from. */
  choices: string[];
};

/** What can be wrong with a field. A code never changes its meaning. */
export type FieldCode =
  /** It must be there. */
  | "missing"
  /** It has too few characters. */
  | "too_short"
  /** It has too many characters. */
  | "too_long"
  /** It does not match the declared pattern. */
  | "pattern_mismatch"
  /** It is not of its type. */
  | "malformed"
  /** It is none of the declared choices. */
  | "not_a_choice"
  /** It is less than the declared minimum. */
  | "too_small"
  /** It is more than the declared maximum. */
  | "too_large"
  /** A password that is guessed too soon. */
  | "too_weak"
  /** A password that is known from a breach elsewhere. */
  | "breached"
  /** Another account has it. */
  | "taken"
  /** There is no such field. */
  | "unknown";

/** A field of a form and what is wrong with it. */
export interface FieldError {
  /** The field, as it is called in the body; `fields.<name>` for one that the configuration declares. */
  field: string;
  /** What is wrong. */
  code: FieldCode;
}

/** What a field holds that the deployment has declared. */
export type FieldValue = string | number | boolean;

/** Some fields are not as they should be. */
export interface FieldsInvalid {
  /** For programs. */
  code:
    /** 422, Some fields are not as they should be. */
    | "fields_invalid";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** Every fault. */
  fields: FieldError[];
}

/** A page of records, in order. */
export interface Found {
  /** The records. */
  records: string[];
  /** What to ask for `after`, if there may be more. */
  next: string | null;
}

/** A group. */
export interface Group {
  /** Its id. */
  group: string;
  /** Its name. */
  name: string;
  /** What it is for, in the words of who made it. */
  description: string;
  /** When it was made; none for a group that is a person's own and was given nothing yet. Seconds since 1970-01-01T00:00:00Z. */
  created_at: number | null;
}

/** A group to be made. */
export interface GroupCreation {
  /** The tag of the set `groups` that its members will carry. */
  readonly name: string;
  /** What it is for: 512 characters at the most. */
  readonly description?: string;
}

/** A page of groups. */
export interface Groups {
  /** The groups. */
  groups: Group[];
  /** What to ask for `after`, if there may be more. */
  next: string | null;
}

/** An event. */
export interface Happening {
  /** When. Seconds since 1970-01-01T00:00:00Z. */
  at: number;
  /** What. */
  happening: AccountHappening;
  /** More about it. */
  details: { [name: string]: unknown };
}

/** Somebody at a provider that leads to the account. */
export interface Identity {
  /** What it is called here. */
  id: string;
  /** The id of the provider; null if it is no longer offered. */
  provider: string | null;
  /** The name of the provider, for people. */
  name: string;
  /** As in `Provider`. */
  mark: string | null;
  /** Who it is there, by the provider's own name for her. */
  subject: string;
  /** Which one it is, for people: an address, or a name there; null where nothing but the subject is known. */
  label: string | null;
  /** As the provider last said it. */
  email: string | null;
  /** Whether the provider vouches for that address. */
  email_verified: boolean;
  /** When it was linked. Seconds since 1970-01-01T00:00:00Z. */
  linked_at: number;
  /** When it last led in; null if it never has. Seconds since 1970-01-01T00:00:00Z. */
  used_at: number | null;
  /** Whether tokens of the provider are kept. */
  tokens: boolean;
  /** Whether it is the last way in: then it cannot be taken away. */
  last: boolean;
}

/** Who a provider says that somebody is. */
export interface IdentityAtProvider {
  /** The provider, as it is called here. */
  provider: string;
  /** The provider, as its button calls it, or called it when she last signed in there. */
  provider_name: string;
  /** Who says it: the issuer of OpenID Connect, or the URL that stands for one. */
  issuer: string;
  /** Her name there, for ever hers. */
  subject: string;
  /** What she calls herself there. */
  user_name: string | null;
  /** What is said of her. */
  profile: ProfileAtProvider;
}

/** An identity, as it is stored. */
export interface KeptIdentity {
  /** As the provider last said it. */
  identity: IdentityAtProvider;
  /** When it was linked. Seconds since 1970-01-01T00:00:00Z. */
  linked_at: number;
  /** When it last led in; null if it never has. Seconds since 1970-01-01T00:00:00Z. */
  used_at: number | null;
}

/** A session that can be used or has ended of late. */
export interface KeptSession {
  /** Its name. */
  sid: string;
  /** When it began. Seconds since 1970-01-01T00:00:00Z. */
  created_at: number;
  /** When it was used last. Seconds since 1970-01-01T00:00:00Z. */
  used_at: number;
  /** When it ends if nobody uses it. Seconds since 1970-01-01T00:00:00Z. */
  expires_at: number;
  /** When she last proved who she is; 0 once she has ended her confirmation. Seconds since 1970-01-01T00:00:00Z. */
  auth_time: number;
  /** How she did (RFC 8176). */
  amr: string[];
  /** Whether she asked to stay signed in. */
  remembered: boolean;
  /** How its tokens travel. */
  mode: SessionMode;
  /** What it says of itself; null where that says nothing. */
  device: Device | null;
  /** Where it is used, as the platform knows it. */
  place: Place | null;
  /** When it was ended before its time; null for one that was not. Seconds since 1970-01-01T00:00:00Z. */
  ended_at: number | null;
  /** Why it was ended, such as `signed_out`. */
  end_reason: string | null;
}

/** Why another key is asked for. */
export interface KeyRotation {
  /** Whether one may be in wrong hands: then all are withdrawn at once. */
  readonly compromised: boolean;
}

/** The secret of a link. */
export interface Link {
  /** As it stands in the mail. */
  readonly token: string;
  /** A new password, where one is taken: at `reset_password`. Without it only a confirmed session is opened. */
  readonly password?: string | null;
}

/** Her answer. */
export interface LinkAnswer {
  /** What becomes of the identity. */
  action:
    /** It is added to the account of who is signed in. */
    | "add"
    /** She gets a new account. */
    | "create"
    /** It is dropped. */
    | "cancel";
}

/** A link to be made. */
export interface LinkCreation {
  /** Path and query of the resource. */
  readonly path: string;
  /** The only account that it is good for. */
  readonly account?: string | null;
  /** For how many seconds it is good. */
  readonly lifetime?: number;
  /** The method, in capitals. */
  readonly method?: string;
  /** Whether it works once. */
  readonly once?: boolean;
}

/** A link that was made. */
export interface LinkMade {
  /** The address that it opens. */
  url: string;
  /** When it runs out. Seconds since 1970-01-01T00:00:00Z. */
  expires_at: number;
}

/** A signed link does not let this pass. */
export interface LinkRefused {
  /** For programs. */
  code:
    /** 403, This link has run out, has been used, or is good for something else. */
    | "link_refused";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** Why it does nothing. */
  reason: string;
}

/** How the question was settled. */
export interface LinkSettled {
  /** What has become of the identity. */
  done:
    /** It leads to an account that was there. */
    | "linked"
    /** It leads to a new account. */
    | "created"
    /** It was dropped. */
    | "cancelled";
  /** The path to go on to. */
  next: string;
}

/** What a link has done. */
export interface LinkUsed {
  /** What was done. */
  done:
    /** The address is proved, and the account can be used. */
    | "email_verified"
    /**
     * The address is proved, in another browser than registered with it: what was registered may be somebody else's, so the
     * password does not count, and a letter leads to a new one.
     */
    | "password_needed"
    /** The address is proved; an administrator has yet to let her in. */
    | "approval_pending"
    /** The old address agrees; the new one is asked next. */
    | "old_email_confirmed"
    /** The account has the new address. */
    | "email_changed"
    /** The account has its former address again. */
    | "email_change_undone";
}

/** A person, as a list has her. */
export interface Listed {
  /** Her account. */
  account: string;
  /** Its status. */
  status: Status | null;
  /** Her address. */
  email: string | null;
  /** Her user name. */
  user_name: string | null;
}

/** A sign-in with a password. */
export interface Login {
  /** An address or a user name. */
  readonly login: string;
  /** Her password. */
  readonly password: string;
  /** How the tokens travel. */
  readonly mode?: SessionMode;
  /** Whether the session outlives the browser's window and long pauses. */
  readonly remember?: boolean;
}

/** An event. */
export interface ManagedChange {
  /** Its number. */
  sequence: number;
  /** When. Seconds since 1970-01-01T00:00:00Z. */
  at: number;
  /** What. */
  happening: RealmHappening;
  /** Who. */
  by: string;
  /** The address that her request came from, as the platform says. */
  from: string;
  /** More about it. */
  details: { [name: string]: unknown };
}

/** A page of members. */
export interface Members {
  /** Their accounts. */
  accounts: string[];
  /** What to ask for `after`; null on the last page. */
  next: string | null;
}

/** An account, as an administrator makes it. */
export interface NewAccount {
  readonly email?: string | null;
  /** Whether the address is proved. */
  readonly email_verified?: boolean | null;
  /** The fields that the deployment declares, by their names without `fields.`. */
  readonly fields?: { readonly [name: string]: FieldValue | null };
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  /** As Argon2, bcrypt, scrypt, Django, web2py or py4web store it. */
  readonly password_hash?: string | null;
  readonly picture?: string | null;
  readonly status?: Status | null;
  readonly user_name?: string | null;
}

/** A problem whose code says it all. */
export interface OtherProblem {
  /** For programs. */
  code:
    /** 400, The body is not the JSON that this endpoint takes. */
    | "body_invalid"
    /** 400, A query parameter is missing, repeated or malformed. */
    | "query_invalid"
    /** 400, `next` must be a path of this site, such as /account. */
    | "next_invalid"
    /** 400, This sign-in was not started in this browser. Please start again. */
    | "state_invalid"
    /** 400, This sign-in took too long. Please start again. */
    | "flow_expired"
    /** 400, This sign-in was already completed. Please start again. */
    | "callback_replayed"
    /** 400, The answer came from another provider than the one that was asked. */
    | "issuer_mismatch"
    /** 400, A tag is a non-empty path of at most 256 bytes and 16 levels. */
    | "tag_invalid"
    /** 400, A record is its kind, lower-case letters, and its id, up to 128 letters, digits, `-`, `_`, `.`, `~` or `:`. */
    | "record_invalid"
    /** 400, A permission is a name of at most 64 bytes, with a kind of record and a record where it is about one. */
    | "permission_invalid"
    /** 400, This is not a policy, or one that is too large or too deep. */
    | "policy_invalid"
    /** 400, Too many tags: those of an account or a group may take 2,048 bytes as JSON, those of another record 16,384. */
    | "tags_too_many"
    /** 400, This link has been used, has run out, or was never one. */
    | "link_invalid"
    /** 401, Sign in first. */
    | "unauthenticated"
    /** 401, The token is not valid here. */
    | "token_invalid"
    /** 401, The token has run out. */
    | "token_expired"
    /** 401, The session has ended. Sign in again. */
    | "session_ended"
    /** 401, This account cannot be used now. */
    | "account_inactive"
    /** 401, The refresh token is not valid. */
    | "refresh_invalid"
    /** 401, The refresh token was used before; its session has been ended. */
    | "refresh_reused"
    /** 403, Requests that change something must come from this site. */
    | "cross_site"
    /** 403, The sign-in was refused at the provider. */
    | "consent_refused"
    /** 403, The provider has to ask you something first. Please sign in there. */
    | "interaction_required"
    /** 403, With this account of the provider you are not let in here. */
    | "identity_refused"
    /** 403, New accounts are not made here. */
    | "registration_closed"
    /** 403, Tokens of a provider are given to servers, which bring the access token themselves. */
    | "bearer_required"
    /** 403, No rule lets anybody do this. */
    | "rule_missing"
    /** 403, This path can be read in more than one way. */
    | "path_ambiguous"
    /** 403, That is not the right password for that name. */
    | "credentials_invalid"
    /** 403, First prove your address with the link in the mail. */
    | "email_unverified"
    /** 403, An administrator has yet to let you in. */
    | "approval_pending"
    /** 403, Open this link in the browser in which you asked for it. */
    | "other_browser"
    /** 404, There is nothing here. */
    | "not_found"
    /** 404, This provider is not offered here. */
    | "provider_unknown"
    /** 404, There is no such account. */
    | "account_unknown"
    /** 404, You have no such linked account. */
    | "identity_unknown"
    /** 404, There is nothing to link, or no longer. Please sign in again. */
    | "pending_link_unknown"
    /**
     * 404, No tokens are kept for this linked account. Where the deployment keeps them, signing in there again brings new ones.
     */
    | "tokens_unknown"
    /** 404, There is no such group. */
    | "group_unknown"
    /** 404, There is no such session. */
    | "session_unknown"
    /** 404, There is no such tag set. */
    | "tag_set_unknown"
    /** 405, This path does not take that method. */
    | "method_not_allowed"
    /** 409, There is a group of this name. */
    | "group_exists"
    /** 409, First its members must leave the group, and what it was given must be taken from it. */
    | "group_not_empty"
    /** 409, Another account has this address. */
    | "email_taken"
    /** 409, This belongs to another account here already. */
    | "identity_taken"
    /** 409, An account can have 50 linked accounts at the most. */
    | "identities_too_many"
    /** 409, This is the only way into your account. First add another one, or a password. */
    | "last_way_in"
    /** 409, An account cannot go from its status to that one. */
    | "transition_invalid"
    /** 413, The body is larger than 64 KiB. */
    | "body_too_large"
    /** 415, The body must be sent as application/json. */
    | "content_type_unsupported"
    /** 431, The request headers are larger than 32 KiB. */
    | "headers_too_large"
    /** 500, Something went wrong here. It has been logged. */
    | "internal"
    /** 502, The provider did not answer as it should. Please try again. */
    | "provider_unavailable"
    /** 502, The provider did not complete the sign-in. Please try again. */
    | "provider_refused"
    /** 502, The provider's answer could not be verified. */
    | "id_token_invalid"
    /** 502, The provider's answer could not be read. */
    | "userinfo_unreadable"
    /** 502, The provider gives no new token. Signing in there again brings one. */
    | "token_refused"
    /** 503, This cannot be answered right now. Please try again. */
    | "unavailable";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** The path that starts the sign-in anew. */
  try_again?: string;
}

/** What becomes of a policy. Only `held` lets anybody in. */
export type Outcome =
  /** It holds. */
  | "held"
  /** It does not. */
  | "failed"
  /** It cannot be said: a fact is missing that would decide it. */
  | "unknown";

/** A change of password. */
export interface PasswordChange {
  /** The new password. */
  readonly new_password: string;
  /** The old one; not needed in a confirmed session. */
  readonly old_password?: string | null;
}

/** Which passwords are taken. */
export interface PasswordPolicy {
  /** Fewest characters. */
  min_length: number;
  /** Most characters. */
  max_length: number;
  /** The least score, 0 to 4. */
  min_strength: 0 | 1 | 2 | 3 | 4;
  /** Whether passwords that are known from breaches elsewhere are refused. */
  breach_check: boolean;
}

/** Somebody who comes from a provider and whose account is not known: what she is asked about. */
export interface PendingLink {
  /** Where she comes from. */
  provider: {
    /** How it is called here. */
    id: string;
    /** For people. */
    name: string;
    /** As in `Provider`. */
    mark: string | null;
  };
  /** Her name, as the provider says it. */
  name: string | null;
  /** Her address, as the provider says it. */
  email: string | null;
  /** Whether her address belongs to an account. Told only where the provider vouches for it; otherwise false. */
  account_exists: boolean;
  /** Whether she may have a new account instead. */
  may_create: boolean;
  /** Whether somebody is signed in, whose account it can be added to. */
  signed_in: boolean;
  /** The path that the sign-in was to lead to. */
  next: string;
}

/** A page of people. */
export interface People {
  /** The people. */
  accounts: Listed[];
  /** What to ask for `after`, if there may be more. A page can be short, and still have a next one. */
  next: string | null;
}

/**
 * A permission: what may be done, with which records. Without a record it is about each one of the kind, without a kind about
 * records of every kind.
 */
export type Permission = {
  /** What may be done, such as `read`. */
  readonly name: string;
} & ({ readonly kind?: never; readonly record?: never } | {
  /** The kind of record, such as `document`; without it, every kind. */
  readonly kind: string;
  /** The record; without it, each one of the kind. In the policy of a rule `{name}` is what its path has captured. */
  readonly record?: string;
});

/** A page of permissions. */
export interface Permissions {
  /** The permissions. */
  permissions: Permission[];
  /** What to ask for `after`; null on the last page. */
  next: string | null;
}

/** A place in the world. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  /** The name of the city. */
  city: string | null;
}

/**
 * Who may: at the most 16 deep, of 256 parts, with lists of 64 entries, 16 permissions and tags of groups, 16 time zones and 16
 * KiB. One that is malformed is refused with `policy_invalid`.
 */
export type Policy =
  /** Everybody, also who is signed out. */
  | "anyone"
  /** Who is signed in. */
  | "signed_in"
  /** Who has proved an e-mail address. */
  | "verified"
  | OneOf<{
    /** Who asks from one of these networks, such as `10.0.0.0/8` or `2001:db8::/32`, or addresses. */
    from_ip: readonly string[];
    /** At these hours of each day. */
    between_times: {
      readonly from: string;
      readonly to: string;
      readonly zone: string;
    };
    /** On these days of each week. */
    on_weekdays: {
      readonly days: readonly Weekday[];
      readonly zone: string;
    };
    /** Whatever the caller says of the condition of that name. */
    condition: string;
    /** All of them. */
    and: readonly Policy[];
    /** One of them at least. */
    or: readonly Policy[];
    /** Not that one. */
    not: Policy;
    /** One of these accounts, by their ids. */
    user_in: readonly string[];
    /** Who carries a tag, such as `groups:teacher`, or one below it; `any` of some, or `all` of them. */
    has_tag: string | OneOf<{
      /** One of them at least. */
      any: readonly string[];
      /** Each of them. */
      all: readonly string[];
    }>;
    /** A proof of who she is that is younger, in seconds. */
    confirmed_within: number;
    /** Who has a permission by one of her groups. */
    has_permission: Permission;
    /** Who is in a group that carries a tag, such as `permissions:zap database`. */
    in_group_with: string;
  }>;

/** A problem document (RFC 9457), by its code. A code never changes its meaning. */
export type Problem = FieldsInvalid | TooManyRequests | ConfirmationRequired | ConfigurationInvalid | LinkRefused | Refusal | OtherProblem;

/** What is known of a person. */
export interface Profile {
  /** Her account. */
  account: string;
  /** What state it is in. */
  status: Status;
  /** When it came into being. Seconds since 1970-01-01T00:00:00Z. */
  created_at: number;
  /** Whether she has a password; false if she signs in by a provider alone. */
  has_password: boolean;
  /** Her address, if it is a plain one. */
  email: string | null;
  /** Whether the address is proved to be hers, by a link or by the word of her provider. */
  email_verified: boolean;
  /** What she calls herself here. */
  user_name: string | null;
  /** How her provider calls her. On the wire her first and last name, if she has any. */
  name: string | null;
  /** Her first name. */
  first_name: string | null;
  /** Her last name. */
  last_name: string | null;
  /** An `https:` URL of her picture. */
  picture: string | null;
  /** The fields that the configuration declares. */
  fields: { [name: string]: FieldValue };
}

/** What is known of a person. */
export interface ProfileAtProvider {
  /** Her address, if it is a plain one. */
  email: string | null;
  /** Whether the address is proved to be hers, by a link or by the word of her provider. */
  email_verified: boolean;
  /** What she calls herself here. */
  user_name: string | null;
  /** How her provider calls her. On the wire her first and last name, if she has any. */
  name: string | null;
  /** Her first name. */
  first_name: string | null;
  /** Her last name. */
  last_name: string | null;
  /** An `https:` URL of her picture. */
  picture: string | null;
  /** The fields that the configuration declares. */
  fields: { [name: string]: FieldValue };
}

/** What changes of a profile: what is absent is kept, null takes away. */
export interface ProfileChanges {
  /** The fields that the deployment declares, by their names without `fields.`. */
  readonly fields?: { readonly [name: string]: FieldValue | null };
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly picture?: string | null;
  readonly user_name?: string | null;
}

/** Where one can sign in. */
export interface Provider {
  /** How it is called here. */
  id: string;
  /** Which of the known ones it is, such as `google`; `oidc` or `oauth2` for another one. */
  kind: string;
  /** For people. */
  name: string;
  /** Its sign, an SVG of one colour: a path of the deployment or an https URL. Null if it has none. */
  mark: string | null;
  /** The path that starts a sign-in there. */
  login: string;
}

/** An access token of a provider, as its owner's server gets it. */
export interface ProviderToken {
  /** The token. */
  access_token: string;
  /** `Bearer`. */
  token_type: string;
  /** Until when it is good, if that is known. Seconds since 1970-01-01T00:00:00Z. */
  expires_at: number | null;
  /** What it opens, if the provider has said so. */
  scope: string | null;
}

/** What can be changed in the realm. */
export type RealmHappening =
  /** A record that is no account has other tags. Those of an account are among its own events. */
  | "tags_changed"
  /** A group came into being. */
  | "group_created"
  /** A group has another description. */
  | "group_described"
  /** A group is gone, with what it was given. */
  | "group_deleted"
  /** A group was given a permission. */
  | "permission_given"
  /** A permission was taken from a group. */
  | "permission_taken"
  /** Everything is written to KV anew. */
  | "rebuilt";

/** An event with its number. */
export interface RecordedHappening {
  /** Its number. */
  sequence: number;
  /** When. Seconds since 1970-01-01T00:00:00Z. */
  at: number;
  /** What. */
  happening: AccountHappening;
  /** More about it. */
  details: { [name: string]: unknown };
}

/** What is asked for does not hold. The members say what that was, where it was asked. */
export interface Refusal {
  /** For programs. */
  code:
    /** 403, A tag that this needs is missing. */
    | "tag_missing"
    /** 403, A permission that this needs is missing. */
    | "permission_missing"
    /** 403, A condition that this needs does not hold. */
    | "policy_refused";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** Where it was answered. */
  at?: Tier;
  /** The tag that covers it; of a link, the account of who made it. */
  by?: string;
  /** Why. */
  explanation?: Explanation;
  /** The tag of a group that was asked for. */
  group_tag?: string;
  /** Her groups that have it. */
  groups?: string[];
  /** What became of the policy. */
  outcome?: Outcome;
  /** The permission that was asked for. */
  permission?: Permission;
  /** The tag that was asked for. */
  tag?: string;
  /** The version of the account that the answer stands on. */
  version?: number;
}

/** What is next for who has registered, the same for everybody. */
export interface Registered {
  /** What she has to wait for; with `login` she can sign in right away. */
  next:
    /** She proves her address with the link in the mail. */
    | "verify_email"
    /** An administrator lets her in. */
    | "approval"
    /** Nothing: she can sign in. */
    | "login";
}

/** A registration. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  /** The fields that the deployment declares, by their names without `fields.`. */
  readonly fields?: { readonly [name: string]: FieldValue | null };
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly picture?: string | null;
  readonly user_name?: string | null;
}

/** The registration policy of a deployment. */
export type RegistrationPolicy =
  /** Whoever registers can sign in; her address is never asked. */
  | "open"
  /** She proves her address first. */
  | "verification"
  /** An administrator lets her in. */
  | "approval"
  /** Both, in this order. */
  | "verification_and_approval"
  /** She can sign in right away, for a day (`Registration::GRACE`); then only after she has proved her address. */
  | "until_verified"
  /** Nobody registers. Administrators create accounts. */
  | "closed";

/** A rule. */
export interface Rule {
  /** The paths that it is about. */
  path: string;
  /** The methods that it is about; all if there is none. */
  methods: string[];
  /** Where the policy is judged. */
  at: Tier;
  /** What must hold. */
  policy: Policy;
}

/** What comes of a request by the rules. */
export interface RuleExplained {
  /** The rule that is about it; null if none is. */
  rule: Rule | null;
  /** What becomes of its policy; `failed` where there is no rule. */
  outcome: Outcome;
  /** Why. */
  explanation: Explanation | null;
}

/** A session, as its holder sees it. */
export interface Session {
  /** The account's id. */
  account: string;
  /** The session's id; it stays the same when the session is renewed, and is another one after each proof. */
  sid: string;
  /** When the access token was issued. Seconds since 1970-01-01T00:00:00Z. */
  issued_at: number;
  /** When the access token ends. Seconds since 1970-01-01T00:00:00Z. */
  expires_at: number;
  /** When the person last proved who she is; 0 once she has ended her confirmation. Seconds since 1970-01-01T00:00:00Z. */
  auth_time: number;
  /** How she did (RFC 8176). */
  amr: string[];
  /** How sure that makes us, such as `aal1`. */
  acr: string;
  /** The version of the account that the token was made from. */
  version: number;
  /** Whether she has proved an e-mail address to be hers; as old as `issued_at`. */
  email_verified: boolean;
  /** What the token carries; as old as `issued_at`. */
  tags: Tags;
  /**
   * Until when that proof is fresh, so that nothing asks for another one; null if one would be asked for. Seconds since
   * 1970-01-01T00:00:00Z.
   */
  confirmed_until: number | null;
}

/** How the tokens of a session travel. */
export type SessionMode =
  /** In cookies that no script can read. */
  | "cookie"
  /** In bodies and in `Authorization` (RFC 6750 §2.1), for clients that are no browsers. */
  | "bearer";

/** One place where somebody is signed in. */
export interface SignedIn {
  /** Its name. */
  sid: string;
  /** When it began. Seconds since 1970-01-01T00:00:00Z. */
  created_at: number;
  /** When it was used last. Seconds since 1970-01-01T00:00:00Z. */
  used_at: number;
  /** When it ends if nobody uses it. Seconds since 1970-01-01T00:00:00Z. */
  expires_at: number;
  /** When she last proved who she is; 0 once she has ended her confirmation. Seconds since 1970-01-01T00:00:00Z. */
  auth_time: number;
  /** How she did (RFC 8176). */
  amr: string[];
  /** Whether she asked to stay signed in. */
  remembered: boolean;
  /** How its tokens travel. */
  mode: SessionMode;
  /** What it says of itself; null where that says nothing. */
  device: Device | null;
  /** Where it is used, as the platform knows it. */
  place: Place | null;
  /** Whether it is the one that asks. */
  current: boolean;
}

/** A key that signs access tokens, has signed them, or is about to. */
export interface SigningKey {
  /** Its name. */
  kid: string;
  /** Its algorithm. */
  alg:
    /** ECDSA over P-256 with SHA-256. */
    | "ES256"
    /** Ed25519 (RFC 8032). */
    | "EdDSA";
  /** When it was made. Seconds since 1970-01-01T00:00:00Z. */
  created_at: number;
  /** When it signed first, or will. Seconds since 1970-01-01T00:00:00Z. */
  signs_from: number;
  /** What becomes of it. */
  state:
    /** It will sign. */
    | "next"
    /** It signs. */
    | "signing"
    /** It signs no more, and its last tokens are still good. */
    | "retired"
    /** Its tokens are good no more. */
    | "withdrawn";
}

/** What state an account is in. Nobody signs in to one that is not active. */
export type Status =
  /** It waits for an administrator, or for its address to be proved. */
  | "pending"
  /** It can be used. */
  | "active"
  /** An administrator has shut it. */
  | "blocked"
  /** An administrator has laid it aside. */
  | "disabled";

/** The judgement of one password. */
export interface Strength {
  /** The number of guesses as its logarithm to base 10; 0 for the empty password. */
  guesses_log10: number;
  /** 0 to 4: fewer than 10³, 10⁶, 10⁸, 10¹⁰ guesses, or more. What is less than 3 can be guessed. */
  score: 0 | 1 | 2 | 3 | 4;
  /** What to avoid, for a score below 3: the longest stretch that follows a pattern. */
  warning:
    /** One of the passwords that people choose most often. */
    | "common_password"
    /** A word of the language. */
    | "word"
    /** A first name or a surname. */
    | "name"
    /** Keys that lie side by side, such as `qwerty`. */
    | "keyboard_walk"
    /** The same again and again, such as `aaa` or `abcabc`. */
    | "repeat"
    /** Characters in order, such as `abc` or `9753`. */
    | "sequence"
    /** A date or a year. */
    | "date"
    /** A part of the person's own name, address or the like. */
    | "personal_word"
    | null;
}

/** The tags of one record. */
export interface Tagged {
  /** The tag set. */
  set: string;
  /** The record: its kind and its id, such as `document/42`. */
  record: string;
  /** Its tags. */
  tags: string[];
  /** Grows with every change. */
  version: number;
}

/** The tags of one record in every set, as a token carries them. */
export type Tags = { [name: string]: string[] };

/** Where an answer comes from, and so how old it may be. */
export type Tier =
  /** The token: no I/O, as old as the token. */
  | "carried"
  /** KV: a local read, up to about 60 s old. */
  | "replicated"
  /** The Account: one hop, exact. */
  | "decided";

/** It was asked too often. */
export interface TooManyRequests {
  /** For programs. */
  code:
    /** 429, Too often. Please wait a while. */
    | "too_many_requests";
  /** For people, in English. */
  detail: string;
  /** The HTTP status. */
  status: number;
  /** The phrase of the status. */
  title: string;
  /** How many seconds to wait, as `Retry-After` says. */
  retry_after: number;
}

/** A day of the week. */
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** An object with exactly one of these members. */
type OneOf<T> = { [K in keyof T]: { readonly [P in K]: T[P] } & { readonly [P in Exclude<keyof T, K>]?: never } }[keyof T];

// Without it, what is not exported would be all the same.
export {};
