//! The model: what should happen, as plainly as it can be said. It knows no hops but those that can get lost.

use std::collections::BTreeMap;

use countersign::domain::account::Status;
use countersign::domain::registration::Registration;

use super::{Action, EMAILS, NAMES};

const HOUR: u64 = 3600;
const DAY: u64 = 86_400;
const RESERVATION: u64 = 2 * DAY;
const CLAIM: u64 = 120;

/// A handle, by its place in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Email(usize),
    Name(usize),
}

/// Who has or claims a handle: an object that is an account or may become one, or nobody at all, in place of who has
/// the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Object(usize),
    Decoy(usize),
}

/// Who has a handle, or claims it until when, and whether it is proved to be hers.
#[derive(Clone, Copy, Debug)]
struct Claim {
    owner: Owner,
    until: Option<u64>,
    proved: bool,
}

pub struct Account {
    pub email: usize,
    verified: bool,
    name: Option<usize>,
    password: Option<usize>,
    status: Status,
    verify_by: Option<u64>,
    reserved: BTreeMap<usize, u64>,
}

#[derive(Clone, Debug)]
pub struct Registrant {
    email: usize,
    name: Option<usize>,
    password: usize,
}

/// Who registers: the model tells people by their browsers.
pub const REGISTRANT: usize = 0;

#[derive(Clone, Debug)]
pub enum Kind {
    Register(Registrant),
    /// Asked for in the browser of this person.
    VerifyEmail {
        asked_by: usize,
    },
    Recover,
    ConfirmOld {
        new: usize,
        session: usize,
    },
    ConfirmNew {
        new: usize,
        session: usize,
    },
    Undo {
        former: usize,
    },
}

impl Kind {
    pub const fn endpoint(&self) -> &'static str {
        match self {
            Self::Recover => "reset_password",
            Self::Undo { .. } => "undo_email_change",
            _ => "verify_email",
        }
    }
}

pub struct Link {
    pub kind: Kind,
    pub to: usize,
    object: usize,
    expires: u64,
    ended: bool,
}

/// What the caller must see.
pub struct Expected {
    pub status: u16,
    pub code: &'static str,
}

const fn ok(status: u16) -> Expected {
    Expected { status, code: "" }
}

const fn no(status: u16, code: &'static str) -> Expected {
    Expected { status, code }
}

const LOST: Expected = no(503, "unavailable");
const NOBODY: Expected = no(401, "");
const WRONG: Expected = no(403, "credentials_invalid");
const LINK: Expected = no(400, "link_invalid");
const FIELDS: Expected = no(422, "fields_invalid");

/// The outcome of something that may stop on its way.
type Outcome = Result<Expected, Expected>;

pub struct Model {
    registration: Registration,
    pub now: u64,
    objects: Vec<Option<Account>>,
    directory: BTreeMap<Key, Claim>,
    pub links: Vec<Link>,
    /// Who is in: the number of the session, the account, until when it is confirmed.
    people: Vec<Option<(usize, usize, u64)>>,
    sessions: usize,
    lost: Option<&'static str>,
}

pub fn described(
    status: Status,
    verified: bool,
    name: Option<&str>,
    password: Option<usize>,
    verify_by: Option<u64>,
    sessions: u64,
) -> String {
    format!("{status:?}, verified {verified}, {name:?}, password {password:?}, by {verify_by:?}, {sessions} sessions")
}

impl Model {
    pub fn new(registration: Registration, people: usize) -> Self {
        Self {
            registration,
            now: 0,
            objects: Vec::new(),
            directory: BTreeMap::new(),
            links: Vec::new(),
            people: vec![None; people],
            sessions: 0,
            lost: None,
        }
    }

    /// The n-th newest link, if there was ever one.
    pub fn link(&self, place: usize) -> Option<usize> {
        self.links.len().checked_sub(1 + place % self.links.len().max(1))
    }

    pub fn account_of(&self, who: usize) -> Option<&Account> {
        self.people[who].and_then(|(_, object, _)| self.objects[object].as_ref())
    }

    pub fn describe(&self, hash: impl Fn(Key) -> String) -> BTreeMap<String, String> {
        let accounts =
            self.objects.iter().enumerate().filter_map(|(object, account)| Some((object, account.as_ref()?)));
        let describe = |(object, account): (usize, &Account)| {
            let mut own = vec![(hash(Key::Email(account.email)), None)];
            own.extend(account.name.map(|name| (hash(Key::Name(name)), None)));
            own.extend(account.reserved.iter().map(|(email, until)| (hash(Key::Email(*email)), Some(*until))));
            own.sort();
            let sessions = self.people.iter().flatten().filter(|(_, other, _)| *other == object).count() as u64;
            let name = account.name.map(|name| NAMES[name]);
            let Account { status, verified, password, verify_by, .. } = *account;
            let described = described(status, verified, name, password, verify_by, sessions);
            (EMAILS[account.email].to_owned(), format!("{described}, {own:?}"))
        };
        accounts.map(describe).collect()
    }

