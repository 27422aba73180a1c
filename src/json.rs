//! Reading JSON, as a tree first. So there is one reader of texts for all types rather than one for each, which is most of what a type costs
//! in the Wasm. Only tokens do without, for speed, and what has to know the order of members.

use std::{fmt, vec};

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Error, Map, Value};

/// Reads a text. No member of any object in it may come twice, for two readers might take two different ones.
///
/// # Errors
/// If it is not that JSON.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let Strict(tree) = serde_json::from_slice(text)?;
    take(tree)
}

/// Reads a tree.
///
/// # Errors
/// If it is of another type.
pub fn take<T: DeserializeOwned>(tree: Value) -> serde_json::Result<T> {
    T::deserialize(Tree(tree))
}

/// A tree in which no member came twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Strict, E> {
        Ok(Strict(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Strict(Value::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = access.next_entry::<String, Strict>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member that comes twice"));
            }
        }
        Ok(Strict(Value::Object(members)))
    }
}

/// A tree that is read by what is expected of it. The one of `serde_json` looks for each type whether it may be a list of its members as
/// well, which nothing here is: half of the code of all types would be for that.
struct Tree(Value);

impl Tree {
    fn unexpected<T>(&self, expected: &'static str) -> Result<T, Error> {
        let found = match self.0 {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Err(Error::custom(format_args!("{found} where {expected} is expected")))
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Number(number) = &self.0 else { return self.unexpected("a number") };
        if let Some(number) = number.as_u64() {
            visitor.visit_u64(number)
        } else if let Some(number) = number.as_i64() {
            visitor.visit_i64(number)
        } else {
            visitor.visit_f64(number.as_f64().unwrap_or_default())
        }
    }

    fn object(self) -> Result<Members, Error> {
        match self.0 {
            Value::Object(members) => Ok(Members { members: members.into_iter(), value: None }),
            _ => self.unexpected("an object"),
        }
    }

    fn list(self) -> Result<Items, Error> {
        match self.0 {
            Value::Array(items) => Ok(Items(items.into_iter())),
            _ => self.unexpected("a list"),
        }
    }
}

/// Each kind of number is read as any other.
macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.number(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Error;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => visitor.visit_seq(self.list()?),
            Value::Object(_) => visitor.visit_map(self.object()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.as_bool().map_or_else(|| self.unexpected("a boolean"), |value| visitor.visit_bool(value))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => self.unexpected("a text"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_unit() } else { self.unexpected("null") }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.object()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, value: Value::Null }),
            Value::Object(members) => match single(members) {
                Some((name, value)) => visitor.visit_enum(Variant { name, value }),
                None => Err(Error::custom("an object of other than one member where a variant is expected")),
            },
            _ => self.unexpected("a variant"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

fn single(members: Map<String, Value>) -> Option<(String, Value)> {
    let mut members = members.into_iter();
    members.next().filter(|_| members.next().is_none())
}

/// The members of an object, one after another.
struct Members {
    members: serde_json::map::IntoIter,
    value: Option<Value>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.members.next() else { return Ok(None) };
        self.value = Some(value);
        let name: StringDeserializer<Error> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Tree(self.value.take().unwrap_or_default()))
    }
}

/// The items of a list, one after another.
struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(Tree(item))).transpose()
    }
}

/// A variant by its name, and what it holds.
struct Variant {
    name: String,
    value: Value,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Tree;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Tree), Error> {
        let name: StrDeserializer<'_, Error> = self.name.as_str().into_deserializer();
        Ok((seed.deserialize(name)?, Tree(self.value)))
    }
}

impl<'de> VariantAccess<'de> for Tree {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if self.0.is_null() { Ok(()) } else { self.unexpected("nothing") }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }
}

/// What is wrong with JSON from elsewhere, for the log: which member is missing, or where it broke, and not what stands there.
#[must_use]
pub fn fault(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field") {
        return text;
    }
    format!("{:?} at {}:{}", error.classify(), error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::read;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        number: i64,
        small: u8,
        float: f64,
        yes: bool,
        text: String,
        absent: Option<String>,
        some: Option<u64>,
        list: Vec<Kind>,
        pair: [Option<u8>; 2],
        tuple: (String, u8),
        map: BTreeMap<String, Kind>,
        inner: Inner,
        any: Value,
        unit: (),
        outcome: Result<u8, String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Inner(String);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Nothing,
        One(u8),
        Several(u8, u8),
        Named { name: String },
    }

    #[test]
    fn whatever_is_written_is_read_as_it_was() {
        let everything = Everything {
            number: -7,
            small: 7,
            float: 0.5,
            yes: true,
            text: "ä\n\"".to_owned(),
            absent: None,
            some: Some(1 << 52),
            list: vec![Kind::Nothing, Kind::One(1), Kind::Several(1, 2), Kind::Named { name: "x".to_owned() }],
            pair: [None, Some(3)],
            tuple: ("t".to_owned(), 4),
            map: BTreeMap::from([("k".to_owned(), Kind::Nothing)]),
            inner: Inner("i".to_owned()),
            any: json!({ "a": [1, null, { "b": -2.5 }] }),
            unit: (),
            outcome: Err("no".to_owned()),
        };
        let text = serde_json::to_vec(&everything).unwrap();
        assert_eq!(read::<Everything>(&text).unwrap(), everything);
        assert_eq!(serde_json::from_slice::<Everything>(&text).unwrap(), everything);
    }

    #[test]
    fn attack_a_member_that_comes_twice_at_any_depth_is_refused() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"[{"a":[{"b":1,"c":2,"b":1}]}]"#] {
            assert!(read::<Value>(text.as_bytes()).unwrap_err().is_data(), "{text}");
        }
        let text = r#"{"a":[1,-2,0.5,null,true,"x",{"b":{}}]}"#;
        assert_eq!(read::<Value>(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert!(read::<Value>("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn what_is_of_another_type_is_refused() {
        for text in ["", "{", "[]", "[7]", "null", "\"nothing\"", "{}", r#"{"name":7}"#] {
            #[derive(Debug, Deserialize)]
            struct Named {
                #[allow(dead_code, reason = "it is only read")]
                name: String,
            }
            assert!(read::<Named>(text.as_bytes()).is_err(), "{text}");
        }
        for text in [
            r#""others""#,
            "{}",
            r#"{"one":1,"nothing":null}"#,
            r#"{"one":256}"#,
            r#"{"one":"1"}"#,
            r#"{"nothing":1}"#,
            "7",
        ] {
            assert!(read::<Kind>(text.as_bytes()).is_err(), "{text}");
        }
    }
}
