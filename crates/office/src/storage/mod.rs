//! Where the office keeps its tables: SQLite in a file, or PostgreSQL.
//!
//! Both speak the common part of SQL that every statement in this crate is written in: numbered parameters
//! (`$1`), 64-bit integers, text, bytes, `ON CONFLICT`. So the statements stand once, beside the code that
//! needs them, and [`Database`] is all that a store must be able to do.

mod commit;
mod migrate;
mod postgres;
mod sqlite;

use std::path::PathBuf;

pub use commit::{Probe, Step, Storage};

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    /// A whole number.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// Nothing.
    Null,
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// Nothing.
    Null,
}

/// One row of an answer, read by the column's place from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    /// A whole number.
    pub fn int(&self, column: usize) -> Result<i64, StorageError> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            other => Err(unexpected(column, "a whole number", other)),
        }
    }

    /// A whole number, or nothing.
    pub fn int_if_any(&self, column: usize) -> Result<Option<i64>, StorageError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<&str, StorageError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value),
            other => Err(unexpected(column, "a text", other)),
        }
    }

    /// A text, or nothing.
    pub fn text_if_any(&self, column: usize) -> Result<Option<&str>, StorageError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8], StorageError> {
        match self.0.get(column) {
            Some(Value::Blob(value)) => Ok(value),
            other => Err(unexpected(column, "bytes", other)),
        }
    }

    /// Bytes, or nothing.
    pub fn blob_if_any(&self, column: usize) -> Result<Option<&[u8]>, StorageError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.blob(column).map(Some),
        }
    }
}

/// A column that holds something else than its table says.
fn unexpected(column: usize, expected: &str, found: Option<&Value>) -> StorageError {
    let found = match found {
        None => "no such column",
        Some(Value::Int(_)) => "a whole number",
        Some(Value::Text(_)) => "a text",
        Some(Value::Blob(_)) => "bytes",
        Some(Value::Null) => "nothing",
    };
    StorageError::Damaged(format!("column {column} should hold {expected} and holds {found}"))
}

/// What the office asks of a database.
///
/// Statements are `'static`, so that they can be prepared once and nothing a person typed gets into one.
pub trait Database: Send {
    /// Begins a transaction that may write.
    fn begin(&mut self) -> Result<(), StorageError>;

    /// Runs statements without parameters and answers.
    fn run(&mut self, sql: &str) -> Result<(), StorageError>;

    /// Runs a statement; how many rows it changed.
    fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64, StorageError>;

    /// Runs a statement; its rows.
    fn query(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>, StorageError>;

    /// The first row, if there is one.
    fn query_one(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Option<Row>, StorageError> {
        Ok(self.query(sql, params)?.into_iter().next())
    }
}

/// What can go wrong with the tables.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StorageError {
    /// The address of the database makes no sense.
    #[error("{0:?} is no database: write the path of an SQLite file, or postgres://USER@HOST/NAME")]
    Address(String),
    /// The file can't be opened.
    #[error("{path} can't be opened as an SQLite database: {why}")]
    Open {
        /// Which.
        path: PathBuf,
        /// What the database said.
        why: String,
    },
    /// The server can't be reached or refused.
    #[error("the PostgreSQL server can't be used: {0}")]
    Connect(String),
    /// The tables are of a later version of this program.
    #[error("the tables have version {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// Version of the tables.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// A row holds what it can't hold.
    #[error("the tables are damaged: {0}; restore a backup, and run `saunter doctor --audit`")]
    Damaged(String),
    /// A statement failed.
    #[error("the database refused a statement: {0}")]
    Statement(String),
    /// The writing thread is gone.
    #[error("the office is closed")]
    Closed,
}
