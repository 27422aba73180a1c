//! Accounts and Directory, held against a model: who holds which handle, with which password, in which state, and which
//! links work. Whatever several people do, in whatever order, and whichever command gets lost.

mod rules;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use countersign::domain::account::{Profile, Status};
use countersign::domain::email::Email;
use countersign::domain::handle::Handle;
use countersign::domain::password::{Hash, Password, Verdict};
use countersign::domain::registration::Registration;
use countersign::domain::rules::Lifetimes;
use countersign::domain::user_name::UserName;
use countersign::ports::call::{Actor, REALM};
use countersign::ports::sql::{Row, Sql};
use proptest::prelude::*;
use serde_json::json;

use crate::people::{self, Person, Seen, set_status};
use crate::storage::Database;
use crate::world::World;
use rules::{Expected, Key, Kind, Model, REGISTRANT};

const EMAILS: [&str; 4] = ["a@home.example", "b@home.example", "c@home.example", "d@home.example"];
const NAMES: [&str; 2] = ["ada", "ben"];
const PASSWORDS: [&str; 3] = ["k7-quiet-otter-Vx2", "p3-amber-heron-Qz9", "w8-copper-finch-Lt4"];
const PEOPLE: usize = 3;

/// What somebody does. Addresses, names and passwords go by their place in the lists above.
#[derive(Clone, Debug)]
pub enum Action {
    Register {
        email: usize,
        name: Option<usize>,
        password: usize,
    },
    /// Presses the button behind the n-th link that was ever mailed.
    Follow {
        who: usize,
        link: usize,
        password: Option<usize>,
    },
    SignIn {
        who: usize,
        login: Key,
        password: usize,
    },
    Rename {
        who: usize,
        name: Option<usize>,
    },
    ChangeEmail {
        who: usize,
        email: usize,
        password: Option<usize>,
    },
    ChangePassword {
        who: usize,
        old: Option<usize>,
        new: usize,
    },
    RequestReset {
        login: Key,
    },
    Delete {
        who: usize,
        password: Option<usize>,
    },
    /// An administrator leads the account of this address to another state.
    SetStatus {
        email: usize,
        status: Status,
    },
    Pass {
        seconds: u64,
    },
}

/// What happens one after the other.
#[derive(Clone)]
struct Script(Vec<Step>);

impl fmt::Debug for Script {
    /// A line for each step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(action, lost)| match lost {
            Some(lost) => write!(f, "\n  {action:?}, and `{lost}` gets lost"),
            None => write!(f, "\n  {action:?}"),
        })
    }
}

/// An action, and the command that gets lost while it is done.
pub type Step = (Action, Option<&'static str>);

fn action() -> impl Strategy<Value = Action> {
    let (who, email, password) = (0..PEOPLE, 0..EMAILS.len(), 0..PASSWORDS.len());
    let name = || proptest::option::of(0..NAMES.len());
    let key = || prop_oneof![3 => (0..EMAILS.len()).prop_map(Key::Email), 1 => (0..NAMES.len()).prop_map(Key::Name)];
    // Most people know their password: else little would ever happen.
    let maybe = || prop_oneof![3 => Just(Some(0)), 1 => (0..PASSWORDS.len()).prop_map(Some), 1 => Just(None)];
    let known = || prop_oneof![3 => Just(0), 1 => 0..PASSWORDS.len()];
    let status = prop_oneof![3 => Just(Status::Active), 1 => Just(Status::Blocked), 1 => Just(Status::Disabled)];
    let seconds =
        prop_oneof![Just(60), Just(121), Just(601), Just(3600), Just(86_400), Just(2 * 86_400), Just(7 * 86_400)];
    prop_oneof![
        4 => (email.clone(), name(), known()).prop_map(|(email, name, password)| Action::Register { email, name, password }),
        // Mostly one of the newest links.
        9 => (who.clone(), prop_oneof![4 => 0..3_usize, 1 => 0..30_usize], maybe())
            .prop_map(|(who, link, password)| Action::Follow { who, link, password }),
        6 => (who.clone(), key(), known()).prop_map(|(who, login, password)| Action::SignIn { who, login, password }),
        2 => (who.clone(), name()).prop_map(|(who, name)| Action::Rename { who, name }),
        4 => (who.clone(), email.clone(), maybe())
            .prop_map(|(who, email, password)| Action::ChangeEmail { who, email, password }),
        1 => (who.clone(), maybe(), password).prop_map(|(who, old, new)| Action::ChangePassword { who, old, new }),
        2 => key().prop_map(|login| Action::RequestReset { login }),
        1 => (who, maybe()).prop_map(|(who, password)| Action::Delete { who, password }),
        2 => (email, status).prop_map(|(email, status)| Action::SetStatus { email, status }),
        2 => seconds.prop_map(|seconds| Action::Pass { seconds }),
    ]
}

fn lost() -> impl Strategy<Value = Option<&'static str>> {
    let commands = vec![
        "reserve",
        "register",
        "peek",
        "claim",
        "verify_email",
        "lookup",
        "sign_in_with_password",
        "update_profile",
        "change_password",
        "change_email",
        "recover",
        "undo_email_change",
        "remind",
        "delete",
        "hold",
        "release",
    ];
    prop_oneof![5 => Just(None), 1 => proptest::sample::select(commands).prop_map(Some)]
}

