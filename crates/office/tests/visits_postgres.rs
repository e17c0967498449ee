//! The same visits on PostgreSQL, in the database that `SAUNTER_POSTGRES` names.

/// Which database these run on.
const POSTGRES: bool = true;

#[path = "visits.rs"]
mod visits;
