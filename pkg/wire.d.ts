/** What goes over the wire: generated from the Rust types by `npm run types`. Not to be edited. */

/** Every code of an error that the Worker or the Wasm can give. A code never changes its meaning. */
export type ErrorCode = Problem["code"];

/** A problem document (RFC 9457), by its `code`. */
export type Problem =
  | FieldsInvalid
  | TooManyRequests
  | ConfirmationRequired
  | ConfigurationInvalid
  | LinkRefused
  | Refusal
  | OtherProblem;

interface ProblemMembers {
  /** The phrase of the status. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** For people, in English. */
  detail: string;
}

/** Some fields are not as they should be. */
export interface FieldsInvalid extends ProblemMembers {
  code: "fields_invalid";
  /** Each fault. */
  fields: FieldError[];
}

/** Too often. */
export interface TooManyRequests extends ProblemMembers {
  code: "too_many_requests";
  /** Seconds to wait. */
  retry_after: number;
}

/** Another proof of who she is is needed. */
export interface ConfirmationRequired extends ProblemMembers {
  code: "confirmation_required";
  /** How many seconds ago it may have been given; null if it is not its age that will not do. */
  max_age: number | null;
  /** How sure it must make us: one of these. Empty if that does not matter. */
  acr: string[];
  /** How it must have been given (RFC 8176): in one of these ways. Empty if that does not matter. */
  amr: string[];
  /** What this deployment takes: `password`, and `provider:<id>`. */
  proofs: ("password" | `provider:${string}`)[];
}

/** The deployment is not configured correctly. */
export interface ConfigurationInvalid extends ProblemMembers {
  code: "configuration_invalid";
  /** Each fault of the configuration, by name. */
  faults: string[];
}

/** A signed link does not let this pass. */
export interface LinkRefused extends ProblemMembers {
  code: "link_refused";
  /** Why. */
  reason: string;
}

/** What is asked for does not hold. The members are there where a question was answered. */
export interface Refusal extends ProblemMembers {
  code: "tag_missing" | "permission_missing" | "policy_refused";
  at?: "carried" | "replicated" | "decided";
  version?: number;
  tag?: string;
  by?: string;
  group_tag?: string;
  outcome?: "held" | "failed" | "unknown";
}