/// The real thing, beside its model.
struct Stage<'a> {
    world: &'a World,
    people: Vec<Person<'a>>,
    model: Model,
    /// The secrets of the model's links.
    tokens: Vec<String>,
    read: usize,
    /// Which password fits a hash.
    fits: RefCell<HashMap<String, Option<usize>>>,
}

impl<'a> Stage<'a> {
    fn new(world: &'a World) -> Self {
        let forever = 10 * 365 * 86_400;
        world.config.borrow_mut().lifetimes =
            Lifetimes { access: 300, idle: forever, remembered: forever, absolute: forever, confirmation: 600 };
        let registration = world.config.borrow().rules().registration;
        let first = Person::new(world);
        let mut people: Vec<_> = (1..PEOPLE).map(|_| first.beside()).collect();
        people.push(first);
        let model = Model::new(registration, PEOPLE);
        Self { world, people, model, tokens: Vec::new(), read: 0, fits: RefCell::default() }
    }

    fn step(&mut self, (action, lost): &Step) {
        // Never two things in one second: then the order of times is the order of things.
        self.world.pass(1);
        let seconds = if let Action::Pass { seconds } = action { *seconds } else { 0 };
        self.world.pass(seconds);
        self.model.now = self.world.now.get();
        self.world.ring();
        self.model.let_time_do_its_work();
        // An administrator asks the Directory first; what gets lost of that is of no interest here.
        let lost = lost.filter(|_| !matches!(action, Action::SetStatus { .. }));
        let link = if let Action::Follow { link, .. } = action { self.model.link(*link) } else { None };
        let expected = self.model.expect(action, lost);
        self.world.lost.replace(lost);
        let seen = self.perform(action, link);
        self.world.lost.take();
        if let Some(Expected { status, code }) = expected {
            let seen = seen.unwrap();
            let codes = if code.is_empty() && status >= 400 { (code, code) } else { (seen.code(), code) };
            assert_eq!((seen.status, codes.0), (status, codes.1), "{action:?} without {lost:?}: {:?}", seen.body);
        }
        self.world.ring();
        self.read_mails();
        self.compare();
    }

