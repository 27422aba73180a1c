//! SQL over the storage of a Durable Object.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use wasm_bindgen::{JsCast as _, JsValue};
use worker::{SqlStorage, SqlStorageValue, Storage};

use super::{javascript, panics};
use crate::error::{Code, Error, Result};
use crate::ports::sql::{Row, Sql, Value};

/// The SQLite database of a Durable Object.
pub struct ObjectSql(SqlStorage);

impl ObjectSql {
    /// The database of this storage.
    pub fn new(storage: &Storage) -> Self {
        Self(storage.sql())
    }
}

impl Sql for ObjectSql {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>> {
        let failed = |error: worker::Error| Error::new(Code::Internal, format!("SQL: {error}"));
        let bindings: Vec<SqlStorageValue> = values.iter().map(bound).collect();
        let cursor = self.0.exec(statement, bindings).map_err(failed)?;
        cursor.raw().map(|row| Ok(Row(row.map_err(failed)?.into_iter().map(found).collect()))).collect()
    }
}

fn bound(value: &Value) -> SqlStorageValue {
    match value {
        Value::Null => SqlStorageValue::Null,
        Value::Integer(number) => SqlStorageValue::Integer(*number),
        Value::Text(text) => SqlStorageValue::String(text.clone()),
        Value::Blob(bytes) => SqlStorageValue::Blob(bytes.clone()),
    }
}

fn found(value: SqlStorageValue) -> Value {
    match value {
        SqlStorageValue::Boolean(truth) => Value::Integer(truth.into()),
        SqlStorageValue::Integer(number) => Value::Integer(number),
        SqlStorageValue::String(text) => Value::Text(text),
        SqlStorageValue::Blob(bytes) => Value::Blob(bytes),
        // No column holds fractions; one that did would not be read as anything else.
        SqlStorageValue::Null | SqlStorageValue::Float(_) => Value::Null,
    }
}

/// Runs `body` in one synchronous transaction: an error or a panic rolls back whatever it wrote.
pub fn transaction<T>(storage: &Storage, body: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = Cell::new(None);
    // No panic leaves the body, so nothing is left half done behind these.
    let (mut body, kept) = (AssertUnwindSafe(Some(body)), AssertUnwindSafe(&outcome));
    let mut run = move || {
        let body = body.take().ok_or_else(|| Error::new(Code::Internal, "transaction ran twice"));
        let result = body.and_then(|body| panics::contain(body)?);
        let failed = result.is_err();
        kept.set(Some(result));
        // Throwing is how `transactionSync` is told to roll back.
        if failed { Err(JsValue::from_str("rolled back")) } else { Ok(JsValue::UNDEFINED) }
    };
    let storage: &javascript::Storage = storage.as_raw().unchecked_ref();
    let thrown = storage.transaction_sync(&mut run).err();
    match (outcome.into_inner(), thrown) {
        (Some(Ok(_)) | None, Some(thrown)) => {
            Err(Error::new(Code::Internal, format!("transaction: {}", javascript::message(&thrown))))
        }
        (Some(result), _) => result,
        (None, None) => Err(Error::new(Code::Internal, "transaction did not run")),
    }
}
