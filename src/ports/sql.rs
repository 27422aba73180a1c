//! SQL storage of one actor: SQLite in a Durable Object, rusqlite in native tests.

use crate::error::{Code, Error, Result};

/// A value in a statement or a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// An integer, within JavaScript's safe range: at most 2^53 - 1.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        const MAX_SAFE: i64 = i64::MAX >> 10;
        Self::Integer(i64::try_from(number).map_or(MAX_SAFE, |number| number.min(MAX_SAFE)))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row, its columns in the order of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The text in a column.
    ///
    /// # Errors
    /// [`Code::Internal`] if the column is not a text.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(unexpected(column, other)),
        }
    }

    /// What the text in a column says.
    ///
    /// # Errors
    /// [`Code::Internal`] if the column is not a text that can be read so.
    pub fn parsed<T>(&self, column: usize, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        let malformed = || Error::new(Code::Internal, format!("column {column} holds a malformed text"));
        parse(self.text(column)?).ok_or_else(malformed)
    }

    /// The number in a column.
    ///
    /// # Errors
    /// [`Code::Internal`] if the column is not a number from 0 up.
    pub fn number(&self, column: usize) -> Result<u64> {
        match self.0.get(column) {
            Some(Value::Integer(number)) => u64::try_from(*number).map_err(|_| unexpected(column, None)),
            other => Err(unexpected(column, other)),
        }
    }

    /// The number in a column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::number`].
    pub fn optional_number(&self, column: usize) -> Result<Option<u64>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.number(column).map(Some),
        }
    }

    /// The text in a column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// The bytes in a column.
    ///
    /// # Errors
    /// [`Code::Internal`] if the column holds no bytes.
    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            other => Err(unexpected(column, other)),
        }
    }

    /// The bytes in a column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::bytes`].
    pub fn optional_bytes(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.bytes(column).map(Some),
        }
    }

    /// A value that was stored as JSON text.
    ///
    /// # Errors
    /// [`Code::Internal`] if the text is not that JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T> {
        crate::json::read(self.text(column)?.as_bytes())
            .map_err(|error| Error::new(Code::Internal, format!("stored JSON in column {column}: {error}")))
    }
}

fn unexpected(column: usize, found: Option<&Value>) -> Error {
    let kind = match found {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Integer(_)) => "a number",
        Some(Value::Text(_)) => "a text",
        Some(Value::Blob(_)) => "bytes",
    };
    Error::new(Code::Internal, format!("column {column} holds {kind}"))
}

/// A value as JSON text, for a column.
///
/// # Errors
/// [`Code::Internal`] if it does not serialize.
pub fn json(value: &impl serde::Serialize) -> Result<Value> {
    let text = serde_json::to_string(value).map_err(|error| Error::new(Code::Internal, format!("JSON: {error}")))?;
    Ok(Value::Text(text))
}

/// One database with a single writer.
///
/// Atomicity: statements run one after another, synchronously. Whoever hands a `Sql` to an actor runs the whole command
/// in one transaction, which is rolled back when the command fails and durable before its reply is seen.
pub trait Sql {
    /// Runs one statement with positional `?` parameters and returns its rows.
    ///
    /// # Errors
    /// [`Code::Internal`], with SQLite's own message.
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>>;

    /// Runs one statement and returns its first row, if there is one.
    ///
    /// # Errors
    /// As [`Sql::run`].
    fn row(&self, statement: &str, values: &[Value]) -> Result<Option<Row>> {
        Ok(self.run(statement, values)?.into_iter().next())
    }
}