    fn perform(&self, action: &Action, link: Option<usize>) -> Option<Seen> {
        let password = |place: Option<usize>| place.map(|place| PASSWORDS[place]);
        let login = |key: Key| match key {
            Key::Email(place) => EMAILS[place],
            Key::Name(place) => NAMES[place],
        };
        Some(match *action {
            Action::Register { email, name, password } => {
                let name = name.map(|place| NAMES[place]);
                let body = json!({ "email": EMAILS[email], "user_name": name, "password": PASSWORDS[password] });
                self.people[REGISTRANT].post("register", &body)
            }
            Action::Follow { who, password: given, .. } => {
                let place = link?;
                let kind = self.model.links[place].kind.clone();
                let mut body = json!({ "token": self.tokens[place] });
                if let (Kind::Recover, Some(given)) = (&kind, password(given)) {
                    body["password"] = json!(given);
                }
                self.people[who].post(kind.endpoint(), &body)
            }
            Action::SignIn { who, login: key, password } => self.people[who].sign_in(login(key), PASSWORDS[password]),
            Action::Rename { who, name } => {
                self.people[who].post("profile", &json!({ "user_name": name.map(|place| NAMES[place]) }))
            }
            Action::ChangeEmail { who, email, password: given } => {
                let body = json!({ "email": EMAILS[email], "password": password(given) });
                self.people[who].post("change_email", &body)
            }
            Action::ChangePassword { who, old, new } => {
                let body = json!({ "old_password": password(old), "new_password": PASSWORDS[new] });
                self.people[who].post("change_password", &body)
            }
            Action::RequestReset { login: key } => {
                self.people[0].post("request_reset_password", &json!({ "login": login(key) }))
            }
            Action::Delete { who, password: given } => {
                self.people[who].post("delete_account", &json!({ "password": password(given) }))
            }
            Action::SetStatus { email, status } => {
                let account = people::lookup(self.world, &handle(Key::Email(email)))?;
                let led = set_status(self.world, &account, status);
                Seen { status: led.map_or_else(|error| error.code.status(), |()| 200), body: json!({}), location: None }
            }
            Action::Pass { .. } => return None,
        })
    }

    /// The links that came by mail are those that the model has made.
    fn read_mails(&mut self) {
        let mails = self.world.mails.borrow();
        for mail in &mails[self.read..] {
            let Some((path, token)) = mail.link.as_ref().and_then(|link| link.split_once("?token=")) else { continue };
            let place = self.tokens.len();
            let link = self.model.links.get(place);
            let link = link.unwrap_or_else(|| panic!("nobody expects {path} for {}", mail.to.as_str()));
            assert_eq!(EMAILS[link.to], mail.to.as_str());
            assert!(path.ends_with(link.kind.endpoint()), "{path} is {:?}", link.kind);
            self.tokens.push(token.to_owned());
        }
        self.read = mails.len();
        assert_eq!(self.tokens.len(), self.model.links.len(), "a link that was not mailed");
        drop(mails);
        // Limits have tests of their own.
        for (_, database) in self.objects() {
            database.run("DELETE FROM attempt", &[]).unwrap();
        }
    }

    /// The objects of accounts, and of what may become one.
    fn objects(&self) -> impl Iterator<Item = (String, std::rc::Rc<Database>)> {
        let written = |database: &Database| database.count("sqlite_master") > 0;
        let all = self.world.objects().into_iter();
        all.filter(move |((actor, _), database)| *actor == Actor::Account && written(database))
            .map(|((_, name), database)| (name, database))
    }

    /// What is stored is what the model says, and Directory, accounts and KV agree.
    fn compare(&self) {
        let (mut accounts, mut handles) = (BTreeMap::new(), BTreeMap::new());
        for (id, database) in self.objects() {
            let statement = "SELECT status, profile, password, verify_by,
                (SELECT COUNT(*) FROM session WHERE ended_at IS NULL) FROM account WHERE status != '\"deleted\"'";
            let Some(row) = database.row(statement, &[]).unwrap() else { continue };
            let (described, email) = self.describe(&row);
            let mut own = Vec::new();
            for row in database.run("SELECT kind, hash, reserved_until FROM handle", &[]).unwrap() {
                own.push((row.text(1).unwrap().to_owned(), row.optional_number(2).unwrap()));
                let key = (row.text(0).unwrap().to_owned(), row.text(1).unwrap().to_owned());
                let before = handles.insert(key, id.clone());
                assert_eq!(before, None, "two accounts have one handle");
            }
            own.sort();
            accounts.insert(email, format!("{described}, {own:?}"));
        }
        assert_eq!(accounts, self.model.describe(|key| handle(key).hash));
        self.compare_directory(&handles);
    }

