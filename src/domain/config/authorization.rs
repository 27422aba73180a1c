//! What people may: tag sets, groups, rules for routes, signed links, and who administers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Faults;
use super::section::Section;
use crate::domain::administration::{Delegation, Part, is_admin_or_below};
use crate::domain::group::GroupRules;
use crate::domain::id::AccountId;
use crate::domain::next::Next;
use crate::domain::policy::{Facts, Network, Person, Policy};
use crate::domain::rule::{Pattern, Rule};
use crate::domain::tag::{Question, Tag, TagSet, Tags};
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;

/// The most rules.
const MAX_RULES: usize = 256;

/// What people may.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The tag sets; `groups` is one of them.
    pub tag_sets: Vec<TagSet>,
    /// Which groups people belong to without carrying a tag.
    pub groups: GroupRules,
    /// The rules for routes, in their order.
    pub rules: Vec<Rule>,
    /// Where people sign in: a path of this origin.
    pub sign_in: Next,
    /// The reverse proxies whose word on where a request comes from is taken.
    pub proxies: Vec<Network>,
    /// Who makes signed links.
    pub links: Links,
    /// The parts of administration that are given to others.
    pub delegations: Vec<Delegation>,
}

/// Who makes signed links, and for how long they may be good.
#[derive(Clone, Debug)]
pub struct Links {
    /// Who makes them; administrators alone if nobody is named.
    pub policy: Option<Policy>,
    /// For how many seconds at the most.
    pub max_lifetime: u64,
}

impl Authorization {
    /// Takes the settings out of the section `COUNTERSIGN`, and reads those of its tables.
    pub fn read<'a>(section: &mut Section<'_>) -> impl FnOnce(&dyn Fn(&str) -> bool, &'a mut Faults) -> Self + use<'a> {
        let tag_sets = tag_sets(section);
        let sign_in = section.text("sign_in").map_or_else(|| Some(Next::default()), |text| Next::parse(&text).ok());
        if sign_in.is_none() {
            section.fault("sign_in", "must be a path of this site, such as `/sign-in`");
        }
        let proxies = proxies(section);
        let (groups, rules) = (section.take("groups"), section.take("rules"));
        let has_rules = rules.is_some();
        let (links, administration) = (section.take("links"), section.take("administration"));
        move |is_zone, faults| Self {
            tag_sets,
            groups: groups.map(|groups| group_rules(&groups, faults)).unwrap_or_default(),
            rules: rules.map(|rules| read_rules(&rules, is_zone, faults)).unwrap_or_default(),
            sign_in: sign_in.unwrap_or_default(),
            proxies,
            links: read_links(links.as_ref(), has_rules, is_zone, faults),
            delegations: administration.map(|value| delegations(&value, is_zone, faults)).unwrap_or_default(),
        }
    }

    /// What of a part is given to others.
    #[must_use]
    pub fn delegation(&self, part: Part) -> Option<&Delegation> {
        self.delegations.iter().find(|delegation| delegation.part == part)
    }
}

fn tag_sets(section: &mut Section<'_>) -> Vec<TagSet> {
    let mut sets = vec![TagSet::groups()];
    for text in section.texts("tag_sets", &[]) {
        match TagSet::parse(&text).filter(|set| *set != TagSet::status()) {
            Some(set) if sets.contains(&set) => {}
            Some(set) => sets.push(set),
            None => section.fault(
                "tag_sets",
                "must be names such as `labels`: lower-case letters, digits, `-` and `_`; not `status`",
            ),
        }
    }
    sets
}

fn proxies(section: &mut Section<'_>) -> Vec<Network> {
    let texts = section.texts("proxies", &[]);
    let networks: Vec<Network> = texts.iter().filter_map(|text| Network::parse(text).ok()).collect();
    if networks.len() < texts.len() {
        section.fault("proxies", "must be networks such as `192.0.2.0/24`");
    }
    networks
}

fn group_rules(value: &Value, faults: &mut Faults) -> GroupRules {
    let Some(mut section) = Section::open("COUNTERSIGN.groups", Some(value), faults) else {
        return GroupRules::default();
    };
    let mut tag = |name: &str| {
        let tag = section.text(name).map(|text| Tag::parse(&text).ok().filter(|tag| !tag.covers(&Tag::admin())));
        if tag == Some(None) {
            section.fault(name, "must be a tag such as `everybody`, and not `admin`");
        }
        tag.flatten()
    };
    let (own, everybody) = (tag("own"), tag("everybody"));
    let akin = own.as_ref().zip(everybody.as_ref()).is_some_and(|(own, all)| own.covers(all) || all.covers(own));
    if akin {
        section.fault("own", "must not lie above or below `everybody`");
    }
    section.close();
    GroupRules { own, everybody }
}

/// A policy, with what is wrong with it as a fault.
fn policy(section: &mut Section<'_>, captures: &[&str], is_zone: &dyn Fn(&str) -> bool) -> Option<Policy> {
    let value = section.take("policy")?;
    let policy = match Policy::parse_for(&value, captures) {
        Ok(policy) => policy,
        Err(error) => {
            section.fault("policy", &error.cause);
            return None;
        }
    };
    for zone in policy.zones().into_iter().filter(|zone| !is_zone(zone)) {
        section.fault("policy", &format!("there is no time zone `{}`", zone.escape_debug()));
    }
    Some(policy)
}

/// A policy that must be there.
fn required_policy(section: &mut Section<'_>, captures: &[&str], is_zone: &dyn Fn(&str) -> bool) -> Option<Policy> {
    if !section.has("policy") {
        section.fault("policy", "is missing");
    }
    policy(section, captures, is_zone)
}

