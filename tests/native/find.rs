//! Finding records: against a naive model, and how SQLite goes about it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use countersign::actors::directory::{
    Accessible, Allow, ChangeRecordTags, CreateGroup, DeleteGroup, Find, Found, GroupRef, Judge, Mode, Revoke,
    SearchPeople,
};
use countersign::actors::{Context, dispatch};
use countersign::domain::account::Status;
use countersign::domain::permission::{Grant, Permission, PermissionName};
use countersign::domain::record::{Kind, Record};
use countersign::domain::secret::RootSecret;
use countersign::domain::tag::{Question, Tag, TagSet};
use countersign::domain::time::Timestamp;
use countersign::error::Result;
use countersign::ports::call::{Command, REALM};
use countersign::ports::sql::{Row, Sql, Value};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::storage::Database;
use crate::world::World;

/// A Directory by itself, which remembers the statements that it was given.
struct Directory {
    world: World,
    database: Database,
    statements: RefCell<BTreeSet<String>>,
}

impl Sql for Directory {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>> {
        self.statements.borrow_mut().insert(statement.to_owned());
        self.database.run(statement, values)
    }
}

impl Directory {
    fn new() -> Self {
        let directory = Self { world: World::new(), database: Database::new(), statements: RefCell::default() };
        directory.add("note/first", &["first"]); // makes the tables
        directory
    }

    fn ask<C: Command>(&self, command: &C) -> C::Reply {
        let secret = RootSecret::parse(World::SECRET).unwrap();
        let now = Timestamp(self.world.now.get());
        let context = Context { sql: self, instance: REALM, now, random: &self.world, secret: &secret };
        let body = serde_json::to_vec(command).unwrap();
        let reply = self.database.transaction(|| dispatch(C::ACTOR, C::NAME, &body, &context)).unwrap();
        serde_json::from_slice(&reply).unwrap()
    }

    fn change(&self, record: &str, add: &[&str], remove: &[&str]) {
        let tags = |texts: &[&str]| texts.iter().map(|text| Tag::parse(text).unwrap()).collect();
        let (set, record) = (TagSet::parse("labels").unwrap(), Record::parse(record).unwrap());
        self.ask(&ChangeRecordTags { set, record, add: tags(add), remove: tags(remove), own: None, by: World::by() });
    }

    fn add(&self, record: &str, tags: &[&str]) {
        self.change(record, tags, &[]);
    }

    /// Many documents at once: every one behind `first` whose number leaves this remainder.
    fn add_many(&self, tag: &str, Numbers { first, last, step }: Numbers) {
        let statement = "INSERT INTO tag (tag_set, tag, record, own)
            WITH RECURSIVE number (n) AS (SELECT ? UNION ALL SELECT n + ? FROM number WHERE n + ? <= ?)
            SELECT 'labels', ?, printf('document/%06d', n), 1 FROM number";
        let values = [first.into(), step.into(), step.into(), last.into(), tag.into()];
        self.database.run(statement, &values).unwrap();
    }

    /// What the steps of SQLite's machine are that something takes.
    fn steps(&self, work: impl FnOnce()) -> i64 {
        let before = self.database.steps();
        work();
        self.database.steps() - before
    }
}

/// The documents that have a tag.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    first: u64,
    last: u64,
    step: u64,
}

impl Numbers {
    fn records(self) -> BTreeSet<String> {
        (self.first..=self.last).step_by(usize::try_from(self.step).unwrap()).map(document).collect()
    }
}

fn document(number: u64) -> String {
    format!("document/{number:06}")
}

fn sought(tags: &[&str], mode: Mode, limit: u64) -> Find {
    let questions = tags.iter().map(|tag| Question::parse(&format!("labels:{tag}")).unwrap()).collect();
    Find { questions, mode, kind: None, after: None, limit }
}

/// All pages, one after the other.
fn pages(directory: &Directory, mut find: Find) -> Vec<Found> {
    let mut pages = Vec::new();
    loop {
        let page = directory.ask(&find);
        find.after.clone_from(&page.next);
        pages.push(page);
        if find.after.is_none() {
            return pages;
        }
    }
}

fn records(pages: &[Found]) -> Vec<&str> {
    pages.iter().flat_map(|page| &page.records).map(String::as_str).collect()
}

// ── the model

/// What each record carries, as sets that are gone through from end to end.
fn naive(model: &BTreeMap<String, BTreeSet<String>>, find: &Find) -> Vec<String> {
    let has = |tags: &BTreeSet<String>, question: &Question| {
        let question = question.tag.as_str();
        tags.iter().any(|tag| tag == question || tag.starts_with(&format!("{question}/")))
    };
    let wanted = |(record, tags): &(&String, &BTreeSet<String>)| {
        let of_kind = find.kind.as_ref().is_none_or(|kind| record.split('/').next() == Some(kind.as_str()));
        let mut has = find.questions.iter().map(|question| has(tags, question));
        of_kind && if find.mode == Mode::All { has.all(|has| has) } else { has.any(|has| has) }
    };
    model.iter().filter(wanted).map(|(record, _)| record.clone()).collect()
}

