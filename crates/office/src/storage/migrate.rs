//! Brings the tables to the version that this program knows.

use super::{Database, StorageError};

/// The steps, oldest first; step `n` makes version `n + 1`. Never changed once released.
const STEPS: [Step; 3] = [
    Step {
        sqlite: include_str!("../../migrations/sqlite/0001_office.sql"),
        postgres: include_str!("../../migrations/postgres/0001_office.sql"),
    },
    Step {
        sqlite: include_str!("../../migrations/sqlite/0002_staff.sql"),
        postgres: include_str!("../../migrations/postgres/0002_staff.sql"),
    },
    Step {
        sqlite: include_str!("../../migrations/sqlite/0003_palms.sql"),
        postgres: include_str!("../../migrations/postgres/0003_palms.sql"),
    },
];

/// One step, as each database writes it.
struct Step {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Which way of writing a step counts.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// Takes the steps that are still to take, all in one transaction.
pub(super) fn migrate(database: &mut dyn Database, dialect: Dialect) -> Result<(), StorageError> {
    database.begin()?;
    let migrated = one_at_a_time(database, dialect).and_then(|()| steps(database, dialect));
    database.run(if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    migrated
}

/// Makes another process that opens the same tables wait until these are done. SQLite does so by itself.
fn one_at_a_time(database: &mut dyn Database, dialect: Dialect) -> Result<(), StorageError> {
    match dialect {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => database.run(LOCK),
    }
}

/// The number only has to be the same for all that open the tables.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7382)";

/// The steps themselves.
fn steps(database: &mut dyn Database, dialect: Dialect) -> Result<(), StorageError> {
    database.run("CREATE TABLE IF NOT EXISTS office_schema (version BIGINT NOT NULL PRIMARY KEY)")?;
    let known = STEPS.len() as i64;
    let newest =
        database.query_one("SELECT version FROM office_schema ORDER BY version DESC LIMIT 1", &[])?;
    let found = newest.map_or(Ok(0), |row| row.int(0))?;
    if found > known {
        return Err(StorageError::Newer { found, known });
    }
    for (version, step) in (1..).zip(&STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        database.run(match dialect {
            Dialect::Sqlite => step.sqlite,
            Dialect::Postgres => step.postgres,
        })?;
        database.execute("INSERT INTO office_schema (version) VALUES ($1)", &[i64::into(version)])?;
    }
    Ok(())
}
