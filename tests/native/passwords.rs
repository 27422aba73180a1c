//! Passwords against hashes that other people's code has made, and against such as nobody's code would make.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use countersign::domain::password::{Hash, Parameters, Password, Verdict};
use proptest::prelude::*;
use serde::Deserialize;

/// Cheap, for it is spent after each wrong password.
const CHEAP: Parameters = Parameters { memory_kib: 8, iterations: 1, parallelism: 1 };

/// `tests/fixtures/password-hashes.py`: hashes by the code that made each form first.
#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    made_by: String,
    password: String,
    hash: String,
    key: Option<String>,
}

/// `tests/fixtures/py4web-users.py`: the people of a py4web application, with their passwords.
#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Deserialize)]
struct User {
    username: String,
    password: String,
    plain: String,
}

static VECTORS: LazyLock<Vec<Vector>> = LazyLock::new(|| {
    let text = include_str!("../vectors/password-hashes.json");
    serde_json::from_str::<Vectors>(text).unwrap().vectors
});

fn password(text: &str) -> Password {
    Password::read(text, str::to_owned).unwrap()
}

fn judge(hash: &str, text: &str, key: Option<&str>) -> Verdict {
    let hash = Hash::import(hash).unwrap_or_else(|| panic!("not imported: {hash}"));
    hash.judge(&password(text), CHEAP, key.map(str::as_bytes)).unwrap()
}

