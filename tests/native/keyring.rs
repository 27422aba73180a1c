//! Keyring: which keys there are, that they are sealed, and what becomes of them when the root secret changes.

use countersign::actors::keyring::{KEPT, Keys, LEAD, List, Ring, Rotate};
use countersign::domain::secret::RootSecret;
use countersign::domain::signing_key::{KeyRules, PublicKeys, SealedKey, SigningAlgorithm, SigningKey};
use countersign::error::Result;
use countersign::ports::call::{Actor, Call, REALM};
use countersign::ports::sql::Sql;
use pollster::block_on;
use serde_json::Value;

use crate::crypto;
use crate::world::World;

const SECRET: &str = "a secret of at least thirty-two characters";
const OTHER: &str = "another secret of at least thirty-two characters";
const DAY: u64 = 86_400;
const RULES: KeyRules = KeyRules { algorithm: SigningAlgorithm::ES256, lifetime: 90 * DAY };

fn send(world: &World, rules: KeyRules, offered: Option<SealedKey>) -> Result<Ring> {
    let KeyRules { algorithm, lifetime } = rules;
    block_on(world.call(REALM, &Keys { algorithm, lifetime, offered }))
}

fn keys(world: &World, rules: KeyRules) -> Ring {
    send(world, rules, None).unwrap()
}

fn candidate(world: &World, algorithm: SigningAlgorithm) -> SealedKey {
    crypto::generate(algorithm, world).unwrap().seal(&world.secret.borrow(), world).unwrap()
}

fn offer(world: &World, rules: KeyRules) -> Ring {
    send(world, rules, Some(candidate(world, rules.algorithm))).unwrap()
}

/// What a Worker does: it asks, and offers a key if one is wanted.
fn ask(world: &World, rules: KeyRules) -> Ring {
    let ring = keys(world, rules);
    if ring.wanted { offer(world, rules) } else { ring }
}

fn signing(ring: &Ring) -> &str {
    &ring.signing.as_ref().unwrap().public.kid
}

fn open(ring: &Ring, root: &RootSecret) -> Result<SigningKey> {
    SigningKey::open(ring.signing.as_ref().unwrap(), root)
}

