//! The acquirer as a small blocking HTTP server that speaks Stripe's API shape, for tests and shows.
//!
//! Written on sockets with `httparse` rather than on a server library, because it must break a connection
//! instead of answering, which is what a lost answer looks like. It listens where it is told to and has no TLS:
//! keep it on the loopback.

mod api;
mod hooks;
mod http;
mod shape;

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::SimulatedProcessor;
use crate::{Secret, StripeProcessor, stripe::StripeConfig, stripe::StripeError};
use api::Api;
use hooks::Hooks;

/// Where signed events go.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    /// An `http://` address.
    pub url: String,
    /// What they are signed with.
    pub secret: Secret,
    /// How they arrive.
    pub delivery: Delivery,
}

/// How events arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Each once, in order.
    #[default]
    InOrder,
    /// Each twice, and neighbours swapped.
    Disordered,
}

/// How the server works.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// Where signed events go, if anywhere.
    pub webhook: Option<WebhookTarget>,
    /// A file to keep everything in, written before each answer; read at the start if it is there.
    pub keep: Option<PathBuf>,
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct AcquirerServer {
    address: SocketAddr,
    processor: SimulatedProcessor,
    secret_key: Secret,
    stop: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
    hooks: Option<Arc<Hooks>>,
}

impl AcquirerServer {
    /// Serves the processor's acquirer at `address` (port 0 for any that is free) to whoever has the key.
    ///
    /// # Errors
    /// If the address can't be listened at, or the kept file can't be read.
    pub fn start(
        address: &str,
        secret_key: Secret,
        processor: SimulatedProcessor,
        options: ServerOptions,
    ) -> io::Result<Self> {
        if let Some(path) = options.keep.as_ref().filter(|path| path.exists()) {
            *processor.acquirer() =
                super::Acquirer::restore(&std::fs::read_to_string(path)?).map_err(io::Error::other)?;
        }
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let hooks = options.webhook.map(|target| Hooks::start(target, &processor)).transpose()?.map(Arc::new);
        let api = Api::new(processor.clone(), secret_key.clone(), hooks.clone(), options.keep);
        let accepting = {
            let stop = Arc::clone(&stop);
            std::thread::Builder::new()
                .name("acquirer".to_owned())
                .spawn(move || accept(&listener, &stop, &Arc::new(api)))?
        };
        Ok(Self { address, processor, secret_key, stop, accepting: Some(accepting), hooks })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The acquirer behind it, to look at it or to cut it off.
    pub const fn processor(&self) -> &SimulatedProcessor {
        &self.processor
    }

    /// A client of this server.
    ///
    /// # Errors
    /// If the server listens beyond this machine, where it would need TLS.
    pub fn client(&self) -> Result<StripeProcessor, StripeError> {
        let config = StripeConfig { base_url: self.url(), ..StripeConfig::new(self.secret_key.clone()) };
        StripeProcessor::new(&config)
    }

    /// Waits until every event so far was delivered or given up, and says how many were given up.
    pub fn flush_webhooks(&self) -> usize {
        self.hooks.as_ref().map_or(0, |hooks| hooks.flush())
    }
}

impl Drop for AcquirerServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; if that fails, the thread ends with the process.
        if TcpStream::connect(self.address).is_ok()
            && let Some(accepting) = self.accepting.take()
        {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, stop: &AtomicBool, api: &Arc<Api>) {
    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let (Ok(stream), api) = (stream, Arc::clone(api)) else { continue };
        // A thread that can't be started leaves the connection closed, as an overloaded server would.
        let _ = std::thread::Builder::new()
            .name("acquirer connection".to_owned())
            .spawn(move || http::serve(stream, |request| api.answer(request)));
    }
}

/// Form fields or a query, by name; the last one of each name counts, but `expand[]` adds up.
fn fields(encoded: &[u8]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        let field: &mut String = fields.entry(name.clone().into_owned()).or_default();
        if name == "expand[]" {
            field.push_str(&value);
            field.push(' ');
        } else {
            *field = value.into_owned();
        }
    }
    fields
}
