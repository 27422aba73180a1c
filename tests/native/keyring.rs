//! Keyring: one key, sealed.

use countersign::actors::keyring::Keys;
use countersign::domain::secret::RootSecret;
use countersign::domain::signing_key::SigningKey;
use countersign::ports::call::{Actor, Call, REALM};
use countersign::ports::sql::Sql;
use pollster::block_on;

use crate::world::World;

#[test]
fn every_request_is_answered_with_one_key() {
    let world = World::new();
    let rings: Vec<_> = (0..3).map(|_| block_on(world.call(REALM, &Keys {})).unwrap()).collect();
    assert!(rings.iter().all(|ring| *ring == rings[0]));
    assert_eq!(world.database(Actor::Keyring, REALM).count("signing_key"), 1);
    assert!(world.kv.borrow()["jwks"].contains(&rings[0].signing.kid));
}

#[test]
fn the_private_half_opens_only_with_the_secret_that_sealed_it() {
    let world = World::new();
    let ring = block_on(world.call(REALM, &Keys {})).unwrap();
    let key = SigningKey::open(&ring.signing, &World::config().secret).unwrap();
    assert_eq!(*key.public(), ring.public.keys[0]);
    let other = RootSecret::parse("another secret of at least thirty-two characters").unwrap();
    assert!(SigningKey::open(&ring.signing, &other).is_err());
    let stored = format!("{:?}", world.database(Actor::Keyring, REALM).run("SELECT * FROM signing_key", &[]).unwrap());
    assert!(!stored.contains(r#"\"d\""#), "no private member is stored: {stored}");
}

#[test]
fn another_root_secret_means_another_key_and_no_standstill() {
    let world = World::new();
    let before = block_on(world.call(REALM, &Keys {})).unwrap();
    world.secret.replace(RootSecret::parse("another secret of at least thirty-two characters").unwrap());
    let after = block_on(world.call(REALM, &Keys {})).unwrap();
    assert_ne!(before.signing.kid, after.signing.kid);
    assert_eq!(after.public.keys.len(), 1, "what the old secret sealed verifies nothing any more");
    assert_eq!(block_on(world.call(REALM, &Keys {})).unwrap(), after);
}