fn states(world: &World) -> Vec<String> {
    let listed = block_on(world.call(REALM, &List {})).unwrap();
    listed["keys"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

fn rotate(world: &World, compromised: bool) -> Value {
    let offered = candidate(world, SigningAlgorithm::ES256);
    block_on(world.call(REALM, &Rotate { compromised, offered })).unwrap()["keys"].clone()
}

fn stored(world: &World) -> String {
    format!("{:?}", world.database(Actor::Keyring, REALM).run("SELECT * FROM signing_key", &[]).unwrap())
}

#[test]
fn every_request_is_answered_with_one_key() {
    let world = World::new();
    let rings: Vec<_> = (0..3).map(|_| ask(&world, RULES)).collect();
    assert!(rings.iter().all(|ring| *ring == rings[0]));
    assert_eq!(world.database(Actor::Keyring, REALM).count("signing_key"), 1);
    assert!(world.kv.borrow()["jwks"].contains(signing(&rings[0])));
}

#[test]
fn asking_an_empty_keyring_writes_nothing() {
    let world = World::new();
    assert_eq!(keys(&world, RULES), Ring { signing: None, public: PublicKeys::default(), wanted: true });
    assert!(states(&world).is_empty() && !world.exists(Actor::Keyring, REALM));
}

#[test]
fn of_two_workers_that_offer_a_key_at_once_one_is_heard_and_both_get_it() {
    let world = World::new();
    assert!(keys(&world, RULES).wanted && keys(&world, RULES).wanted);
    let [first, second] = [offer(&world, RULES), offer(&world, RULES)];
    assert_eq!(first, second);
    assert_eq!(world.database(Actor::Keyring, REALM).count("signing_key"), 1);
    world.pass(RULES.lifetime - LEAD);
    assert!(keys(&world, RULES).wanted && keys(&world, RULES).wanted);
    let many: Vec<_> = (0..100).map(|_| offer(&world, RULES)).collect();
    assert!(many.iter().all(|ring| *ring == many[0] && signing(ring) == signing(&first) && !ring.wanted));
    assert_eq!(states(&world), ["next", "signing"]);
}

#[test]
fn a_key_that_nobody_asked_for_is_not_taken() {
    let world = World::new();
    let ring = ask(&world, RULES);
    assert_eq!(offer(&world, RULES), ring);
    assert_eq!(states(&world), ["signing"]);
}

#[test]
fn the_private_half_opens_only_with_the_secret_that_sealed_it() {
    let world = World::new();
    for (algorithm, count) in [(SigningAlgorithm::ES256, 1), (SigningAlgorithm::EdDSA, 2)] {
        let rules = KeyRules { algorithm, ..RULES };
        ask(&world, rules);
        world.pass(LEAD);
        let ring = ask(&world, rules);
        let key = open(&ring, &RootSecret::parse(SECRET).unwrap()).unwrap();
        assert_eq!((key.public().alg, ring.public.keys.len()), (algorithm, count));
        assert!(open(&ring, &RootSecret::parse(OTHER).unwrap()).is_err());
    }
}

#[test]
fn a_sealed_key_opens_under_no_other_name() {
    let world = World::new();
    let ring = ask(&world, RULES);
    let stranger = crypto::generate(SigningAlgorithm::ES256, &world).unwrap().public().clone();
    let renamed = SealedKey { public: stranger, ..ring.signing.unwrap() };
    assert!(SigningKey::open(&renamed, &RootSecret::parse(SECRET).unwrap()).is_err());
}

#[test]
fn nothing_is_stored_or_sent_unsealed() {
    let world = World::new();
    for (_, algorithm) in SigningAlgorithm::ALL {
        let key = crypto::generate(*algorithm, &world).unwrap();
        let offered = key.seal(&world.secret.borrow(), &world).unwrap();
        let sent = serde_json::to_string(&offered).unwrap();
        block_on(world.call(REALM, &Rotate { compromised: true, offered })).unwrap();
        let replied = serde_json::to_string(&keys(&world, KeyRules { algorithm: *algorithm, ..RULES })).unwrap();
        let bytes = format!("{:?}", key.expose()).replace(['[', ']'], "");
        for text in [sent, replied, stored(&world), format!("{:?}", world.kv.borrow())] {
            assert!(text.contains(&key.public().kid), "{text}");
            for written in [&countersign::domain::base64url::encode(key.expose()), &bytes] {
                assert!(!text.contains(written.as_str()), "{text}");
            }
        }
    }
}

#[test]
fn another_root_secret_means_another_key_and_no_standstill() {
    let world = World::new();
    let before = ask(&world, RULES);
    world.secret.replace(RootSecret::parse(OTHER).unwrap());
    let after = ask(&world, RULES);
    assert_ne!(signing(&before), signing(&after));
    assert_eq!(after.public.keys.len(), 1, "what the old secret sealed verifies nothing any more");
    assert!(!world.kv.borrow()["jwks"].contains(signing(&before)));
    assert_eq!(ask(&world, RULES), after);
    assert_eq!(states(&world), ["signing", "withdrawn"]);
}

#[test]
fn with_the_previous_secret_beside_it_the_same_key_goes_on_sealed_anew() {
    let world = World::new();
    let before = ask(&world, RULES);
    world.pass(RULES.lifetime - LEAD);
    let next = ask(&world, RULES);
    let rows = stored(&world);
    let both = RootSecret::parse(OTHER).unwrap().replacing(SECRET).unwrap();
    world.secret.replace(both.clone());
    let after = ask(&world, RULES);
    assert_eq!((signing(&after), &after.public), (signing(&before), &next.public));
    assert!(open(&next, &both).is_ok(), "what an isolate still holds opens too");
    assert_ne!(stored(&world), rows);
    // From here on the previous secret can go: neither the key that signs nor the one that waits needs it.
    let alone = RootSecret::parse(OTHER).unwrap();
    world.secret.replace(alone.clone());
    assert_eq!(ask(&world, RULES), after);
    assert!(open(&after, &alone).is_ok());
    world.pass(LEAD);
    let later = ask(&world, RULES);
    assert_ne!(signing(&later), signing(&before));
    assert!(open(&later, &alone).is_ok() && open(&later, &RootSecret::parse(SECRET).unwrap()).is_err());
}

#[test]
fn a_key_that_is_sealed_under_another_secret_is_not_taken() {
    let world = World::new();
    let foreign = candidate(&world, SigningAlgorithm::ES256);
    world.secret.replace(RootSecret::parse(OTHER).unwrap());
    assert!(send(&world, RULES, Some(foreign)).is_err());
    assert!(keys(&world, RULES).signing.is_none());
    // One of a Worker that does not know of the change yet is sealed anew.
    world.secret.replace(RootSecret::parse(SECRET).unwrap());
    let early = candidate(&world, SigningAlgorithm::ES256);
    world.secret.replace(RootSecret::parse(OTHER).unwrap().replacing(SECRET).unwrap());
    let ring = send(&world, RULES, Some(early)).unwrap();
    assert!(open(&ring, &RootSecret::parse(OTHER).unwrap()).is_ok());
}

#[test]
fn a_key_is_published_before_it_signs_and_until_its_last_token_has_run_out() {
    let world = World::new();
    let first = ask(&world, RULES);
    world.pass(RULES.lifetime - LEAD - 1);
    assert!(!keys(&world, RULES).wanted);
    world.pass(1);
    let ring = ask(&world, RULES);
    assert_eq!((signing(&ring), ring.public.keys.len()), (signing(&first), 2));
    let next = ring.public.keys[1].kid.clone();
    assert!(world.kv.borrow()["jwks"].contains(&next), "published, and signs nothing");
    world.pass(LEAD - 1);
    assert_eq!(signing(&ask(&world, RULES)), signing(&first));
    world.pass(1);
    assert_eq!(signing(&ask(&world, RULES)), next);
    let private = "SELECT 1 FROM signing_key WHERE sealed IS NOT NULL";
    let unerased = world.database(Actor::Keyring, REALM).run(private, &[]).unwrap().len();
    assert_eq!(unerased, 1, "the private half of the first is erased");
    assert_eq!(states(&world), ["signing", "retired"]);
    world.pass(KEPT - 1);
    assert_eq!(ask(&world, RULES).public.keys.len(), 2);
    world.pass(1);
    let ring = ask(&world, RULES);
    assert_eq!((ring.public.keys.len(), states(&world)), (1, vec!["signing".to_owned()]));
    assert!(!world.kv.borrow()["jwks"].contains(signing(&first)));
}

#[test]
fn after_a_year_without_a_question_the_next_key_is_still_published_first() {
    let world = World::new();
    let first = ask(&world, RULES);
    world.pass(365 * DAY);
    let ring = ask(&world, RULES);
    assert_eq!((signing(&ring), ring.public.keys.len()), (signing(&first), 2));
    let next = ring.public.keys[1].kid.clone();
    // Another year in which nobody asks: the key that was published then signs, and the one after it is published.
    world.pass(365 * DAY);
    let ring = ask(&world, RULES);
    assert_eq!(signing(&ring), next);
    assert_eq!(states(&world), ["next", "signing"]);
}

#[test]
fn another_algorithm_comes_the_same_way_and_one_key_at_most_waits() {
    let world = World::new();
    let eddsa = KeyRules { algorithm: SigningAlgorithm::EdDSA, ..RULES };
    let first = ask(&world, RULES);
    let ring = ask(&world, eddsa);
    assert_eq!((signing(&ring), ring.public.keys.len()), (signing(&first), 2));
    // While a deployment goes out, Workers of both configurations ask in turns.
    for _ in 0..10 {
        assert_eq!(ask(&world, RULES).public, ring.public);
        assert_eq!(ask(&world, eddsa).public, ring.public);
    }
    world.pass(LEAD);
    let ring = ask(&world, eddsa);
    assert_eq!(ring.public.named(signing(&ring)).unwrap().alg, SigningAlgorithm::EdDSA);
    assert!(!ring.wanted && states(&world) == ["signing", "retired"]);
}

#[test]
fn rotation_ahead_of_time_publishes_one_key_and_waits_as_ever() {
    let world = World::new();
    let first = ask(&world, RULES);
    let listed = rotate(&world, false);
    assert_eq!(states(&world), ["next", "signing"]);
    assert_eq!(listed[0]["signs_from"], world.now.get() + LEAD);
    assert_eq!(rotate(&world, false), listed, "another one waits already");
    assert_eq!(signing(&ask(&world, RULES)), signing(&first));
    world.pass(LEAD);
    assert_eq!(signing(&ask(&world, RULES)), listed[0]["kid"]);
}

#[test]
fn a_compromised_key_is_withdrawn_at_once_and_so_are_its_neighbours() {
    let world = World::new();
    assert_eq!(rotate(&world, true).as_array().unwrap().len(), 1, "also where there was no key yet");
    world.pass(RULES.lifetime - LEAD);
    let before = ask(&world, RULES);
    assert_eq!(before.public.keys.len(), 2);
    let listed = rotate(&world, true);
    assert_eq!(states(&world), ["signing", "withdrawn", "withdrawn"], "{listed:?}");
    let ring = ask(&world, RULES);
    assert_eq!(ring.public.keys.len(), 1);
    assert!(before.public.named(signing(&ring)).is_none());
    for key in &before.public.keys {
        assert!(!world.kv.borrow()["jwks"].contains(&key.kid));
    }
    let sealed = "SELECT 1 FROM signing_key WHERE sealed IS NOT NULL";
    let kept = world.database(Actor::Keyring, REALM).run(sealed, &[]).unwrap().len();
    assert_eq!(kept, 1, "no private half of a withdrawn key is kept");
    world.pass(31 * DAY);
    ask(&world, RULES);
    assert_eq!(states(&world), ["signing"]);
}

#[test]
fn a_keyring_from_before_there_was_rotation_goes_on_with_its_key() {
    let world = World::new();
    let key = candidate(&world, SigningAlgorithm::ES256);
    let database = world.database(Actor::Keyring, REALM);
    for statement in [
        "CREATE TABLE schema_version (version INTEGER NOT NULL)",
        "INSERT INTO schema_version VALUES (1)",
        "CREATE TABLE signing_key (kid TEXT PRIMARY KEY, created_at INTEGER NOT NULL, public TEXT NOT NULL, sealed TEXT NOT NULL)
            WITHOUT ROWID",
        countersign::actors::outbox::TABLE,
    ] {
        database.run(statement, &[]).unwrap();
    }
    let (kid, public) = (key.public.kid.as_str(), serde_json::to_string(&key.public).unwrap());
    let sealed = serde_json::json!({ "kid": kid, "sealed": key.sealed }).to_string();
    let values = [kid.into(), world.now.get().into(), public.into(), sealed.into()];
    database.run("INSERT INTO signing_key VALUES (?, ?, ?, ?)", &values).unwrap();
    let ring = ask(&world, RULES);
    assert_eq!((ring.public.keys, ring.signing), (vec![key.public.clone()], Some(key)));
}
