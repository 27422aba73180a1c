//! The refresh family as a state machine, held against a model.

use countersign::actors::account::{EndConfirmation, Issued, Refresh, SignOut, Stand};
use countersign::domain::refresh::RefreshToken;
use countersign::domain::rules::Lifetimes;
use countersign::domain::session::{Mode, REPEAT_WINDOW, Whereabouts};
use countersign::error::Code;
use countersign::ports::call::{Actor, Call};
use pollster::block_on;
use proptest::prelude::*;

use crate::accounts::sign_in;
use crate::world::{LIFETIMES, World};

fn refresh(world: &World, issued: &Issued, token: &RefreshToken) -> Result<Issued, Code> {
    let command = Refresh { token: token.clone(), mode: Mode::Cookie, whereabouts: Whereabouts::default() };
    block_on(world.call(issued.account.as_str(), &command)).unwrap().map_err(|error| error.code)
}

fn held(issued: &Issued) -> &RefreshToken {
    issued.refresh.as_ref().unwrap()
}

#[test]
fn a_token_is_replaced_by_its_successor() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = refresh(&world, &first, held(&first)).unwrap();
    assert_ne!(held(&first).hash(), held(&second).hash());
    assert_eq!(first.session.sid, second.session.sid);
    assert!(refresh(&world, &first, held(&second)).is_ok());
}

#[test]
fn attack_repeats_of_one_token_do_not_fork_the_family() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let successors: Vec<_> = (0..3).map(|_| held(&refresh(&world, &first, held(&first)).unwrap()).hash()).collect();
    assert!(successors.iter().all(|successor| *successor == successors[0]));
    let tokens = world.database(Actor::Account, first.account.as_str()).count("refresh_token");
    assert_eq!(tokens, 2);
}

#[test]
fn attack_a_stolen_token_ends_the_family() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = refresh(&world, &first, held(&first)).unwrap();
    world.pass(REPEAT_WINDOW + 1);
    assert_eq!(refresh(&world, &first, held(&first)).unwrap_err(), Code::RefreshReused);
    assert_eq!(refresh(&world, &first, held(&second)).unwrap_err(), Code::RefreshInvalid);
    let stand = Stand { sid: Some(first.session.sid.clone()) };
    assert!(!block_on(world.call(first.account.as_str(), &stand)).unwrap().session_alive);
}

#[test]
fn attack_the_store_gives_no_token_away() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let second = refresh(&world, &first, held(&first)).unwrap();
    let secret = |token: &RefreshToken| token.expose().split_once('.').unwrap().1.to_owned();
    let secrets = [secret(held(&first)), secret(held(&second))];
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
        issued = refresh(&world, &issued, held(&issued)).unwrap();
    }
    world.pass(1800);
    assert_eq!(refresh(&world, &issued, held(&issued)).unwrap_err(), Code::RefreshInvalid);
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let world = World::new();
    let issued = sign_in(&world, "ada").unwrap();
    let foreign = RefreshToken::generate(issued.account.clone(), &world).unwrap();
    assert_eq!(refresh(&world, &issued, &foreign).unwrap_err(), Code::RefreshInvalid);
    let token = held(&issued).expose();
    for text in ["", ".", "x.y", &token[1..], &format!("{}A", *token), &token.replace('.', ":")] {
        assert!(RefreshToken::parse(text).is_none(), "{text}");
    }
    assert_eq!(format!("{:?}", held(&issued)), format!("RefreshToken({}, redacted)", issued.account));
}

#[test]
fn an_ended_session_stays_known_as_long_as_its_access_tokens_may_live() {
    let world = World::new();
    let first = sign_in(&world, "ada").unwrap();
    let end = SignOut { sid: first.session.sid.clone() };
    block_on(world.call(first.account.as_str(), &end)).unwrap();
    let projected = |world: &World| {
        let second = sign_in(world, "ada").unwrap();
        let end = SignOut { sid: second.session.sid };
        block_on(world.call(second.account.as_str(), &end)).unwrap();
        world.kv.borrow()[&format!("account:{}", second.account)].contains(first.session.sid.as_str())
    };
    world.pass(Lifetimes::MAX_ACCESS - 1);
    assert!(projected(&world));
    world.pass(1);
    assert!(!projected(&world));
}

/// The family as one would draw it: tokens in a row, each used at some time or not at all.
struct Model {
    used_at: Vec<Option<u64>>,
    last_use: u64,
    began_at: u64,
    ended: bool,
}

impl Model {
    fn is_alive(&self, now: u64) -> bool {
        !self.ended && now < self.last_use + LIFETIMES.idle && now < self.began_at + LIFETIMES.absolute
    }

    /// What presenting token `index` must answer: the index of the successor, or a refusal.
    fn present(&mut self, index: usize, now: u64) -> Result<usize, Code> {
        if !self.is_alive(now) {
            return Err(Code::RefreshInvalid);
        }
        match self.used_at[index] {
            None => {
                self.last_use = now;
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

#[derive(Clone, Debug)]
enum Step {
    Present(usize),
    /// The session goes on under another name, and its tokens with it.
    Rename,
    SignOut,
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let step = prop_oneof![
        12 => (0_usize..4).prop_map(Step::Present),
        3 => Just(Step::Rename),
        1 => Just(Step::SignOut),
    ];
    let pause = prop_oneof![12 => 0_u64..8, 2 => 9_u64..13, 1 => LIFETIMES.idle - 2..LIFETIMES.idle + 2];
    prop::collection::vec((pause, step), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn the_family_agrees_with_the_model(steps in steps()) {
        let world = World::new();
        let issued = sign_in(&world, "ada").unwrap();
        let account = issued.account.as_str();
        let mut sid = issued.session.sid.clone();
        let mut tokens = vec![held(&issued).clone()];
        let now = world.now.get();
        let mut model = Model { used_at: vec![None], last_use: now, began_at: now, ended: false };
        for (seconds, step) in steps {
            world.pass(seconds);
            let now = world.now.get();
            match step {
                Step::Present(back) => {
                    let index = tokens.len().saturating_sub(1 + back);
                    let answered = refresh(&world, &issued, &tokens[index]);
                    match model.present(index, now) {
                        Ok(successor) => {
                            let answered = answered.unwrap();
                            if successor == tokens.len() { tokens.push(held(&answered).clone()) }
                            prop_assert_eq!(held(&answered).hash(), tokens[successor].hash());
                            prop_assert_eq!(&answered.session.sid, &sid);
                        }
                        Err(code) => prop_assert_eq!(answered.unwrap_err(), code),
                    }
                }
                Step::Rename => match block_on(world.call(account, &EndConfirmation { sid: sid.clone() })) {
                    Ok(Issued { session, refresh, .. }) => {
                        prop_assert!(model.is_alive(now) && refresh.is_none());
                        sid = session.sid;
                    }
                    Err(error) => prop_assert_eq!((error.code, model.is_alive(now)), (Code::SessionEnded, false)),
                },
                Step::SignOut => {
                    block_on(world.call(account, &SignOut { sid: sid.clone() })).unwrap();
                    model.ended = true;
                }
            }
            let alive = block_on(world.call(account, &Stand { sid: Some(sid.clone()) })).unwrap().session_alive;
            prop_assert_eq!(alive, model.is_alive(now));
        }
    }
}
