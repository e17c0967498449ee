//! Bodies that nobody read to their end. A server that answers and closes while its client still sends makes the
//! client lose the answer, so what is left of a body is read and thrown away before the answer goes out.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;

use crate::config::Limits;

/// A body that gives itself back when it is dropped before its end.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

/// What is left of a lent body, once it was dropped.
pub(crate) struct Rest(oneshot::Receiver<Body>);

/// Lends a body out.
pub(crate) fn lend(body: Body) -> (Body, Rest) {
    let (back, rest) = oneshot::channel();
    (Body::new(Lent { body, back: Some(back) }), Rest(rest))
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(back) = self.back.take().filter(|_| !self.body.is_end_stream()) {
            // Nobody may be left to read it.
            drop(back.send(std::mem::take(&mut self.body)));
        }
    }
}

impl Rest {
    /// Reads what is left, as much and as long as bodies may be; whether that was all of it.
    pub(crate) async fn read(self, limits: Limits) -> bool {
        let Ok(mut body) = self.0.await else { return true };
        let read = async {
            let mut left = limits.body_bytes;
            while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
                let Ok(frame) = frame else { return false };
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                let Some(fewer) = left.checked_sub(bytes) else { return false };
                left = fewer;
            }
            true
        };
        tokio::time::timeout(limits.body_within, read).await.unwrap_or(false)
    }
}
