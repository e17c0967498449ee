//! Tells a call that never left from one whose answer is missing.
//!
//! The first surely did not happen, the second may have. The kind of an error does not tell (an unreachable host
//! is noticed before or after sending), so errors of names, connections and TLS handshakes are marked where they
//! arise.

use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};
use ureq::{Agent, Error};

use super::StripeError;

/// The mark of an error that came before anything was sent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NeverSent(Error);

fn mark(error: Error) -> Error {
    Error::Other(Box::new(NeverSent(error)))
}

/// Whether the error came before anything was sent.
pub(super) fn never_sent(error: &Error) -> bool {
    matches!(error, Error::Other(inner) if inner.is::<NeverSent>())
}

/// An agent whose errors can be told apart by [`never_sent`].
pub(super) fn agent(config: Config) -> Agent {
    Agent::with_parts(config, Marking(DefaultConnector::default()), Marking(DefaultResolver::default()))
}

/// Marks the errors of what it wraps.
#[derive(Debug)]
struct Marking<T>(T);

impl Connector for Marking<DefaultConnector> {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(mark)
    }
}

impl Resolver for Marking<DefaultResolver> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, timeout).map_err(mark)
    }
}

/// TLS by `ring` alone, whatever other providers of cryptography are linked.
pub(super) fn tls(ca_pem: Option<&[u8]>) -> Result<TlsConfig, StripeError> {
    let roots: Vec<Certificate<'static>> = match ca_pem {
        Some(pem) => parse_pem(pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect(),
        None => {
            let system = rustls_native_certs::load_native_certs().certs;
            system.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
        }
    };
    if roots.is_empty() {
        return Err(StripeError::Certificates);
    }
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}