#[test]
fn hashes_made_by_the_original_code_are_judged_as_there() {
    let mut makers = BTreeSet::new();
    for Vector { name, made_by, password, hash, key } in VECTORS.iter() {
        // As good as a new one: Argon2id in its version 1.3, whose output is not shorter than ours.
        let good = hash.contains("$argon2id$v=19$") && hash.len() > 80;
        let wanted = if good { Verdict::Right } else { Verdict::Outdated };
        assert_eq!(judge(hash, password, key.as_deref()), wanted, "{made_by}: {name}: {hash}");
        makers.insert(made_by.split(' ').next().unwrap());
    }
    let all = ["Django", "Werkzeug", "argon2-cffi", "bcrypt", "passlib", "pydal"];
    assert_eq!(makers.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn what_frameworks_make_today_is_within_bounds() {
    let (salt, output, hex) = (SALT, OUTPUT, HEX.repeat(2));
    for hash in [
        format!("pbkdf2(1000,20,sha512)$97453f1780fb2725${}", &hex[..40]),
        format!("pbkdf2_sha256$1000000${salt}${output}="),
        format!("pbkdf2:sha256:1000000${salt}${}", &hex[..64]),
        format!("pbkdf2:sha512:1000000${salt}${hex}"),
        format!("scrypt:32768:8:1${salt}${hex}"),
        format!("$scrypt$ln=16,r=8,p=1${salt}${output}"),
        format!("$argon2id$v=19$m=65536,t=3,p=4${salt}${output}"), // argon2-cffi
        format!("$argon2id$v=19$m=65536,t=4,p=1${salt}${output}"), // PHP
        format!("$argon2id$v=19$m=65536,t=2,p=1${salt}${output}"), // libsodium, interactive
        "$2y$12$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.".to_owned(),
    ] {
        assert!(Hash::import(&hash).is_some(), "{hash}");
    }
}

#[test]
fn another_password_fits_no_hash() {
    for Vector { name, made_by, password, hash, key } in cheap_vectors() {
        for wrong in [format!("{password} "), password.to_uppercase() + "!", String::from("x")] {
            assert_eq!(judge(hash, &wrong, key.as_deref()), Verdict::Wrong, "{made_by}: {name}: {hash}");
        }
    }
}

#[test]
fn a_hash_with_a_key_wants_that_very_key() {
    let keyed = VECTORS.iter().filter(|vector| vector.key.is_some() && !vector.hash.starts_with("pbkdf2"));
    for Vector { name, password, hash, key, .. } in keyed {
        assert_eq!(judge(hash, password, key.as_deref()), Verdict::Outdated, "{name}");
        for other in [None, Some(""), Some("another")] {
            assert_eq!(judge(hash, password, other), Verdict::Wrong, "{name}");
        }
    }
}

#[test]
fn people_of_py4web_sign_in_and_get_a_new_hash() {
    let users = serde_json::from_str::<Users>(include_str!("../vectors/py4web-users.json")).unwrap().users;
    assert!(users.len() >= 15);
    for User { username, password, plain } in users {
        assert_eq!(judge(&password, &plain, None), Verdict::Outdated, "{username}");
        assert_eq!(judge(&password, &format!("{plain}!"), None), Verdict::Wrong, "{username}");
    }
}

#[test]
fn attack_an_imported_account_is_not_told_apart_by_answering_quickly() {
    // Parameters that cannot be computed tell whether they were to be: they are an error then.
    let absurd = Parameters { memory_kib: 0, iterations: 0, parallelism: 0 };
    for Vector { name, password: right, hash, key, .. } in cheap_vectors() {
        let hash = Hash::import(hash).unwrap();
        let judge = |text| hash.judge(&password(text), absurd, key.as_deref().map(str::as_bytes));
        let current = judge(right).unwrap() == Verdict::Right;
        assert_eq!(judge("wrong").is_err(), !current, "{name}");
    }
}

#[test]
fn attack_what_bcrypt_leaves_out_of_a_password_is_not_left_out() {
    let full = "x".repeat(72);
    let hash =
        &VECTORS.iter().find(|vector| vector.made_by.starts_with("bcrypt") && vector.password == full).unwrap().hash;
    assert_eq!(judge(hash, &full, None), Verdict::Outdated);
    for longer in [format!("{full}x"), format!("{full}\0"), full.repeat(2), "x".repeat(71), "x".repeat(1024)] {
        assert_eq!(judge(hash, &longer, None), Verdict::Wrong, "{}", longer.len());
    }
    let plain = "correct horse battery staple";
    let hash = &VECTORS.iter().find(|vector| vector.name == "bcrypt 2b" && vector.password == plain).unwrap().hash;
    assert_eq!(judge(hash, plain, None), Verdict::Outdated);
    // The key of bcrypt is its password over and over, with a NUL in between.
    for other in [format!("{plain}\0"), format!("{plain}\0more"), format!("{plain}\0{plain}"), format!("\0{plain}")] {
        assert_eq!(judge(hash, &other, None), Verdict::Wrong, "{other:?}");
    }
}

const SALT: &str = "c29tZXNhbHRzb21lc2FsdA";
const OUTPUT: &str = "nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E";
const HEX: &str = "abababababababababababababababababababababababababababababababab";

/// Whether it is neither imported nor judged, though it has got into the store.
fn refused(texts: impl IntoIterator<Item = String>) {
    for text in texts {
        let shown: String = text.chars().take(120).collect();
        assert!(Hash::import(&text).is_none(), "{shown:?}");
        assert!(Hash::stored(text).judge(&password("x"), CHEAP, None).is_err(), "{shown:?}");
    }
}

#[test]
fn attack_hostile_argon2_is_refused_before_any_work() {
    let hash = |cost: &str| format!("$argon2id$v=19${cost}${SALT}${OUTPUT}");
    assert!(Hash::import(&hash("m=64,t=2,p=1")).is_some());
    let costs = "m=65537,t=1,p=1 m=65536,t=9,p=1 m=4294967295,t=1,p=1 m=4294967296,t=1,p=1 m=64,t=4294967295,p=1 \
        m=64,t=0,p=1 m=64,t=1,p=0 m=64,t=1,p=9 m=4294967295,t=1,p=4294967295 m=64,t=1,p=536870912 \
        m=0,t=0,p=0 m=-64,t=1,p=1 m=64,t=-1,p=1 m=64,t=1 m=64,t=1,p= m=64,t=1,p=1,p=1 t=1,m=64,p=1 \
        m=64,t=1,p=1,keyid=AAAA m=064,t=1,p=1 m=+64,t=1,p=1 m=64.0,t=1,p=1 m=6e4,t=1,p=1 \
        m=99999999999999999999999,t=1,p=1 m=64;t=1;p=1";
    refused(costs.split_whitespace().map(hash));
    refused([
        format!("$argon2x$v=19$m=64,t=1,p=1${SALT}${OUTPUT}"),
        format!("$argon2id$v=20$m=64,t=1,p=1${SALT}${OUTPUT}"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}"),
        format!("$argon2id$v=19$m=64,t=1,p=1$${OUTPUT}"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}$"),
        format!("$argon2id$v=19$$${SALT}${OUTPUT}"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${OUTPUT}$"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${OUTPUT}="),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}$AAAA"),
        format!("$argon2id$v=19$m=64,t=1,p=1${}${OUTPUT}", "c".repeat(100)),
        format!("$argon2id$v=19$m=64,t=1,p=1${}${OUTPUT}", "c".repeat(1024 * 1024)),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${}", "c".repeat(1024 * 1024)),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}\0${OUTPUT}"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${OUTPUT}\0"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${OUTPUT}\n"),
        format!(" $argon2id$v=19$m=64,t=1,p=1${SALT}${OUTPUT}"),
    ]);
}

