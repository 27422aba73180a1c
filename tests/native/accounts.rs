//! Account and Directory: one account per handle, whatever races and whatever crashes.

use countersign::actors::account::{Describe, EmailClaim, Entered, Issued, Lead, SignIn, SignOut, Stand};
use countersign::actors::directory::{Claim, Hold};
use countersign::domain::account::{Profile, Status};
use countersign::domain::email::Email;
use countersign::domain::handle::Handle;
use countersign::domain::id::AccountId;
use countersign::domain::identity::{Identity, Proved};
use countersign::domain::rules::Rules;
use countersign::domain::session::Opening;
use countersign::domain::tag::TagSet;
use countersign::domain::time::Timestamp;
use countersign::error::{Code, Result};
use countersign::ports::call::{Actor, Call, REALM};
use pollster::block_on;

use crate::world::{LIFETIMES, World};

pub fn handle(subject: &str) -> Handle {
    Handle::identity("https://id.school.example", subject)
}

/// What the provider says of somebody, who has this address.
pub fn identity(subject: &str, email: &str, email_verified: bool) -> Identity {
    Identity {
        provider: "school".to_owned(),
        provider_name: "School".to_owned(),
        issuer: "https://id.school.example".to_owned(),
        subject: subject.to_owned(),
        user_name: None,
        profile: Profile { email: Email::parse(email), email_verified, ..Profile::default() },
    }
}

fn proved(identity: Identity) -> Proved {
    Proved { identity, tokens: None, auth_time: Some(Timestamp(u64::MAX)) }
}

pub fn sign_in_command(subject: &str, claimed: bool) -> SignIn {
    SignIn {
        // Whatever the clock of the provider says, it was no later than now.
        proved: proved(identity(subject, "ada@school.example", false)),
        lead: Lead::Identity,
        claimed,
        email: EmailClaim::Unasked,
        opening: Opening::default(),
        rules: Rules { lifetimes: LIFETIMES, ..World::config().rules() },
    }
}

/// Claims and signs in, as the callback does.
pub fn sign_in(world: &World, subject: &str) -> Result<Issued> {
    let claim = Claim { handle: handle(subject), candidate: AccountId::generate(world)?, proved: true, lifetime: 600 };
    let account = block_on(world.call(REALM, &claim))?;
    Ok(issued(block_on(world.call(account.as_str(), &sign_in_command(subject, true)))?.unwrap()))
}

fn issued(entered: Entered) -> Issued {
    match entered {
        Entered::Issued(issued) => *issued,
        other => panic!("{other:?}"),
    }
}

/// The same for somebody of whom her provider says that this address is proved to be hers.
pub fn sign_in_as(world: &World, subject: &str, email: &str) -> Issued {
    let account = sign_in(world, subject).unwrap().account;
    let identity = identity(subject, email, true);
    let handle = Handle::email(identity.profile.email.as_ref().unwrap());
    let claim = Claim { handle, candidate: account.clone(), proved: true, lifetime: 120 };
    let free = block_on(world.call(REALM, &claim)).unwrap() == account;
    let email = if free { EmailClaim::Claimed } else { EmailClaim::Taken };
    let command = SignIn { proved: proved(identity), email, ..sign_in_command(subject, false) };
    issued(block_on(world.call(account.as_str(), &command)).unwrap().unwrap())
}

#[test]
fn the_second_sign_in_finds_the_account_of_the_first() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = sign_in(&world, "ada").unwrap();
    let other = sign_in(&world, "ben").unwrap();
    assert_eq!(first.account, second.account);
    assert_ne!(first.account, other.account);
    assert_ne!(first.session.sid, second.session.sid, "a session id never survives a sign-in");
}

#[test]
fn attack_every_claim_of_one_handle_is_answered_with_one_account() {
    let world = World::new();
    let claims: Vec<AccountId> = (0..3)
        .map(|_| {
            let candidate = AccountId::generate(&world).unwrap();
            block_on(world.call(REALM, &Claim { handle: handle("ada"), candidate, proved: true, lifetime: 600 }))
                .unwrap()
        })
        .collect();
    assert!(claims.iter().all(|account| *account == claims[0]));
}

