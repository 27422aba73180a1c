//! Reading JSON strictly. A fault names its place and what must be there, never what is: everybody may read the faults of a
//! configuration.

use serde_json::{Map, Value};

use crate::error::{Code, Error};

/// The members of an object.
pub type Object = Map<String, Value>;

/// What is wrong, and where, seen from where it is read. In a box, for everything that can fail hands it on.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    place: String,
    what: &'static str,
}

impl Fault {
    /// A fault of the value itself.
    #[cold]
    pub fn new(what: &'static str) -> Self {
        Self(Box::new(Inner { place: String::new(), what }))
    }

    /// The same fault, seen from the object that the value is a member of.
    #[cold]
    #[must_use]
    pub fn at(mut self, member: &str) -> Self {
        let mut place = String::from(".");
        place.extend(member.chars().take(64).flat_map(char::escape_debug));
        self.0.place.insert_str(0, &place);
        self
    }

    /// The same fault, seen from the list that the value is an entry of.
    #[cold]
    #[must_use]
    pub fn nth(mut self, entry: usize) -> Self {
        self.0.place.insert_str(0, &format!("[{entry}]"));
        self
    }

    /// The fault as an error, with the name of what was read.
    #[cold]
    pub fn of(self, name: &str, code: Code) -> Error {
        Error::new(code, format!("`{name}{}`: {}", self.0.place, self.0.what))
    }
}

/// An object with no other members than these.
pub fn object<'v>(value: &'v Value, members: &[&str]) -> Result<&'v Object, Fault> {
    let object = members_of(value)?;
    match object.keys().find(|name| !members.contains(&name.as_str())) {
        Some(unknown) => Err(Fault::new("is unknown").at(unknown)),
        None => Ok(object),
    }
}

/// An object with whatever members.
pub fn members_of(value: &Value) -> Result<&Object, Fault> {
    value.as_object().ok_or_else(|| Fault::new("must be an object"))
}

/// A member that must be there.
pub fn required<'v, T>(
    object: &'v Object,
    name: &str,
    read: impl FnOnce(&'v Value) -> Result<T, Fault>,
) -> Result<T, Fault> {
    optional(object, name, read)?.ok_or_else(|| Fault::new("is missing").at(name))
}

/// A member that may be there.
pub fn optional<'v, T>(
    object: &'v Object,
    name: &str,
    read: impl FnOnce(&'v Value) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    object.get(name).map(read).transpose().map_err(|fault| fault.at(name))
}

/// A text.
pub fn text(value: &Value) -> Result<&str, Fault> {
    value.as_str().ok_or_else(|| Fault::new("must be a text"))
}

/// A text that has a meaning, or else is not `what` it must be.
pub fn meaning<T>(value: &Value, parse: impl FnOnce(&str) -> Option<T>, what: &'static str) -> Result<T, Fault> {
    parse(text(value)?).ok_or_else(|| Fault::new(what))
}

/// True or false.
pub fn boolean(value: &Value) -> Result<bool, Fault> {
    value.as_bool().ok_or_else(|| Fault::new("must be true or false"))
}

/// A number of seconds.
pub fn seconds(value: &Value) -> Result<u64, Fault> {
    value.as_u64().ok_or_else(|| Fault::new("must be a whole number of seconds"))
}

/// The entries of a list.
pub fn entries<'v, T>(list: &'v [Value], mut read: impl FnMut(&'v Value) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let mut all = Vec::with_capacity(list.len());
    for (place, entry) in list.iter().enumerate() {
        all.push(read(entry).map_err(|fault| fault.nth(place))?);
    }
    Ok(all)
}

/// A list of any length.
pub fn list(value: &Value) -> Result<&[Value], Fault> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| Fault::new("must be a list"))
}
