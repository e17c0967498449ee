//! The simulated acquirer as a process of its own:
//! `cargo run -p payments --example acquirer -- 127.0.0.1:12111 [file to keep] [webhook URL]`.
//!
//! The key is `sk_test_acquirer`, the webhooks' secret `whsec_acquirer`.

#![allow(clippy::print_stdout, reason = "it says where it listens")]

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use model::Time;
use payments::acquirer::{Acquirer, AcquirerServer, Delivery, ServerOptions, WebhookTarget};
use payments::{Secret, SimulatedProcessor};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:12111".to_owned());
    let keep = args.next().map(Into::into);
    let webhook = args.next().map(|url| WebhookTarget {
        url,
        secret: Secret::new("whsec_acquirer"),
        delivery: Delivery::Disordered,
    });
    let clock = Arc::new(|| {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_nanos(i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX))
    });
    let processor = SimulatedProcessor::new(Acquirer::new(), clock);
    let secret = Secret::new("sk_test_acquirer");
    let server = AcquirerServer::start(&address, secret, processor, ServerOptions { webhook, keep })?;
    println!("listening at {}", server.url());
    loop {
        std::thread::park();
    }
}
