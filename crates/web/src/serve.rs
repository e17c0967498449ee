//! Connections: accepts them, bounds them, and lets them end well.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use office::Office;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::api::{self, Web};
use crate::config::Config;
use crate::live::Live;
use crate::pages::{self, Demo, Eye, Peer, Site};

/// How long the head of a request may take, and how long an idle connection is kept.
const HEAD_WITHIN: Duration = Duration::from_secs(15);

/// Bytes of a request's head.
const HEAD_BYTES: usize = 64 * 1024;

/// Wait after a connection could not be accepted: the system is out of something.
const BREATHER: Duration = Duration::from_millis(100);

/// What the pages show beside the office.
#[derive(Clone, Default)]
pub struct Pages {
    /// What goes on in the store, where its sensors are heard.
    pub live: Option<Live>,
    /// The simulated store that visitors play in, if it is one.
    pub demo: Option<Demo>,
    /// What looks at the pictures of palm cameras, if there are any.
    pub eye: Option<Eye>,
}

/// Serves the office's API and pages until `shutdown` comes; then answers what is being worked on, and returns.
///
/// # Errors
/// If the listener can't be used.
pub async fn serve(
    office: Office,
    config: Config,
    pages: Pages,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let room = Arc::new(Semaphore::new(config.limits.connections));
    let answer_within = config.limits.answer_within;
    let web = Web::new(office, config, stopping);
    let site = Site::new(web.clone(), pages);
    let router = pages::router(site).fallback_service(api::router(web));
    let graceful = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => talk(stream, Peer(peer.ip()), router.clone(), &graceful, place),
            Err(error) => {
                tracing::warn!(%error, "a connection can't be accepted");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
    drop(listener);
    // Nobody is left to hear it where no request waits for events.
    let _ = stop.send(true);
    let _ = tokio::time::timeout(answer_within, graceful.shutdown()).await;
    Ok(())
}

/// Talks with one client in a task of its own.
fn talk(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    graceful: &GracefulShutdown,
    place: OwnedSemaphorePermit,
) {
    // Answers are small and whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        service.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // A client that breaks off or sends no HTTP concerns nobody else.
        let _ = connection.await;
        drop(place);
    });
}
