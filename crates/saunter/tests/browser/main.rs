//! The pages in a real browser: Debian's chromium, driven over WebDriver, before a demo in a process of its own.
//!
//! `eval "$(dev/services browser)" && cargo test -p saunter --test browser`; without it the tests say so and pass. A demo
//! goes on in real time, so a visit takes half a minute. Pictures of all pages:
//! `SAUNTER_PICTURES=docs/pictures cargo test -p saunter --test browser pictures`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod accessible;
mod browser;
mod doubt;
mod film;
mod narrow;
mod pages;
mod palms;
mod passkeys;
mod pictures;
mod shop;
mod visits;