/** A problem whose code says it all. */
export interface OtherProblem extends ProblemMembers {
  code:
    /** 400: The body is not the JSON that this endpoint takes. */
    | "body_invalid"
    /** 400: A query parameter is missing, repeated or malformed. */
    | "query_invalid"
    /** 400: `next` must be a path of this site, such as /account. */
    | "next_invalid"
    /** 400: This sign-in was not started in this browser. Please start again. */
    | "state_invalid"
    /** 400: This sign-in took too long. Please start again. */
    | "flow_expired"
    /** 400: This sign-in was already completed. Please start again. */
    | "callback_replayed"
    /** 400: The answer came from another provider than the one that was asked. */
    | "issuer_mismatch"
    /** 400: A tag is a non-empty path of at most 256 bytes and 16 levels. */
    | "tag_invalid"
    /** 400: A record is its kind, lower-case letters, and its id, up to 128 letters, digits, `-`, `_`, `.`, `~` or `:`. */
    | "record_invalid"
    /** 400: A permission is a name of at most 64 bytes, with a kind of record and a record where it is about one. */
    | "permission_invalid"
    /** 400: This is not a policy, or one that is too large or too deep. */
    | "policy_invalid"
    /** 400: Too many tags: those of an account or a group may take 2,048 bytes as JSON, those of another record 16,384. */
    | "tags_too_many"
    /** 400: This link has been used, has run out, or was never one. */
    | "link_invalid"
    /** 401: Sign in first. */
    | "unauthenticated"
    /** 401: The token is not valid here. */
    | "token_invalid"
    /** 401: The token has run out. */
    | "token_expired"
    /** 401: The session has ended. Sign in again. */
    | "session_ended"
    /** 401: This account cannot be used now. */
    | "account_inactive"
    /** 401: The refresh token is not valid. */
    | "refresh_invalid"
    /** 401: The refresh token was used before; its session has been ended. */
    | "refresh_reused"
    /** 403: Requests that change something must come from this site. */
    | "cross_site"
    /** 403: The sign-in was refused at the provider. */
    | "consent_refused"
    /** 403: The provider has to ask you something first. Please sign in there. */
    | "interaction_required"
    /** 403: With this account of the provider you are not let in here. */
    | "identity_refused"
    /** 403: New accounts are not made here. */
    | "registration_closed"
    /** 403: Tokens of a provider are given to servers, which bring the access token themselves. */
    | "bearer_required"
    /** 403: No rule lets anybody do this. */
    | "rule_missing"
    /** 403: This path can be read in more than one way. */
    | "path_ambiguous"
    /** 403: That is not the right password for that name. */
    | "credentials_invalid"
    /** 403: First prove your address with the link in the mail. */
    | "email_unverified"
    /** 403: An administrator has yet to let you in. */
    | "approval_pending"
    /** 403: Open this link in the browser in which you asked for it. */
    | "other_browser"
    /** 404: There is nothing here. */
    | "not_found"
    /** 404: This provider is not offered here. */
    | "provider_unknown"
    /** 404: There is no such account. */
    | "account_unknown"
    /** 404: You have no such linked account. */
    | "identity_unknown"
    /** 404: There is nothing to link, or no longer. Please sign in again. */
    | "pending_link_unknown"
    /** 404: No tokens are kept for this linked account. Where the deployment keeps them, signing in there again brings new ones. */
    | "tokens_unknown"
    /** 404: There is no such group. */
    | "group_unknown"
    /** 404: There is no such session. */
    | "session_unknown"
    /** 404: There is no such tag set. */
    | "tag_set_unknown"
    /** 405: This path does not take that method. */
    | "method_not_allowed"
    /** 409: There is a group of this name. */
    | "group_exists"
    /** 409: First its members must leave the group, and what it was given must be taken from it. */
    | "group_not_empty"
    /** 409: Another account has this address. */
    | "email_taken"
    /** 409: This belongs to another account here already. */
    | "identity_taken"
    /** 409: An account can have 50 linked accounts at the most. */
    | "identities_too_many"
    /** 409: This is the only way into your account. First add another one, or a password. */
    | "last_way_in"
    /** 409: An account cannot go from its status to that one. */
    | "transition_invalid"
    /** 413: The body is larger than 64 KiB. */
    | "body_too_large"
    /** 415: The body must be sent as application/json. */
    | "content_type_unsupported"
    /** 431: The request headers are larger than 32 KiB. */
    | "headers_too_large"
    /** 500: Something went wrong here. It has been logged. */
    | "internal"
    /** 502: The provider did not answer as it should. Please try again. */
    | "provider_unavailable"
    /** 502: The provider did not complete the sign-in. Please try again. */
    | "provider_refused"
    /** 502: The provider's answer could not be verified. */
    | "id_token_invalid"
    /** 502: The provider's answer could not be read. */
    | "userinfo_unreadable"
    /** 502: The provider gives no new token. Signing in there again brings one. */
    | "token_refused"
    /** 503: This cannot be answered right now. Please try again. */
    | "unavailable";
  /** Of a sign-in at a provider that went wrong: the path that starts it anew, with the same `next`. */
  try_again?: string;
}

/** What is wrong with one field. */
export interface FieldError {
  /** As in the body: `email`, `password`, `fields.class`, … */
  field: string;
  code:
    | "missing"
    | "too_short"
    | "too_long"
    | "pattern_mismatch"
    | "malformed"
    | "not_a_choice"
    | "too_small"
    | "too_large"
    | "too_weak"
    | "breached"
    | "taken"
    | "unknown";
}