    /// The handles that are claimed and not held, and until when.
    pub fn claimed(&self, hash: impl Fn(Key) -> String) -> Vec<(String, u64)> {
        let live = self.directory.iter().filter_map(|(key, claim)| Some((hash(*key), claim.until?)));
        let mut claimed: Vec<_> = live.filter(|(_, until)| *until > self.now).collect();
        claimed.sort();
        claimed
    }

    /// What happens by itself.
    pub fn let_time_do_its_work(&mut self) {
        for object in 0..self.objects.len() {
            let now = self.now;
            let Some(account) = &mut self.objects[object] else { continue };
            let free: Vec<_> =
                account.reserved.iter().filter(|(_, until)| **until <= now).map(|(key, _)| *key).collect();
            account.reserved.retain(|_, until| *until > now);
            if account.status == Status::Active && account.verify_by.is_some_and(|by| by <= now) {
                account.status = Status::Pending;
                self.end_sessions(object, None);
            }
            self.release_all(free.into_iter().map(Key::Email));
        }
    }

    /// Does it, and says what the caller must see.
    pub fn expect(&mut self, action: &Action, lost: Option<&'static str>) -> Option<Expected> {
        self.lost = lost;
        let outcome = match *action {
            Action::Register { email, name, password } => self.register(Registrant { email, name, password }),
            Action::Follow { who, link, password } => {
                let link = self.link(link)?;
                self.follow(who, link, password)
            }
            Action::SignIn { who, login, password } => self.sign_in(who, login, password),
            Action::Rename { who, name } => self.rename(who, name),
            Action::ChangeEmail { who, email, password } => self.change_email(who, email, password),
            Action::ChangePassword { who, old, new } => self.change_password(who, old, new),
            Action::RequestReset { login } => self.request_reset(login),
            Action::Delete { who, password } => self.delete(who, password),
            Action::SetStatus { email, status } => return self.set_status(email, status),
            Action::Pass { .. } => return None,
        };
        Some(outcome.unwrap_or_else(|refused| refused))
    }

    /// Stops here if it is this command that gets lost.
    fn send(&mut self, command: &str) -> Result<(), Expected> {
        if self.lost.take_if(|lost| *lost == command).is_some() { Err(LOST) } else { Ok(()) }
    }

    fn owner(&self, key: Key) -> Option<(Owner, bool)> {
        let claim = self.alive(key)?;
        Some((claim.owner, claim.until.is_none()))
    }

    fn alive(&self, key: Key) -> Option<Claim> {
        self.directory.get(&key).copied().filter(|claim| claim.until.is_none_or(|until| until > self.now))
    }

    /// What a registration reserves.
    fn reserve(&mut self, key: Key, owner: Owner) {
        self.directory.insert(key, Claim { owner, until: Some(self.now + RESERVATION), proved: false });
    }

    /// What is claimed right before it is taken.
    fn claim(&mut self, key: Key, object: usize, proved: bool) {
        let until = Some(self.now + CLAIM);
        self.directory.insert(key, Claim { owner: Owner::Object(object), until, proved });
    }

    fn hold(&mut self, key: Key, object: usize) {
        self.directory.insert(key, Claim { owner: Owner::Object(object), until: None, proved: true });
    }

    fn release(&mut self, key: Key) {
        self.directory.remove(&key);
    }

