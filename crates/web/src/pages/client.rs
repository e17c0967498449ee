//! Who asks, as far as the network tells: for limits on guessing and on mails.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use model::Time;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Who asks: an address, or the network of one where a household has many (IPv6, RFC 6177).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) String);

impl Client {
    /// A proxy on this machine says for whom it asks; what others say of themselves counts for nothing.
    fn of(peer: Option<Peer>, headers: &HeaderMap) -> Self {
        let last = headers.get_all("x-forwarded-for").iter().next_back();
        let told = last.and_then(|value| value.to_str().ok()).and_then(|all| all.rsplit(',').next());
        let told: Option<IpAddr> = told.and_then(|address| address.trim().parse().ok());
        let address = match peer {
            Some(Peer(address)) if !address.is_loopback() => Some(address),
            other => told.or(other.map(|Peer(address)| address)),
        };
        Self(address.map_or_else(|| "unknown".to_owned(), |address| network(address).to_string()))
    }
}

/// The part of an address that one household has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.extensions.get().copied(), &parts.headers))
    }
}

/// How often each client may do something within an hour of the clock.
pub(crate) struct Hourly {
    most: u32,
    counted: Mutex<(i64, BTreeMap<String, u32>)>,
}

/// Clients that are counted in an hour; beyond that many nobody new may.
const CLIENTS: usize = 10_000;

impl Hourly {
    /// So often.
    pub(crate) fn new(most: u32) -> Self {
        Self { most, counted: Mutex::default() }
    }

    /// Counts one more; whether it may be.
    pub(crate) fn may(&self, Client(client): &Client, now: Time) -> bool {
        let mut counted = self.counted(now);
        if counted.1.len() >= CLIENTS && !counted.1.contains_key(client) {
            return false;
        }
        let count = counted.1.entry(client.clone()).or_default();
        *count = count.saturating_add(1);
        *count <= self.most
    }

    /// Takes back one that was counted and does not matter after all.
    pub(crate) fn forget(&self, Client(client): &Client, now: Time) {
        if let Entry::Occupied(mut count) = self.counted(now).1.entry(client.clone()) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }

    /// What was counted in the hour that it is.
    fn counted(&self, now: Time) -> MutexGuard<'_, (i64, BTreeMap<String, u32>)> {
        let hour = now.nanos().div_euclid(3_600_000_000_000);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != hour {
            *counted = (hour, BTreeMap::new());
        }
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let client = |peer: &str, told: &str| {
            let headers = [("x-forwarded-for".parse().unwrap(), told.parse().unwrap())];
            Client::of(Some(Peer(peer.parse().unwrap())), &headers.into_iter().collect()).0
        };
        assert_eq!(client("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(client("127.0.0.1", "198.51.100.1, 203.0.113.7"), "203.0.113.7");
        assert_eq!(client("::1", "nonsense"), "::");
        assert_eq!(client("2001:db8:1:2:3:4:5:6", ""), "2001:db8:1:2::");
    }

    #[test]
    fn an_hour_later_it_may_be_again() {
        let (limit, client) = (Hourly::new(2), Client("a".to_owned()));
        let at = |seconds: i64| Time::from_nanos(seconds * 1_000_000_000);
        assert!(limit.may(&client, at(0)) && limit.may(&client, at(1)) && !limit.may(&client, at(2)));
        assert!(limit.may(&Client("b".to_owned()), at(2)));
        assert!(limit.may(&client, at(3600)));
    }

    #[test]
    fn what_is_forgotten_does_not_count() {
        let (limit, client, now) = (Hourly::new(1), Client("a".to_owned()), Time::from_nanos(0));
        for _ in 0..3 {
            assert!(limit.may(&client, now));
            limit.forget(&client, now);
        }
        assert!(limit.may(&client, now) && !limit.may(&client, now));
        limit.forget(&Client("b".to_owned()), now);
    }
}
