//! The SQL port over rusqlite, and the contract that every SQL port keeps.

use std::cell::Cell;

use countersign::error::{Code, Error, Result};
use countersign::ports::sql::{Row, Sql, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, StatementStatus, ToSql, params_from_iter};

pub struct Database(Connection, Cell<i64>);

impl Database {
    pub fn new() -> Self {
        Self::over(Connection::open_in_memory().unwrap())
    }

    pub fn over(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(256);
        Self(connection, Cell::new(0))
    }

    /// One transaction: an error rolls back.
    pub fn transaction<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        self.0.execute_batch("BEGIN IMMEDIATE").unwrap();
        let result = body();
        self.0.execute_batch(if result.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
        result
    }

    /// How many steps its machine has taken: what a statement costs, whatever it gives back.
    pub fn steps(&self) -> i64 {
        self.1.get()
    }

    pub fn count(&self, table: &str) -> u64 {
        self.row(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap().unwrap().number(0).unwrap()
    }
}

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Sql for Database {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>> {
        let failed = |error: rusqlite::Error| Error::new(Code::Internal, error.to_string());
        let mut statement = self.0.prepare_cached(statement).map_err(failed)?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(values.iter().map(Bound)), |row| {
            (0..columns).map(|column| Ok(found(row.get_ref(column)?))).collect::<Result<Vec<_>, _>>().map(Row)
        });
        let rows = rows.map_err(failed)?.collect::<Result<_, _>>().map_err(failed);
        self.1.set(self.1.get() + i64::from(statement.reset_status(StatementStatus::VmStep)));
        rows
    }
}

fn found(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => panic!("a fraction: {number}"),
        ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).unwrap()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    let database = Database::new();
    database.run("CREATE TABLE kept (value)", &[]).unwrap();
    for value in [Value::Null, Value::Integer(1 << 52), Value::from("é\0/'"), Value::Blob(vec![0, 255])] {
        database.run("INSERT INTO kept VALUES (?)", std::slice::from_ref(&value)).unwrap();
        let row = database.row("DELETE FROM kept RETURNING value", &[]).unwrap().unwrap();
        assert_eq!(row, Row(vec![value]));
    }
}

#[test]
fn an_error_rolls_back_everything_of_its_command() {
    let database = Database::new();
    database.run("CREATE TABLE kept (value)", &[]).unwrap();
    let failed: Result<()> = database.transaction(|| {
        database.run("INSERT INTO kept VALUES (1)", &[])?;
        Err(Error::new(Code::Internal, "on purpose"))
    });
    assert!(failed.is_err());
    assert_eq!(database.count("kept"), 0);
}