#[test]
fn attack_hostile_scrypt_is_refused_before_any_work() {
    let hash = |cost: &str| format!("$scrypt${cost}${SALT}${OUTPUT}");
    assert!(Hash::import(&hash("ln=4,r=8,p=1")).is_some());
    let costs = "ln=20,r=8,p=1 ln=4,r=8,p=4294967295 ln=1,r=1,p=1048577 ln=1,r=1,p=524288 ln=64,r=8,p=1 \
        ln=255,r=8,p=1 ln=256,r=8,p=1 ln=4294967295,r=8,p=1 ln=0,r=8,p=1 ln=4,r=0,p=1 ln=4,r=8,p=0 \
        ln=1,r=4294967295,p=1 ln=1,r=524288,p=1 ln=16,r=1,p=1 ln=16,r=8,p=3 ln=17,r=8,p=1 ln=-4,r=8,p=1 \
        ln=4,r=8 ln=4,r=8,p=1,x=1 r=8,ln=4,p=1";
    refused(costs.split_whitespace().map(hash));
    refused([
        format!("scrypt$3$salt$8$1${OUTPUT}="),
        format!("scrypt$0$salt$8$1${OUTPUT}="),
        format!("scrypt$4294967296$salt$8$1${OUTPUT}="),
        format!("scrypt$16$salt$8$1${OUTPUT}"),
        format!("scrypt:1048576:8:1$salt${HEX}"),
        format!("scrypt:0:8:1$salt${HEX}"),
        format!("scrypt:16:8$salt${HEX}"),
        format!("scrypt:16:8:1${}${HEX}", "s".repeat(1024 * 1024)),
    ]);
}

#[test]
fn attack_hostile_bcrypt_is_refused_before_any_work() {
    let hash = "$2b$04$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";
    assert!(Hash::import(hash).is_some());
    refused(["15", "31", "32", "99", "03", "00", "4", "004", "-4", "+4", ""].map(|cost| hash.replace("04", cost)));
    refused(["2x", "2", "2c", "2B", ""].map(|version| hash.replace("2b", version)));
    refused([
        hash[..59].to_owned(),
        hash[..29].to_owned(),
        format!("{hash}."),
        hash.replace("DCq7", "é7"),
        hash.replace('6', "="),
    ]);
    refused([hash.repeat(20_000), format!("bcrypt_sha256{hash}"), format!("bcrypt_sha256$bcrypt${hash}")]);
}

#[test]
fn attack_hostile_pbkdf2_is_refused_before_any_work() {
    let hash = |cost: &str| format!("pbkdf2({cost})$salt${HEX}");
    assert!(Hash::import(&hash("1000,32,sha512")).is_some());
    let costs = "1000001,32,sha512 1000001,32,md5 4294967297,32,sha512 0,32,sha512 -1,32,sha512 1000,31,sha512 \
        1000,33,sha512 1000,4294967295,sha512 1000,32,sha3 1000,32 1000,32,sha512,x 1000,32,sha512) \
        01000,32,sha512 1_000,32,sha512";
    refused(costs.split_whitespace().map(hash));
    refused([
        format!("pbkdf2(1000,32,sha512$salt${HEX}"),
        "pbkdf2(1000,1,sha512)$salt$ab".to_owned(),
        "pbkdf2(1000,0,sha512)$salt$".to_owned(),
        format!("pbkdf2(1000,32,sha512)${}${HEX}", "s".repeat(1024 * 1024)),
        format!("pbkdf2_sha256$2000001$salt${OUTPUT}="),
        format!("pbkdf2_sha256$1000$salt${OUTPUT}"),
        format!("pbkdf2_sha256$$salt${OUTPUT}="),
        format!("pbkdf2:sha256:2000001$salt${HEX}"),
        format!("pbkdf2:sha256$salt${HEX}"),
    ]);
}

