//! PostgreSQL: for a chain with a database of its own.

use std::collections::HashMap;
use std::error::Error;

use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use super::{Database, Param, Row, StorageError, Value};

/// One connection, made anew when it was lost.
pub(super) struct Postgres {
    url: String,
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Postgres {
    /// Connects to `postgres://…`.
    pub(super) fn open(url: &str) -> Result<Self, StorageError> {
        Ok(Self { url: url.to_owned(), client: connect(url)?, prepared: HashMap::new() })
    }

    /// The statement, prepared at its first use.
    fn prepare(&mut self, sql: &'static str) -> Result<Statement, StorageError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(refused)?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// A new connection.
fn connect(url: &str) -> Result<Client, StorageError> {
    Client::connect(url, NoTls).map_err(|error| StorageError::Connect(said(&error)))
}

impl Database for Postgres {
    fn begin(&mut self) -> Result<(), StorageError> {
        if self.client.is_closed() {
            self.prepared.clear();
            self.client = connect(&self.url)?;
        }
        self.run("BEGIN")
    }

    fn run(&mut self, sql: &str) -> Result<(), StorageError> {
        self.client.batch_execute(sql).map_err(refused)
    }

    fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64, StorageError> {
        let statement = self.prepare(sql)?;
        self.client.execute(&statement, &bound(params)).map_err(refused)
    }

    fn query(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>, StorageError> {
        let statement = self.prepare(sql)?;
        let rows = self.client.query(&statement, &bound(params)).map_err(refused)?;
        rows.iter().map(row).collect()
    }
}

/// The parameters as the library wants them.
fn bound<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

/// What the database said.
fn refused(error: postgres::Error) -> StorageError {
    StorageError::Statement(said(&error))
}

/// The library's own words are terse: the server's words stand in its source.
fn said(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
        |database| database.message().to_owned(),
    )
}

/// One row of an answer.
fn row(row: &postgres::Row) -> Result<Row, StorageError> {
    let value = |column: usize| -> Result<Value, postgres::Error> {
        let kind = row.columns()[column].type_();
        Ok(if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(column)?.map_or(Value::Null, Value::Int)
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(column)?.map_or(Value::Null, Value::Blob)
        } else {
            row.try_get::<_, Option<String>>(column)?.map_or(Value::Null, Value::Text)
        })
    };
    (0..row.len()).map(value).collect::<Result<_, _>>().map(Row).map_err(refused)
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Int(number) => number.to_sql_checked(kind, out),
            Self::Text(text) => text.to_sql_checked(kind, out),
            Self::Blob(bytes) => bytes.to_sql_checked(kind, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // each variant checks for itself
    }

    to_sql_checked!();
}