fn paths() -> impl Strategy<Value = String> {
    "[ab](/[ab]){0,2}"
}

fn finds() -> impl Strategy<Value = Find> {
    let kind = prop::option::of(prop::sample::select(vec!["comment", "document", "documents", "e"]));
    let mode = prop::sample::select(vec![Mode::All, Mode::Any]);
    (vec(paths(), 1..5), mode, kind, 1_u64..6).prop_map(|(tags, mode, kind, limit)| {
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        Find { kind: kind.map(|kind| Kind::parse(kind).unwrap()), ..sought(&tags, mode, limit) }
    })
}

/// Some documents, and some of the kinds that stand around them in order.
const RECORDS: [&str; 8] =
    ["comment/1", "comment/2", "document/1", "document/10", "document/2", "document/~", "documents/1", "e/1"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn find_agrees_with_the_naive_model(
        steps in vec((prop::sample::select(&RECORDS[..]), any::<bool>(), btree_set(paths(), 1..4)), 1..24),
        finds in vec(finds(), 8),
    ) {
        let directory = Directory::new();
        let mut model = BTreeMap::from([("note/first".to_owned(), BTreeSet::from(["first".to_owned()]))]);
        for (record, adds, paths) in steps {
            let carried = model.entry(record.to_owned()).or_default();
            let tags: Vec<&str> = paths.iter().map(String::as_str).collect();
            if adds {
                carried.extend(paths.iter().cloned());
                directory.add(record, &tags);
            } else {
                carried.retain(|tag| !paths.contains(tag));
                directory.change(record, &[], &tags);
            }
        }
        for find in finds {
            let (expected, limit) = (naive(&model, &find), usize::try_from(find.limit).unwrap());
            let pages = pages(&directory, find);
            prop_assert!(pages.iter().all(|page| page.records.len() <= limit));
            prop_assert_eq!(records(&pages), expected);
        }
    }
}

