//! Tags: the actors against a naive model.

use std::collections::{BTreeMap, BTreeSet};

use countersign::actors::account::{ChangeTags, ReadTags};
use countersign::actors::directory::{Find, Index, Mode};
use countersign::domain::record::Record;
use countersign::domain::tag::{Question, Tag, TagSet};
use countersign::error::Code;
use countersign::ports::call::{Call, REALM};
use pollster::block_on;
use proptest::prelude::*;

use crate::accounts::sign_in;
use crate::world::World;

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

fn question(text: &str) -> Question {
    Question { set: TagSet::groups(), tag: tag(text) }
}

fn find(world: &World, text: &str, limit: u64) -> Vec<String> {
    let mut records = Vec::new();
    let mut after = None;
    loop {
        let command = Find { questions: vec![question(text)], mode: Mode::All, kind: None, after, limit };
        let page = block_on(world.call(REALM, &command)).unwrap();
        assert!(page.records.len() as u64 <= limit);
        records.extend(page.records);
        after = page.next;
        if after.is_none() {
            return records;
        }
    }
}

#[test]
fn too_many_tags_are_refused_and_change_nothing() {
    let world = World::new();
    let account = sign_in(&world, "ada").unwrap().account;
    let add = (0..12).map(|number| tag(&format!("{number}{}", "x".repeat(200)))).collect();
    let command = ChangeTags { set: TagSet::groups(), add, remove: Vec::new(), by: World::by() };
    let refused = block_on(world.call(account.as_str(), &command)).unwrap_err();
    assert_eq!(refused.code, Code::TagsTooMany);
    let tagged = block_on(world.call(account.as_str(), &ReadTags {})).unwrap();
    assert_eq!(tagged.tags.of(&TagSet::groups()).count(), 0);
}

#[test]
fn changing_nothing_raises_no_version() {
    let world = World::new();
    let account = sign_in(&world, "ada").unwrap().account;
    let version = || block_on(world.call(account.as_str(), &ReadTags {})).unwrap().version;
    let change = |add: &[&str], remove: &[&str]| {
        let tags = |texts: &[&str]| texts.iter().map(|text| tag(text)).collect();
        let command = ChangeTags { set: TagSet::groups(), add: tags(add), remove: tags(remove), by: World::by() };
        block_on(world.call(account.as_str(), &command)).unwrap();
    };
    change(&["teacher"], &[]);
    let before = version();
    change(&["teacher", "/teacher/"], &["absent"]);
    assert_eq!(version(), before);
    change(&[], &["teacher"]);
    assert_eq!(version(), before + 1);
}

#[test]
fn a_page_is_short_where_it_takes_too_much_to_tell_and_the_next_one_goes_on() {
    // Each tag is missing in every sixteenth run of records, the last one first: whoever walks their ranges side by side reads on
    // in all the others before one of them leaps to the next run.
    let world = World::new();
    let tags: Vec<Tag> = (0..16).map(|number| tag(&format!("t{number}"))).collect();
    let record = |number: usize| Record::parse(&format!("document/{number:05}")).unwrap();
    let (run, count) = (64, 64 * 36);
    for number in 0..=count {
        let missing = if number == count { tags.len() } else { tags.len() - 1 - number / run % tags.len() };
        let has = tags.iter().enumerate().filter(|(place, _)| *place != missing).map(|(_, tag)| tag.clone()).collect();
        let index = Index { set: TagSet::groups(), record: record(number), tags: has, version: 1 };
        block_on(world.call(REALM, &index)).unwrap();
    }
    let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let questions = tags.iter().map(|tag| question(tag.as_str())).collect();
        let page =
            block_on(world.call(REALM, &Find { questions, mode: Mode::All, kind: None, after, limit: 50 })).unwrap();
        found.extend(page.records);
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
        assert!(found.is_empty(), "what was found ends the last page");
    }
    assert_eq!(found, [record(count).to_string()]);
    assert!((2..5).contains(&pages), "{pages} pages");
}

type Step = (usize, bool, String);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn find_agrees_with_the_naive_model(
        steps in prop::collection::vec((0_usize..4, any::<bool>(), "[ab](/[ab]){0,2}"), 1..24),
        question in "[ab](/[ab]){0,2}",
        limit in 1_u64..4,
    ) {
        let world = World::new();
        let people: Vec<String> =
            (0..4).map(|number| sign_in(&world, &format!("{number}")).unwrap().account.to_string()).collect();
        let mut model: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (person, adds, text) in &steps as &[Step] {
            let carried = model.entry(&people[*person]).or_default();
            let (add, remove) = if *adds { (vec![tag(text)], vec![]) } else { (vec![], vec![tag(text)]) };
            if *adds { carried.insert(text.clone()); } else { carried.remove(text); }
            block_on(world.call(&people[*person], &ChangeTags { set: TagSet::groups(), add, remove, by: World::by() })).unwrap();
        }
        let covered = |tags: &BTreeSet<String>| {
            tags.iter().any(|tag| *tag == question || tag.starts_with(&format!("{question}/")))
        };
        let expected: Vec<String> =
            model.iter().filter(|(_, tags)| covered(tags)).map(|(person, _)| format!("account/{person}")).collect();
        prop_assert_eq!(find(&world, &question, limit), expected);
    }
}
