//! A clock that tests turn, and short names.

#![allow(dead_code, clippy::unwrap_used, reason = "a test's helpers, not all used by each")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::{Currency, Money, Time};
use payments::acquirer::{Acquirer, Clock};
use payments::{CardToken, IdempotencyKey, Reference, SimulatedProcessor};

/// A noon in 2027.
pub(crate) const START: Time = Time::from_nanos(1_800_000_000_000_000_000);

/// A clock that stands until it is turned.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START.nanos())))
    }

    pub(crate) fn now(&self) -> Time {
        Time::from_nanos(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn turn(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000_000, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }

    pub(crate) fn processor(&self) -> SimulatedProcessor {
        SimulatedProcessor::new(Acquirer::new(), self.clock())
    }
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey(text.to_owned())
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference(text.to_owned())
}

pub(crate) fn card(text: &str) -> CardToken {
    CardToken::try_from(text.to_owned()).unwrap()
}

pub(crate) fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// Receives one webhook and answers it with this status: its signature and body, empty if nothing was said.
pub(crate) fn receive(listener: &TcpListener, status: u16) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut signature, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            None if line.trim().is_empty() => break,
            Some((name, value)) if name.eq_ignore_ascii_case("stripe-signature") => {
                signature = value.to_owned()
            }
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap()
            }
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    // Who said nothing waits for no answer.
    let _ = stream.write_all(answer.as_bytes());
    (signature, body)
}