#[test]
fn a_crash_between_claim_and_creation_leaves_nothing_stuck() {
    let world = World::new();
    *world.lost.borrow_mut() = Some("sign_in");
    assert_eq!(sign_in(&world, "ada").unwrap_err().code, Code::Unavailable);
    let issued = sign_in(&world, "ada").unwrap();
    assert_eq!(sign_in(&world, "ada").unwrap().account, issued.account);
}

#[test]
fn a_crash_before_the_handle_is_held_is_made_good_later() {
    let world = World::new();
    *world.lost.borrow_mut() = Some("hold");
    let issued = sign_in(&world, "ada").unwrap();
    let held = |world: &World| world.kv.borrow().keys().any(|key| key.starts_with("handle:identity:"));
    assert!(!held(&world));
    // Any later command of the account empties its outbox, as its alarm does.
    block_on(world.call(issued.account.as_str(), &Describe {})).unwrap();
    assert!(held(&world));
}

#[test]
fn attack_a_stale_pointer_opens_no_foreign_account() {
    let world = World::new();
    let ada = sign_in(&world, "ada").unwrap();
    let reply = block_on(world.call(ada.account.as_str(), &sign_in_command("ben", false))).unwrap();
    assert!(matches!(reply, Ok(Entered::NotHere)));
}

#[test]
fn asking_an_account_that_does_not_exist_brings_nothing_into_being() {
    let world = World::new();
    let nobody = "0".repeat(32);
    assert_eq!(block_on(world.call(&nobody, &Describe {})).unwrap_err().code, Code::AccountUnknown);
    let reply = block_on(world.call(&nobody, &sign_in_command("ada", false))).unwrap();
    assert!(matches!(reply, Ok(Entered::NotHere)));
    assert_eq!(world.database(Actor::Account, &nobody).count("sqlite_master"), 0);
}

#[test]
fn a_handle_is_held_only_by_who_claimed_it() {
    let world = World::new();
    sign_in(&world, "ada").unwrap();
    let thief = AccountId::generate(&world).unwrap();
    assert!(block_on(world.call(REALM, &Hold { handle: handle("ada"), account: thief })).is_err());
}

#[test]
fn a_grant_gives_the_tag_once_and_raises_the_version_once() {
    let world = World::new();
    let first = sign_in_as(&world, "ada", "ada@school.example");
    let second = sign_in_as(&world, "ada", "ada@school.example");
    assert_eq!(first.tags.of(&TagSet::groups()).count(), 1);
    assert_eq!(first.version, second.version);
}

#[test]
fn an_ended_session_is_dead_at_once_and_in_the_projection() {
    let world = World::new();
    let issued = sign_in(&world, "ada").unwrap();
    let (account, sid) = (issued.account.as_str(), &issued.session.sid);
    let standing = || block_on(world.call(account, &Stand { sid: Some(sid.clone()) })).unwrap();
    assert!(standing().session_alive);
    assert_eq!(standing().status, Status::Active);
    block_on(world.call(account, &SignOut { sid: sid.clone() })).unwrap();
    assert!(!standing().session_alive);
    assert!(world.kv.borrow()[&format!("account:{account}")].contains(sid.as_str()));
}

#[test]
fn a_session_ends_by_itself_when_it_is_idle_and_when_it_is_old() {
    let world = World::new();
    let issued = sign_in(&world, "ada").unwrap();
    let alive = || {
        let stand = Stand { sid: Some(issued.session.sid.clone()) };
        block_on(world.call(issued.account.as_str(), &stand)).unwrap().session_alive
    };
    world.pass(LIFETIMES.idle - 1);
    assert!(alive());
    world.pass(1);
    assert!(!alive());
}
