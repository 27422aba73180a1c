/**
 * Makes policies: who may, as JSON that the Rust code judges at the edge, in other services and in a page. Nothing is checked
 * here: whoever judges a policy refuses one that is malformed.
 */
export const policy = {
  /** Everybody, also who is signed out. */
  anyone: () => "anyone",

  /** Who is signed in. */
  signedIn: () => "signed_in",

  /** Who has proved an e-mail address. */
  verified: () => "verified",

  /** One of these accounts, by their ids. */
  userIn: (...accounts) => ({ user_in: accounts }),

  /** Who carries a tag, such as `groups:teacher`, or one below it. */
  hasTag: (question) => ({ has_tag: question }),

  /** Who carries at least one of them. */
  hasAnyTag: (...questions) => ({ has_tag: { any: questions } }),

  /** Who carries each of them. */
  hasAllTags: (...questions) => ({ has_tag: { all: questions } }),

  /** Who has a permission by one of her groups: on a `record` of a `kind`, on each of the kind, or on everything. */
  hasPermission: (name, about) => ({ has_permission: { name, ...about } }),

  /** Who is in a group that carries a tag, such as `permissions:zap database`. */
  inGroupWith: (question) => ({ in_group_with: question }),

  /** Who asks from one of these networks, such as `10.0.0.0/8`, or addresses. */
  fromIp: (...networks) => ({ from_ip: networks }),

  /** From a time of day, such as `08:00`, until before another one, in a time zone such as `Europe/Oslo`; also over midnight. */
  betweenTimes: (from, to, zone) => ({ between_times: { from, to, zone } }),

  /** On these days, such as `["mon", "fri"]`, in a time zone. */
  onWeekdays: (days, zone) => ({ on_weekdays: { days, zone } }),

  /** Who has proved who she is less than so many seconds ago. */
  confirmedWithin: (seconds) => ({ confirmed_within: seconds }),

  /** What the caller of the policy says of the condition of that name. */
  condition: (name) => ({ condition: name }),

  /** All of them. */
  and: (...policies) => ({ and: policies }),

  /** At least one of them. */
  or: (...policies) => ({ or: policies }),

  /** Whoever it does not hold for; what is not known stays unknown. */
  not: (policy) => ({ not: policy }),
};
