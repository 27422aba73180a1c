//! The outbox: what was decided reaches KV in the end, and nothing older covers it.

use countersign::actors::account::ChangeTags;
use countersign::actors::directory::Index;
use countersign::actors::outbox;
use countersign::domain::id::AccountId;
use countersign::domain::record::Record;
use countersign::domain::tag::{Tag, TagSet};
use countersign::ports::call::{Actor, Call, REALM};
use pollster::block_on;

use crate::accounts::sign_in;
use crate::world::World;

fn change(world: &World, account: &str, add: &[&str]) {
    let add = add.iter().map(|tag| Tag::parse(tag).unwrap()).collect();
    block_on(world.call(account, &ChangeTags { set: TagSet::groups(), add, remove: Vec::new(), by: World::by() }))
        .unwrap();
}

#[test]
fn what_could_not_be_projected_is_projected_later() {
    let world = World::new();
    let account = sign_in(&world, "ada").unwrap().account;
    let database = world.database(Actor::Account, account.as_str());
    world.kv_fails.set(true);
    change(&world, account.as_str(), &["teacher"]);
    assert!(outbox::newest(&*database).unwrap().is_some());
    assert!(!block_on(outbox::deliver(&*database, &world)).unwrap());
    world.kv_fails.set(false);
    assert!(block_on(outbox::deliver(&*database, &world)).unwrap());
    assert!(world.kv.borrow()[&format!("account:{account}")].contains("teacher"));
}

#[test]
fn a_newer_effect_replaces_one_that_waits() {
    let world = World::new();
    let account = sign_in(&world, "ada").unwrap().account;
    let database = world.database(Actor::Account, account.as_str());
    world.kv_fails.set(true);
    change(&world, account.as_str(), &["teacher"]);
    let waiting = database.count("outbox");
    change(&world, account.as_str(), &["admin"]);
    assert_eq!(database.count("outbox"), waiting);
    world.kv_fails.set(false);
    block_on(outbox::deliver(&*database, &world)).unwrap();
    assert!(world.kv.borrow()[&format!("account:{account}")].contains("admin"));
}

#[test]
fn a_losing_of_all_of_kv_costs_nothing_that_was_decided() {
    let world = World::new();
    let account = sign_in(&world, "ada").unwrap().account;
    change(&world, account.as_str(), &["teacher"]);
    world.kv.borrow_mut().clear();
    let issued = sign_in(&world, "ada").unwrap();
    assert_eq!(issued.account, account);
    assert_eq!(issued.tags.of(&TagSet::groups()).count(), 1);
}

#[test]
fn an_old_index_never_covers_a_newer_one() {
    let world = World::new();
    let index = |version, tag: &str| {
        let tags = [Tag::parse(tag).unwrap()].into();
        let command = Index { set: TagSet::groups(), record: Record::account(&AccountId::from_bits(1)), tags, version };
        block_on(world.call(REALM, &command)).unwrap();
    };
    index(2, "new");
    index(1, "old");
    let database = world.database(Actor::Directory, REALM);
    let row = countersign::ports::sql::Sql::row(&*database, "SELECT tag FROM tag", &[]).unwrap().unwrap();
    assert_eq!(row.text(0).unwrap(), "new");
}