    fn release_all(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.release(key);
        }
    }

    fn account(&mut self, object: usize) -> &mut Account {
        self.objects[object].as_mut().unwrap()
    }

    fn mail(&mut self, object: usize, to: usize, kind: Kind) {
        let lifetime = match kind {
            Kind::Recover => HOUR,
            Kind::Undo { .. } => 7 * DAY,
            _ => DAY,
        };
        self.links.push(Link { kind, to, object, expires: self.now + lifetime, ended: false });
    }

    fn end_links(&mut self, object: usize, which: impl Fn(&Link) -> bool) {
        self.links.iter_mut().filter(|link| link.object == object && which(link)).for_each(|link| link.ended = true);
    }

    fn end_sessions(&mut self, object: usize, but: Option<usize>) {
        for person in &mut self.people {
            person.take_if(|(session, other, _)| *other == object && Some(*session) != but);
        }
    }

    fn shut_out(&mut self, object: usize, but: Option<usize>) {
        self.end_sessions(object, but);
        let leads_in = |kind: &Kind| matches!(kind, Kind::Recover | Kind::ConfirmOld { .. } | Kind::ConfirmNew { .. });
        self.end_links(object, |link| leads_in(&link.kind));
    }

    fn enter(&mut self, who: usize, object: usize, confirmed: u64) {
        self.sessions += 1;
        self.people[who] = Some((self.sessions, object, confirmed));
    }

    fn works(&self, link: usize) -> bool {
        let link = &self.links[link];
        let alive = |session| self.people.iter().flatten().any(|(other, ..)| *other == session);
        let asked = match link.kind {
            Kind::ConfirmOld { session, .. } | Kind::ConfirmNew { session, .. } => alive(session),
            _ => true,
        };
        !link.ended && link.expires > self.now && asked
    }

    fn register(&mut self, registrant: Registrant) -> Outcome {
        self.send("reserve")?;
        let email = Key::Email(registrant.email);
        let owner = self.owner(email);
        let held = owner.is_some_and(|(_, held)| held);
        let object = match owner {
            Some((Owner::Object(object), _)) => object,
            _ => self.objects.len(),
        };
        let claimant = if held { Owner::Decoy(registrant.email) } else { Owner::Object(object) };
        if let Some(name) = registrant.name.map(Key::Name) {
            if self.owner(name).is_some_and(|(owner, held)| held || owner != claimant) {
                return Err(FIELDS);
            }
            self.reserve(name, claimant);
        }
        if object == self.objects.len() {
            self.objects.push(None);
        }
        if !held {
            self.reserve(email, Owner::Object(object));
        }
        self.send("register")?;
        if self.objects[object].is_none() {
            if self.registration.verifies_first() {
                self.mail(object, registrant.email, Kind::Register(registrant));
            } else {
                self.create(object, &registrant, false, true);
            }
        }
        Ok(ok(202))
    }

    fn create(&mut self, object: usize, registrant: &Registrant, verified: bool, own: bool) {
        let waits = self.registration == Registration::UntilVerified && !verified;
        let status = if self.registration.needs_approval() { Status::Pending } else { Status::Active };
        let Registrant { email, name, password } = *registrant;
        self.objects[object] = Some(Account {
            email,
            verified,
            name,
            password: own.then_some(password),
            status,
            verify_by: waits.then_some(self.now + DAY),
            reserved: BTreeMap::new(),
        });
        self.hold(Key::Email(email), object);
        if let Some(name) = name {
            self.hold(Key::Name(name), object);
        }
        self.end_links(object, |link| matches!(link.kind, Kind::Register(_)));
        if waits {
            self.mail(object, email, Kind::VerifyEmail { asked_by: REGISTRANT });
        }
    }

    /// A registration counts with its password only in the browser that made it.
    fn complete(&mut self, object: usize, registrant: &Registrant, own: bool) {
        self.create(object, registrant, true, own);
        if !own && !self.registration.needs_approval() {
            self.mail(object, registrant.email, Kind::Recover);
        }
    }

    fn follow(&mut self, who: usize, place: usize, password: Option<usize>) -> Outcome {
        let Link { kind, object, expires, .. } = &self.links[place];
        let (kind, object, expires) = (kind.clone(), *object, *expires);
        match kind {
            Kind::Recover => {
                self.send("recover")?;
                self.recover(who, place, object, password)
            }
            Kind::Undo { former } => {
                self.send("undo_email_change")?;
                self.usable(place)?;
                self.undo(object, former, expires);
                self.links[place].ended = true;
                Ok(ok(200))
            }
            Kind::Register(_) | Kind::VerifyEmail { .. } | Kind::ConfirmOld { .. } | Kind::ConfirmNew { .. } => {
                self.send("peek")?;
                self.usable(place)?;
                self.verify(who, place, object, kind)?;
                self.links[place].ended = true;
                Ok(ok(200))
            }
        }
    }

    fn usable(&self, link: usize) -> Result<(), Expected> {
        if self.works(link) { Ok(()) } else { Err(LINK) }
    }

    /// A proved claim goes before one that is not, and stands.
    fn claim_email(&mut self, email: usize, object: usize) -> Result<(), Expected> {
        self.send("claim")?;
        match self.alive(Key::Email(email)) {
            Some(Claim { owner, proved: true, .. }) if owner != Owner::Object(object) => Err(no(409, "email_taken")),
            Some(Claim { until: None, .. }) => Ok(()),
            _ => {
                self.claim(Key::Email(email), object, true);
                Ok(())
            }
        }
    }

    fn claim_name(&mut self, name: usize, object: usize) -> Result<(), Expected> {
        self.send("claim")?;
        match self.owner(Key::Name(name)) {
            Some((owner, _)) if owner != Owner::Object(object) => Err(FIELDS),
            Some((_, true)) => Ok(()),
            _ => {
                self.claim(Key::Name(name), object, false);
                Ok(())
            }
        }
    }

    fn verify(&mut self, who: usize, place: usize, object: usize, kind: Kind) -> Result<(), Expected> {
        match &kind {
            Kind::Register(registrant) => {
                self.claim_email(registrant.email, object)?;
                registrant.name.map_or(Ok(()), |name| self.claim_name(name, object))?;
            }
            Kind::ConfirmNew { session, .. } if self.people[who].is_none_or(|(own, ..)| own != *session) => {
                return Err(no(403, "other_browser"));
            }
            Kind::ConfirmNew { new, .. } => self.claim_email(*new, object)?,
            _ => {}
        }
        self.send("verify_email")?;
        match kind {
            Kind::Register(registrant) => self.complete(object, &registrant, who == REGISTRANT),
            Kind::ConfirmOld { new, session } => self.mail(object, new, Kind::ConfirmNew { new, session }),
            Kind::ConfirmNew { new, .. } => self.change(object, new),
            Kind::VerifyEmail { asked_by } => self.prove_in(object, who == asked_by),
            Kind::Recover | Kind::Undo { .. } => unreachable!("not a link that proves an address"),
        }
        self.links[place].ended = true;
        Ok(())
    }

    /// In another browser than asked for it, the proof throws out whoever had the account before.
    fn prove_in(&mut self, object: usize, own: bool) {
        let proved_before = self.account(object).verified;
        self.prove(object);
        if own || proved_before {
            return;
        }
        let account = self.account(object);
        account.password = None;
        let email = account.email;
        self.shut_out(object, None);
        self.mail(object, email, Kind::Recover);
    }

    fn prove(&mut self, object: usize) {
        let account = self.account(object);
        account.verified = true;
        if account.verify_by.take().is_some() && account.status == Status::Pending {
            account.status = Status::Active;
        }
    }

    fn change(&mut self, object: usize, new: usize) {
        let until = self.now + 7 * DAY;
        let account = self.account(object);
        let (old, was_verified) = (account.email, account.verified);
        account.email = new;
        account.verified = true;
        account.verify_by = None;
        account.reserved.remove(&new);
        if old != new && was_verified {
            account.reserved.insert(old, until);
        }
        self.hold(Key::Email(new), object);
        self.end_links(object, |link| !matches!(link.kind, Kind::Undo { .. }));
        match () {
            () if old == new => {}
            () if was_verified => self.mail(object, old, Kind::Undo { former: old }),
            () => self.release(Key::Email(old)),
        }
    }

    fn undo(&mut self, object: usize, former: usize, expires: u64) {
        let account = self.account(object);
        let mut free: Vec<_> =
            account.reserved.iter().filter(|(_, until)| **until > expires).map(|(key, _)| *key).collect();
        free.push(account.email);
        free.retain(|email| *email != former);
        account.reserved.retain(|email, until| *email != former && *until <= expires);
        account.email = former;
        account.verified = true;
        account.password = None;
        self.release_all(free.into_iter().map(Key::Email));
        self.shut_out(object, None);
        self.end_links(object, |link| match link.kind {
            Kind::VerifyEmail { .. } => true,
            Kind::Undo { .. } => link.expires > expires,
            _ => false,
        });
        self.mail(object, former, Kind::Recover);
    }

    fn recover(&mut self, who: usize, place: usize, object: usize, password: Option<usize>) -> Outcome {
        self.usable(place)?;
        let account = self.account(object);
        let opens =
            account.status == Status::Active || account.status == Status::Pending && account.verify_by.is_some();
        if !opens {
            return Err(no(401, "account_inactive"));
        }
        let proved_before = account.verified;
        self.prove(object);
        if !proved_before || password.is_some() {
            self.account(object).password = password;
            self.shut_out(object, None);
        }
        self.links[place].ended = true;
        self.enter(who, object, self.now + 600);
        Ok(ok(200))
    }

    /// The account that can be entered by a handle.
    fn entered_by(&self, login: Key) -> Option<usize> {
        let Some((Owner::Object(object), _)) = self.owner(login) else { return None };
        let account = self.objects[object].as_ref()?;
        let own = match login {
            Key::Email(email) => account.email == email,
            Key::Name(name) => account.name == Some(name),
        };
        own.then_some(object)
    }

    fn sign_in(&mut self, who: usize, login: Key, password: usize) -> Outcome {
        self.send("lookup")?;
        self.send("sign_in_with_password")?;
        let Some(object) = self.entered_by(login) else { return Err(WRONG) };
        let account = self.account(object);
        if account.password != Some(password) {
            return Err(WRONG);
        }
        match account.status {
            Status::Active => {
                let fresh = self.now + 600;
                self.enter(who, object, fresh);
                Ok(ok(200))
            }
            Status::Pending if account.verify_by.is_some() => {
                let email = account.email;
                self.mail(object, email, Kind::VerifyEmail { asked_by: who });
                Err(no(403, "email_unverified"))
            }
            Status::Pending => Err(no(403, "approval_pending")),
            Status::Blocked | Status::Disabled | Status::Deleted => Err(no(401, "account_inactive")),
        }
    }

    fn session(&self, who: usize) -> Result<(usize, usize, u64), Expected> {
        self.people[who].ok_or(NOBODY)
    }

    fn fresh(&mut self, who: usize, password: Option<usize>) -> Result<(usize, usize), Expected> {
        let (session, object, confirmed) = self.session(who)?;
        match password {
            None if confirmed > self.now => Ok((session, object)),
            None => Err(no(401, "confirmation_required")),
            given if self.account(object).password == given => Ok((session, object)),
            Some(_) => Err(WRONG),
        }
    }

    fn rename(&mut self, who: usize, name: Option<usize>) -> Outcome {
        let (_, object, _) = self.session(who)?;
        name.map_or(Ok(()), |name| self.claim_name(name, object))?;
        self.send("update_profile")?;
        let before = std::mem::replace(&mut self.account(object).name, name);
        if before != name {
            self.release_all(before.map(Key::Name));
            if let Some(name) = name {
                self.hold(Key::Name(name), object);
            }
        }
        Ok(ok(200))
    }

    fn change_email(&mut self, who: usize, new: usize, password: Option<usize>) -> Outcome {
        self.session(who)?;
        // Where the new address leads, a mail is counted.
        self.send("lookup")?;
        self.send("change_email")?;
        let (session, object) = self.fresh(who, password)?;
        self.end_links(object, |link| matches!(link.kind, Kind::ConfirmOld { .. } | Kind::ConfirmNew { .. }));
        let account = self.account(object);
        let old = account.email;
        if account.verified && old != new {
            self.mail(object, old, Kind::ConfirmOld { new, session });
        } else {
            self.mail(object, new, Kind::ConfirmNew { new, session });
        }
        Ok(ok(202))
    }

    fn change_password(&mut self, who: usize, old: Option<usize>, new: usize) -> Outcome {
        self.session(who)?;
        self.send("change_password")?;
        let (session, object) = self.fresh(who, old)?;
        self.shut_out(object, Some(session));
        self.account(object).password = Some(new);
        Ok(ok(204))
    }

    fn request_reset(&mut self, login: Key) -> Outcome {
        self.send("lookup")?;
        self.send("remind")?;
        if let Some(object) = self.entered_by(login) {
            let account = self.account(object);
            let waits = account.status == Status::Pending && account.verify_by.is_some();
            let email = account.email;
            if account.status == Status::Active || waits {
                self.mail(object, email, Kind::Recover);
            }
        }
        Ok(ok(202))
    }

    fn delete(&mut self, who: usize, password: Option<usize>) -> Outcome {
        self.session(who)?;
        self.send("delete")?;
        let (_, object) = self.fresh(who, password)?;
        self.end_sessions(object, None);
        self.end_links(object, |_| true);
        let account = self.objects[object].take().unwrap();
        let emails = account.reserved.into_keys().chain([account.email]).map(Key::Email);
        self.release_all(emails.chain(account.name.map(Key::Name)));
        Ok(ok(204))
    }

    fn set_status(&mut self, email: usize, status: Status) -> Option<Expected> {
        let (Owner::Object(object), true) = self.owner(Key::Email(email))? else { return None };
        let account = self.objects[object].as_mut()?;
        if account.status == status {
            return Some(ok(200));
        }
        if !account.status.leads_to(status) {
            return Some(no(409, ""));
        }
        account.verify_by = None;
        account.status = status;
        if status != Status::Active {
            self.shut_out(object, None);
        }
        Some(ok(200))
    }
}
