//! Entry by code, palm and badge; accounts; look-ups; privacy: on SQLite, and on PostgreSQL where
//! `SAUNTER_POSTGRES` has the URL of a database in which schemas may be made.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod accounts;
mod entry;
mod flags;
mod look_up;
mod palms;
mod passkeys;
mod privacy;
mod sessions;
mod staff;
mod support;
mod vectors;