/// So many that they do not fit into one block.
fn numbers() -> impl Strategy<Value = Numbers> {
    (1_u64..2000, 2000_u64..4000, prop_oneof![1_u64..4, 4_u64..400]).prop_map(|(first, last, step)| Numbers {
        first,
        last,
        step,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn all_of_many_records_agrees_with_the_naive_model(
        tags in vec(numbers(), 2..5),
        limit in prop_oneof![1_u64..60, 400_u64..600],
        after in 0_u64..4000,
    ) {
        let directory = Directory::new();
        let names: Vec<String> = (0..tags.len()).map(|place| format!("tag-{place}")).collect();
        for (name, numbers) in names.iter().zip(&tags) {
            directory.add_many(name, *numbers);
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let common = tags.iter().map(|numbers| numbers.records()).reduce(|one, other| &one & &other).unwrap();
        let expected: Vec<&str> = common.iter().map(String::as_str).filter(|record| **record > *document(after)).collect();
        let found = pages(&directory, Find { after: Some(document(after)), ..sought(&names, Mode::All, limit) });
        prop_assert_eq!(records(&found), expected);
    }
}

// ── what it costs

#[test]
fn a_rare_tag_is_found_at_once_among_many_records_of_another() {
    let directory = Directory::new();
    directory.add_many("many", Numbers { first: 1, last: 20_000, step: 1 });
    directory.add_many("few", Numbers { first: 9_000, last: 19_000, step: 5_000 });
    for tags in [["many", "few"], ["few", "many"]] {
        let steps = directory.steps(|| {
            let page = directory.ask(&sought(&tags, Mode::All, 50));
            assert_eq!(page, Found { records: [9_000, 14_000, 19_000].map(document).to_vec(), next: None });
        });
        assert!(steps < 5_000, "{steps} steps");
    }
}

#[test]
fn where_little_is_common_pages_are_short_and_go_on() {
    let directory = Directory::new();
    // Every second one, and every second one beside those but for the last two.
    directory.add_many("even", Numbers { first: 2, last: 40_000, step: 2 });
    directory.add_many("odd", Numbers { first: 1, last: 39_997, step: 2 });
    directory.add_many("odd", Numbers { first: 39_998, last: 40_000, step: 2 });
    let find = || sought(&["even", "odd"], Mode::All, 50);
    let first = directory.ask(&find());
    assert!(first.records.is_empty() && first.next.is_some(), "{first:?}");
    let pages = pages(&directory, find());
    assert_eq!(records(&pages), [39_998, 40_000].map(document));
    assert!((2..10).contains(&pages.len()), "{} pages", pages.len());
    let most = directory.steps(|| drop(directory.ask(&find())));
    assert!(most < 500_000, "{most} steps");
}

#[test]
fn the_first_page_and_a_new_tag_cost_the_same_however_many_records_there_are() {
    let costs = |records: u64| {
        let directory = Directory::new();
        directory.add_many("kept/here", Numbers { first: 1, last: records, step: 1 });
        directory.add(&document(7), &["kept/there", "red"]);
        let page =
            directory.steps(|| assert_eq!(directory.ask(&sought(&["kept/here"], Mode::All, 5)).records.len(), 5));
        (page, directory.steps(|| directory.add(&document(7), &["kept/now"])))
    };
    assert_eq!(costs(10), costs(10_000));
}

// ── how SQLite goes about it

/// How SQLite means to carry out each of the statements that some work has given it.
fn plans(directory: &Directory, work: impl FnOnce()) -> BTreeMap<String, Vec<String>> {
    directory.statements.borrow_mut().clear();
    work();
    // What has few rows is gone through: the tables, and the groups that were deleted within a day.
    let few = ["sqlite_master", "schema_version", "gone_group"];
    let about = |statement: &String| !few.iter().any(|table| statement.contains(table));
    let plan = |statement: String| {
        let values = vec![Value::Null; statement.matches('?').count()];
        let rows = directory.database.run(&format!("EXPLAIN QUERY PLAN {statement}"), &values).unwrap();
        (statement, rows.iter().map(|row| row.text(3).unwrap().to_owned()).collect())
    };
    directory.statements.take().into_iter().filter(about).map(plan).collect()
}

/// Each step must seek in an index, and in the table of tags by more than the set; nothing is sorted.
fn assert_seeks(plans: &BTreeMap<String, Vec<String>>) {
    assert!(!plans.is_empty());
    for (statement, plan) in plans {
        for step in plan {
            let of_tags = ["SEARCH tag ", "SEARCH t "].iter().any(|tags| step.starts_with(tags));
            let seeks = step.starts_with("SEARCH ") && (!of_tags || step.contains("(tag_set=? AND "));
            let frame = step.contains("SUBQUERY ") || step == "CREATE BLOOM FILTER";
            assert!(seeks || frame, "`{step}` in the plan of\n{statement}\n{plan:#?}");
        }
    }
}

fn group(directory: &Directory, name: &str) -> GroupRef {
    let (name, by) = (Tag::parse(name).unwrap(), World::by());
    let group = directory.ask(&CreateGroup { name, description: String::new(), own: None, by });
    GroupRef { id: group.group, own: None }
}

#[test]
fn finding_seeks_in_an_index_and_sorts_nothing() {
    let directory = Directory::new();
    let statements = plans(&directory, || {
        for mode in [Mode::All, Mode::Any] {
            for tags in [&["a"][..], &["a", "b"], &["a", "b/c", "d"]] {
                directory.ask(&sought(tags, mode, 50));
            }
        }
    });
    assert_seeks(&statements);
}

#[test]
fn judging_what_groups_may_seeks_in_an_index_and_sorts_nothing() {
    let directory = Directory::new();
    let agents = group(&directory, "agents");
    let permission = |kind: Option<&str>, record| Permission::parse("read", kind, record).unwrap();
    directory.ask(&Allow { group: agents, permission: permission(Some("document"), Some("42")), by: World::by() });
    let groups = || ["agents", "others"].iter().map(|name| Tag::parse(name).unwrap()).collect();
    let statements = plans(&directory, || {
        let tag = Grant::GroupTag(Question::parse("labels:a").unwrap());
        let grants = vec![Grant::Permission(permission(Some("document"), Some("7"))), tag];
        directory.ask(&Judge { groups: groups(), grants });
        let (name, kind) = (PermissionName::parse("read").unwrap(), Kind::parse("document").unwrap());
        let reach = directory.ask(&Accessible { groups: groups(), name, kind, after: None, limit: 50 });
        assert_eq!(reach.records, ["42"]);
    });
    assert_seeks(&statements);
}

#[test]
fn looking_for_people_seeks_in_an_index_and_sorts_nothing() {
    let directory = Directory::new();
    let statements = plans(&directory, || {
        for handle in [None, Some("ada".to_owned())] {
            let tags = vec![Question::parse("groups:teacher").unwrap()];
            directory.ask(&SearchPeople { handle, status: Some(Status::Active), tags, after: None, limit: 50 });
        }
    });
    assert_seeks(&statements);
}

#[test]
fn changing_tags_and_permissions_seeks_in_an_index_and_sorts_nothing() {
    let directory = Directory::new();
    let (group, by) = (group(&directory, "agents"), World::by);
    let (tagged, permission) = (Record::group(&group.id).to_string(), Permission::parse("read", None, None).unwrap());
    let statements = plans(&directory, || {
        directory.change(&tagged, &["a/b", "c"], &[]);
        directory.change(&tagged, &["a/d"], &["a/b", "c"]);
        directory.ask(&Allow { group: group.clone(), permission: permission.clone(), by: by() });
        directory.ask(&Revoke { group: group.clone(), permission, by: by() });
        directory.ask(&DeleteGroup { group, everybody: None, with_grants: true, by: by() });
    });
    assert_seeks(&statements);
}