#[test]
fn attack_what_is_no_hash_is_refused() {
    assert!(Hash::import(&format!("sha256$salt${HEX}")).is_some() && Hash::import(HEX).is_some());
    refused(["sha256$salt$", "$", "\0", "", "correct horse battery staple"].map(str::to_owned));
    refused([format!("sha256$salt${HEX}ab"), format!("sha256$sa$lt${HEX}"), format!("sha512$salt${HEX}")]);
    refused([format!("sha256$sa lt${HEX}"), format!("sha256$sält${HEX}"), format!("sha256$sa\0lt${HEX}")]);
    refused([HEX[1..].to_owned(), HEX[2..].to_owned(), HEX.replace('a', "g"), HEX.repeat(100_000), "$".repeat(500)]);
}

#[test]
fn attack_a_very_long_password_is_judged_by_no_algorithm() {
    assert!(Password::read(&"x".repeat(1024 * 1024), |_| panic!("it was normalised")).is_none());
    // The longest that there is costs no more than a short one.
    let longest = "\u{10ffff}".repeat(256);
    for vector in cheap_vectors() {
        assert_eq!(judge(&vector.hash, &longest, vector.key.as_deref()), Verdict::Wrong, "{}", vector.name);
    }
}

fn cheap_vectors() -> impl Iterator<Item = &'static Vector> {
    let dear = ["$12$", "ln=16", "ln=14", "$16384$", ":32768:", "m=65536", "m=16384"];
    VECTORS.iter().filter(move |vector| !dear.iter().any(|cost| vector.hash.contains(cost)))
}

/// Texts that look like hashes, most of them with something wrong.
fn lookalike() -> impl Strategy<Value = String> {
    let number = || {
        let (small, any) = (0_u64..40, any::<i128>());
        prop_oneof![4 => small.prop_map(|number| number.to_string()), 1 => any.prop_map(|number| number.to_string())]
    };
    let bytes = || {
        prop_oneof![
            "[A-Za-z0-9+/]{22}",
            "[A-Za-z0-9+/]{43}",
            "[0-9a-f]{32}",
            "[0-9a-f]{40}",
            "[./A-Za-z0-9]{53}",
            ".{0,60}"
        ]
    };
    let head = prop_oneof![
        (number(), number(), number()).prop_map(|(m, t, p)| format!("$argon2id$v=19$m={m},t={t},p={p}")),
        (number(), number(), number()).prop_map(|(n, r, p)| format!("$scrypt$ln={n},r={r},p={p}")),
        (number(), number(), number()).prop_map(|(n, r, p)| format!("scrypt:{n}:{r}:{p}")),
        (number(), number()).prop_map(|(n, size)| format!("pbkdf2({n},{size},sha1)")),
        number().prop_map(|n| format!("pbkdf2_sha256${n}")),
        (0_u64..6).prop_map(|cost| format!("$2b$0{cost}")),
        "[a-z0-9]{0,6}",
    ];
    (head, prop::collection::vec(bytes(), 0..3)).prop_map(|(head, tail)| format!("{head}${}", tail.join("$")))
}

/// One of the vectors, with some of its bytes changed.
fn damaged() -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), "[$=,0-9a-z]"), 0..4);
    (any::<prop::sample::Index>(), changes).prop_map(|(vector, changes)| {
        let vectors: Vec<_> = cheap_vectors().collect();
        let mut text = vector.get(&vectors).hash.clone();
        for (place, with) in changes {
            let at = place.index(text.len());
            text.replace_range(at..=at, &with);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_imported_and_judged_or_neither(
        text in prop_oneof![lookalike(), damaged(), ".{0,200}"],
        guess in ".{1,100}",
        key: Option<Vec<u8>>,
    ) {
        let guess = password(&guess);
        match Hash::import(&text) {
            Some(hash) => prop_assert_eq!(hash.judge(&guess, CHEAP, key.as_deref()).unwrap(), Verdict::Wrong),
            None => prop_assert!(Hash::stored(text).judge(&guess, CHEAP, key.as_deref()).is_err()),
        }
    }
}