fn read_rules(value: &Value, is_zone: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Vec<Rule> {
    let Some(entries) = value.as_array().filter(|entries| entries.len() <= MAX_RULES) else {
        faults.push(format!("`COUNTERSIGN.rules`: must be a list of at most {MAX_RULES} tables"));
        return Vec::new();
    };
    let read = |(place, entry): (usize, &Value)| rule(place, entry, is_zone, faults);
    entries.iter().enumerate().filter_map(read).collect()
}

fn rule(place: usize, entry: &Value, is_zone: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Option<Rule> {
    let mut section = Section::open(&format!("COUNTERSIGN.rules[{place}]"), Some(entry), faults)?;
    let path = section.required("path").and_then(|text| {
        let pattern = Pattern::parse(&text);
        if pattern.is_none() {
            section.fault("path", "must be a path such as `/documents/{id}` or `/admin/*`");
        }
        pattern
    });
    let methods = section.texts("methods", &[]);
    if !methods.iter().all(|method| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase())) {
        section.fault("methods", "must be methods such as `GET`");
    }
    let at = section.choice("at", &Tier::ALL.map(|tier| (tier.name(), tier)));
    let captures: Vec<&str> = path.as_ref().map(|path| path.captures().collect()).unwrap_or_default();
    let policy = required_policy(&mut section, &captures, is_zone);
    let grants = policy.as_ref().is_some_and(Policy::names_grants);
    let at = at.unwrap_or(if grants { Tier::Replicated } else { Tier::Carried });
    if grants && at == Tier::Carried {
        section.fault("at", "must be `replicated` or `decided`: no token carries permissions");
    }
    section.close();
    Some(Rule { path: path?, methods, at, policy: policy? })
}

fn read_links(value: Option<&Value>, has_rules: bool, is_zone: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Links {
    let usual = 3600;
    let Some(mut section) = value.and_then(|value| Section::open("COUNTERSIGN.links", Some(value), faults)) else {
        return Links { policy: None, max_lifetime: usual };
    };
    let policy = policy(&mut section, &[], is_zone);
    // Whoever makes a link hands on what the rules let her do: without rules that would be everything.
    if policy.is_some() && !has_rules {
        section.fault("policy", "needs `rules`, which say what a link may hand on");
    }
    let max_lifetime = section.number("max_lifetime", usual, 60..=604_800);
    section.close();
    Links { policy, max_lifetime }
}

fn delegations(value: &Value, is_zone: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Vec<Delegation> {
    let Some(mut section) = Section::open("COUNTERSIGN.administration", Some(value), faults) else { return Vec::new() };
    let entries = Part::ALL.map(|part| section.take(part.name()).map(|entry| (part, entry)));
    section.close();
    let read = |(part, entry): (Part, Value)| delegation(part, &entry, is_zone, faults);
    let delegations: Vec<Delegation> = entries.into_iter().flatten().filter_map(read).collect();
    check_reach(&delegations, faults);
    delegations
}

fn delegation(part: Part, entry: &Value, is_zone: &dyn Fn(&str) -> bool, faults: &mut Faults) -> Option<Delegation> {
    let mut section = Section::open(&format!("COUNTERSIGN.administration.{}", part.name()), Some(entry), faults)?;
    let policy = required_policy(&mut section, &[], is_zone);
    // Else who gives permissions could give herself any part.
    if policy.as_ref().is_some_and(Policy::names_grants) {
        section.fault("policy", "must not go by permissions or tags of groups");
    }
    if policy.as_ref().is_some_and(lets_everybody) {
        section.fault("policy", "must not hold for everybody who is signed in");
    }
    let only = only(&mut section, part);
    section.close();
    Some(Delegation { part, policy: policy?, only })
}

/// Whether a policy holds for a person of whom nothing is known but that she has just signed in.
fn lets_everybody(policy: &Policy) -> bool {
    let account = AccountId::from_bits(0);
    let person = Person { account: &account, tags: &Tags::default(), email_verified: true, auth_time: Timestamp(0) };
    let facts = Facts {
        now: Timestamp(0),
        person: Some(person),
        address: None,
        zones: &BTreeMap::new(),
        grants: &BTreeMap::new(),
        conditions: &BTreeMap::new(),
        captures: &BTreeMap::new(),
    };
    policy.evaluate(&facts).is_held()
}

fn only(section: &mut Section<'_>, part: Part) -> Vec<Question> {
    if !part.gives_tags() {
        return Vec::new();
    }
    let texts = section.texts("only", &[]);
    let questions: Vec<Question> = texts.iter().filter_map(|text| Question::parse(text).ok()).collect();
    let good = !texts.is_empty() && questions.len() == texts.len();
    if !good || questions.iter().any(|question| is_admin_or_below(&question.set, &question.tag)) {
        section.fault(
            "only",
            "must say which tags may be given, such as `groups:class`; never `groups:admin` or one below it",
        );
    }
    if part == Part::Groups && questions.iter().any(|question| question.set != TagSet::groups()) {
        section.fault("only", "must be tags of the set `groups`");
    }
    questions
}

/// Who may give tags must not be able to give herself another part by them.
fn check_reach(delegations: &[Delegation], faults: &mut Faults) {
    for giving in delegations {
        for other in delegations {
            if let Some(question) = giving.reaches(&other.policy) {
                faults.push(format!(
                    "`COUNTERSIGN.administration.{}.only`: whoever has this part could give `{}` by it, and with that the part `{}`",
                    giving.part.name(),
                    question.to_string().escape_debug(),
                    other.part.name(),
                ));
            }
        }
    }
}
