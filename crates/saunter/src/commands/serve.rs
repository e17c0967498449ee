//! `saunter serve`

use std::io::{Write, stderr};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use office::{Clock, Complain, Office, SweepReport, Worker};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::{Config, Limits, Pages};

use crate::office_file::{OfficeFile, now};

/// Threads that ask the payment processor and send mail.
const ERRANDS: usize = 4;

/// How often what the store's rules keep no longer is dropped.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Serve the office: the API for gates and tills, money and receipts
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The office's configuration, TOML; examples/office.toml explains it
    #[arg(long, value_name = "FILE")]
    office: PathBuf,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    super::log();
    let file = OfficeFile::read(&arguments.office)?;
    let (simulated, mails) = (file.is_simulated(), file.sends_mail());
    let clock: Clock = Arc::new(now);
    let (office, keys, webhook_secrets) = file.open(&clock)?;
    let complain: Complain = Arc::new(|errand, error| {
        tracing::error!(trip = %errand.trip, entry = errand.sequence, %error, "an errand failed and is tried again");
    });
    let worker = Worker::start(office.clone(), Arc::clone(&clock), ERRANDS, complain)
        .context("no threads for the office's errands")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await;
        let listener = listener
            .with_context(|| format!("can't listen on {}: give another --listen", arguments.listen))?;
        greet(listener.local_addr()?, keys.len(), simulated, mails);
        tokio::spawn(sweep(office.clone(), Arc::clone(&clock)));
        let config = Config { keys, webhook_secrets, clock, limits: Limits::default() };
        let stop = until_stopped()?;
        web::serve(office, config, Pages::default(), listener, stop).await.context("the API can't be served")
    })?;
    drop(worker);
    // Where standard error is gone too, nobody is left to tell.
    let _ = writeln!(stderr(), "saunter: stopped");
    Ok(ExitCode::SUCCESS)
}

/// Drops what the store's rules keep no longer, now and then every hour, as long as the runtime runs.
async fn sweep(office: Office, clock: Clock) {
    let mut hours = tokio::time::interval(SWEEP_EVERY);
    loop {
        hours.tick().await;
        let (office, now) = (office.clone(), clock());
        match tokio::task::spawn_blocking(move || office.sweep(now)).await {
            Ok(Ok(report)) => tell(report),
            Ok(Err(error)) => {
                tracing::error!(%error, "what is to be forgotten can't be dropped; tried again in an hour");
            }
            Err(error) => {
                tracing::error!(%error, "dropping what is to be forgotten broke off; tried again in an hour");
            }
        }
    }
}

/// Logs how much a sweep dropped: counts, of nobody in particular.
fn tell(report: SweepReport) {
    let SweepReport { used_codes, mail_proofs, misses, removed_devices, evidence, .. } = report;
    let SweepReport { dispute_texts, people, deferred, palms, .. } = report;
    tracing::info!(
        used_codes,
        mail_proofs,
        misses,
        removed_devices,
        evidence,
        dispute_texts,
        people,
        deferred,
        palms,
        "dropped what is kept no longer"
    );
}

/// Says where it is.
fn greet(address: SocketAddr, keys: usize, simulated: bool, mails: bool) {
    let mut text = format!(
        "saunter: serving http://{address}/api/v1 to {keys} API keys; the guide is at /api/v1/docs\n"
    );
    if keys == 0 {
        text += "saunter: nobody can use it: add [[api.keys]] to the configuration\n";
    }
    if !mails {
        text += "saunter: no receipt is mailed: add [mail] to the configuration\n";
    }
    if simulated {
        text +=
            "saunter: payments are simulated: no money moves, and what was held is forgotten at the end\n";
    }
    let _ = stderr().write_all(text.as_bytes());
}

/// Waits until somebody wants it to end: ctrl-c, or SIGTERM by a supervisor.
pub(super) fn until_stopped() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