    fn describe(&self, row: &Row) -> (String, String) {
        let status: Status = row.json(0).unwrap();
        let profile: Profile = row.json(1).unwrap();
        let fits = row.optional_text(2).unwrap().map(|hash| self.fits(hash).unwrap());
        let email = profile.email.unwrap().as_str().to_owned();
        let name = profile.user_name.map(|name| name.as_str().to_owned());
        let waits = row.optional_number(3).unwrap();
        let sessions: u64 = row.number(4).unwrap();
        let verified = profile.email_verified;
        (rules::described(status, verified, name.as_deref(), fits, waits, sessions), email)
    }

    fn fits(&self, hash: &str) -> Option<usize> {
        let parameters = self.world.config.borrow().rules().parameters;
        let judge = |text: &&str| {
            let password = Password::read(text, str::to_owned).unwrap();
            Hash::stored(hash.to_owned()).judge(&password, parameters, None).unwrap() == Verdict::Right
        };
        let mut known = self.fits.borrow_mut();
        *known.entry(hash.to_owned()).or_insert_with(|| PASSWORDS.iter().position(judge))
    }

    fn compare_directory(&self, handles: &BTreeMap<(String, String), String>) {
        let directory = self.world.database(Actor::Directory, REALM);
        if directory.count("sqlite_master") == 0 {
            return;
        }
        let statement = "SELECT kind, hash, account, claimed_until FROM handle
            WHERE claimed_until IS NULL OR claimed_until > ?";
        let (mut held, mut claimed) = (BTreeMap::new(), Vec::new());
        for row in directory.run(statement, &[self.world.now.get().into()]).unwrap() {
            let key = (row.text(0).unwrap().to_owned(), row.text(1).unwrap().to_owned());
            match row.optional_number(3).unwrap() {
                None => assert_eq!(held.insert(key, row.text(2).unwrap().to_owned()), None),
                Some(until) => claimed.push((key.1, until)),
            }
        }
        claimed.sort();
        assert_eq!(&held, handles, "the Directory and the accounts do not agree");
        assert_eq!(claimed, self.model.claimed(|key| handle(key).hash), "claims");
        let kv = self.world.kv.borrow();
        let projected = kv.iter().filter_map(|(key, account)| {
            let (kind, hash) = key.strip_prefix("handle:")?.split_once(':')?;
            Some(((kind.to_owned(), hash.to_owned()), account.trim_matches('"').to_owned()))
        });
        assert_eq!(projected.collect::<BTreeMap<_, _>>(), held, "KV and the Directory do not agree");
    }

    /// Exactly those are in who should be, and exactly the right passwords open exactly the right accounts.
    fn try_everything(&mut self) {
        for (who, person) in self.people.iter().enumerate() {
            let email = self.model.account_of(who).map(|account| EMAILS[account.email]);
            assert_eq!(person.get("/auth/api/profile").body["email"].as_str(), email, "person {who}");
        }
        let emails = (0..EMAILS.len()).map(Key::Email);
        for login in emails.chain((0..NAMES.len()).map(Key::Name)) {
            for password in 0..PASSWORDS.len() {
                self.step(&(Action::SignIn { who: 0, login, password }, None));
            }
        }
    }
}

fn handle(key: Key) -> Handle {
    match key {
        Key::Email(place) => Handle::email(&Email::parse(EMAILS[place]).unwrap()),
        Key::Name(place) => Handle::user_name(&UserName::parse(NAMES[place]).unwrap()),
    }
}

/// Around fifty steps. Shrunk, a script gets as short as the fault allows.
fn script() -> impl Strategy<Value = Script> {
    prop::collection::vec((action(), lost()), 1..=100).prop_map(Script)
}

fn policy() -> impl Strategy<Value = &'static str> {
    let open = |(_, policy): &(&str, Registration)| *policy != Registration::Closed;
    let policies: Vec<_> = Registration::ALL.into_iter().filter(open).map(|(name, _)| name).collect();
    proptest::sample::select(policies)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 300, ..ProptestConfig::default() })]
    #[test]
    fn accounts_do_what_the_model_does(policy in policy(), script in script()) {
        let world = people::world(policy);
        let mut stage = Stage::new(&world);
        for step in &script.0 {
            stage.step(step);
        }
        stage.try_everything();
    }
}
