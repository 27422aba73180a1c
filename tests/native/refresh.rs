//! The refresh family as a state machine, held against a model.

use countersign::actors::account::{EndSession, Issued, Refresh, Stand};
use countersign::domain::refresh::{REPEAT_WINDOW, RefreshToken};
use countersign::domain::rules::Lifetimes;
use countersign::error::Code;
use countersign::ports::call::{Actor, Call};
use pollster::block_on;
use proptest::prelude::*;

use crate::accounts::sign_in;
use crate::world::{LIFETIMES, World};

fn refresh(world: &World, issued: &Issued, token: &RefreshToken) -> Result<Issued, Code> {
    let command = Refresh { token: token.clone() };
    block_on(world.call(issued.account.as_str(), &command)).unwrap().map_err(|error| error.code)
}

#[test]
fn a_token_is_replaced_by_its_successor() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = refresh(&world, &first, &first.refresh).unwrap();
    assert_ne!(first.refresh.hash(), second.refresh.hash());
    assert_eq!(first.session.sid, second.session.sid);
    assert!(refresh(&world, &first, &second.refresh).is_ok());
}

#[test]
fn attack_repeats_of_one_token_do_not_fork_the_family() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let successors: Vec<_> = (0..3).map(|_| refresh(&world, &first, &first.refresh).unwrap().refresh.hash()).collect();
    assert!(successors.iter().all(|successor| *successor == successors[0]));
    let tokens = world.database(Actor::Account, first.account.as_str()).count("refresh_token");
    assert_eq!(tokens, 2);
}

#[test]
fn attack_a_stolen_token_ends_the_family() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = refresh(&world, &first, &first.refresh).unwrap();
    world.pass(REPEAT_WINDOW + 1);
    assert_eq!(refresh(&world, &first, &first.refresh).unwrap_err(), Code::RefreshReused);
    assert_eq!(refresh(&world, &first, &second.refresh).unwrap_err(), Code::RefreshInvalid);
    let stand = Stand { sid: first.session.sid.clone() };
    assert!(!block_on(world.call(first.account.as_str(), &stand)).unwrap().session_alive);
}

#[test]
fn attack_the_store_gives_no_token_away() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = refresh(&world, &first, &first.refresh).unwrap();
    let secret = |token: &RefreshToken| token.expose().split_once('.').unwrap().1.to_owned();
    let secrets = [secret(&first.refresh), secret(&second.refresh)];
    let database = world.database(Actor::Account, first.account.as_str());
    for table in ["refresh_token", "session", "account", "outbox"] {
        let stored =
            format!("{:?}", countersign::ports::sql::Sql::run(&*database, &format!("SELECT * FROM {table}"), &[]));
        for secret in &secrets {
            let bytes = countersign::domain::base64url::decode(secret).unwrap();
            assert!(!stored.contains(secret) && !stored.contains(&format!("{bytes:?}")), "{table}");
        }
    }
    assert!(secrets.iter().all(|secret| !format!("{:?}", world.kv.borrow()).contains(secret)));
}

#[test]
fn a_session_never_outlives_its_absolute_end() {
    let world = World::new();
    let mut issued = sign_in(&world, "ada").unwrap();
    for _ in 0..LIFETIMES.absolute / 1800 - 1 {
        world.pass(1800);
        issued = refresh(&world, &issued, &issued.refresh).unwrap();
    }
    world.pass(1800);
    assert_eq!(refresh(&world, &issued, &issued.refresh).unwrap_err(), Code::RefreshInvalid);
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let world = World::new();
    let issued = sign_in(&world, "ada").unwrap();
    let foreign = RefreshToken::generate(issued.account.clone(), &world).unwrap();
    assert_eq!(refresh(&world, &issued, &foreign).unwrap_err(), Code::RefreshInvalid);
    let token = issued.refresh.expose();
    for text in ["", ".", "x.y", &token[1..], &format!("{}A", *token), &token.replace('.', ":")] {
        assert!(RefreshToken::parse(text).is_none(), "{text}");
    }
    assert_eq!(format!("{:?}", issued.refresh), format!("RefreshToken({}, redacted)", issued.account));
}

#[test]
fn an_ended_session_stays_known_as_long_as_its_access_tokens_may_live() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let end = EndSession { sid: first.session.sid.clone() };
    block_on(world.call(first.account.as_str(), &end)).unwrap();
    let projected = |world: &World| {
        let second = sign_in(world, "ada").unwrap();
        let end = EndSession { sid: second.session.sid };
        block_on(world.call(second.account.as_str(), &end)).unwrap();
        world.kv.borrow()[&format!("account:{}", second.account)].contains(first.session.sid.as_str())
    };
    world.pass(Lifetimes::MAX_ACCESS - 1);
    assert!(projected(&world));
    world.pass(1);
    assert!(!projected(&world));
}

#[test]
fn of_too_many_sessions_the_oldest_ends() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    for _ in 0..100 {
        world.pass(1);
        sign_in(&world, "ada").unwrap();
    }
    assert_eq!(refresh(&world, &first, &first.refresh).unwrap_err(), Code::RefreshInvalid);
}

/// The family as one would draw it: tokens in a row, each used at some time or not at all.
#[derive(Default)]
struct Model {
    used_at: Vec<Option<u64>>,
    ended: bool,
}

impl Model {
    /// What presenting token `index` must answer: the index of the successor, or a refusal.
    fn present(&mut self, index: usize, now: u64) -> Result<usize, Code> {
        if self.ended {
            return Err(Code::RefreshInvalid);
        }
        match self.used_at[index] {
            None => {
                self.used_at[index] = Some(now);
                self.used_at.push(None);
                Ok(self.used_at.len() - 1)
            }
            Some(at) if now - at <= REPEAT_WINDOW => Ok(index + 1),
            Some(_) => {
                self.ended = true;
                Err(Code::RefreshReused)
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_family_agrees_with_the_model(steps in prop::collection::vec((0_u64..8, 0_usize..4), 1..30)) {
        let world = World::new();
        let issued = sign_in(&world, "ada").unwrap();
        let mut tokens = vec![issued.refresh.clone()];
        let mut model = Model { used_at: vec![None], ended: false };
        for (seconds, back) in steps {
            world.pass(seconds);
            let index = tokens.len().saturating_sub(1 + back);
            let expected = model.present(index, world.now.get());
            let answered = refresh(&world, &issued, &tokens[index]);
            match expected {
                Ok(successor) => {
                    let token = answered.unwrap().refresh;
                    if successor == tokens.len() { tokens.push(token.clone()) }
                    prop_assert_eq!(token.hash(), tokens[successor].hash());
                }
                Err(code) => prop_assert_eq!(answered.unwrap_err(), code),
            }
        }
    }
}
