//! SQLite: a file in the store's box.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};

use super::{Database, Param, Row, StorageError, Value};

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// Statements that stay prepared: about as many as this crate has.
const PREPARED: usize = 128;

/// One connection.
pub(super) struct Sqlite(Connection);

impl Sqlite {
    /// Opens the file, or makes it. What is committed is on the disk (`synchronous = FULL`), and readers do
    /// not wait for the writer (write-ahead log). What is deleted is overwritten (`secure_delete`), so that nothing
    /// of a person who was deleted can be read from the file.
    pub(super) fn open(path: &Path) -> Result<Self, StorageError> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(BUSY)?;
            connection.set_prepared_statement_cache_capacity(PREPARED);
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA secure_delete = ON;",
            )?;
            Ok(Self(connection))
        };
        open().map_err(|error: rusqlite::Error| StorageError::Open {
            path: path.to_owned(),
            why: error.to_string(),
        })
    }

    /// Prepares a statement and binds its parameters.
    fn bind(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<rusqlite::CachedStatement<'_>, rusqlite::Error> {
        // SQLite numbers `?1` by the number, but `$1` by the order in which it stands.
        let mut statement = self.0.prepare_cached(&sql.replace('$', "?"))?;
        for (place, param) in params.iter().enumerate() {
            statement.raw_bind_parameter(place + 1, param)?;
        }
        Ok(statement)
    }
}

impl Database for Sqlite {
    fn begin(&mut self) -> Result<(), StorageError> {
        self.execute("BEGIN IMMEDIATE", &[]).map(drop)
    }

    fn run(&mut self, sql: &str) -> Result<(), StorageError> {
        self.0.execute_batch(sql).map_err(refused)
    }

    fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64, StorageError> {
        let changed = self.bind(sql, params).and_then(|mut statement| statement.raw_execute());
        changed.map(|rows| rows as u64).map_err(refused)
    }

    fn query(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>, StorageError> {
        let read = || {
            let mut statement = self.bind(sql, params)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let values =
                    (0..columns).map(|column| row.get_ref(column).map(value)).collect::<Result<_, _>>()?;
                found.push(Row(values));
            }
            Ok(found)
        };
        read().map_err(refused)
    }
}

/// What the database said, without the parameters.
fn refused(error: rusqlite::Error) -> StorageError {
    StorageError::Statement(error.to_string())
}

/// A column's value.
fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        // No table has floating point; a real there is damage, shown as such by `Row`.
        ValueRef::Real(_) => Value::Null,
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Param::Int(number) => ValueRef::Integer(*number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Blob(bytes) => ValueRef::Blob(bytes),
            Param::Null => ValueRef::Null,
        }))
    }
}
