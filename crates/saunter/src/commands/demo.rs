//! `saunter demo`

use std::io::{Write, stderr};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use model::{Store, StoreFile, Time};
use office::Clock;
use simulator::stores;
use tokio::net::TcpListener;
use web::{Config, Limits};

use super::serve::until_stopped;
use crate::demo::{Demo, Folder, Premises, Removed, remove_earlier, show};
use crate::office_file::now;

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const SHOPPERS: usize = 3;
const SEED: u64 = 1;

/// Open a simulated store with all that belongs to it, and walk in yourself
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where its data goes, a new or an empty folder; if not given, a new one among the temporary files, and
    /// those of earlier demos there are removed
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value_t = LISTEN)]
    listen: SocketAddr,
    /// Which store
    #[arg(long, value_enum, default_value_t)]
    store: Shop,
    /// How many shoppers are inside who come by themselves
    #[arg(long, value_name = "NUMBER", default_value_t = SHOPPERS)]
    shoppers: usize,
    /// What chance begins with: the same shoppers come for the same seed
    #[arg(long, value_name = "NUMBER", default_value_t = SEED)]
    seed: u64,
    /// Let the screen of the palm kiosk stay as it is; else it grows bright and dim while a hand is held to the camera, which tells a
    /// hand from a film
    #[arg(long)]
    still_screen: bool,
}

/// The stores that can be opened.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Shop {
    /// A corner shop: 8 gondolas, 600 plates, 400 products
    #[default]
    Corner,
    /// One of the size of the recorded nanostore: 5 gondolas, 280 plates, 108 products
    Nano,
    /// A stand in a stadium: 5 gondolas, 200 wide plates, 24 products
    Stadium,
}

impl Default for Arguments {
    fn default() -> Self {
        let (store, still_screen) = (Shop::default(), false);
        Self { folder: None, listen: LISTEN, store, shoppers: SHOPPERS, seed: SEED, still_screen }
    }
}

impl Shop {
    fn file(self) -> StoreFile {
        match self {
            Self::Corner => stores::corner_shop(),
            Self::Nano => stores::nanostore_like(),
            Self::Stadium => stores::stadium(),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    super::log();
    let store = Arc::new(Store::new(arguments.store.file())?);
    let clock: Clock = Arc::new(now);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // First, so that nothing is made where the port is taken.
    let listener = runtime
        .block_on(TcpListener::bind(arguments.listen))
        .with_context(|| format!("can't listen on {}: give another --listen", arguments.listen))?;
    let url = address(listener.local_addr()?);
    let (folder, removed) = data_folder(arguments.folder.as_deref(), now())?;
    let premises = Premises::open(&folder, &store, &url, &clock)?;
    let (pages, observer, wishes) =
        show(Arc::clone(&store), premises.mails.clone(), !arguments.still_screen)?;
    let demo = Demo::start(&premises, store, arguments.shoppers, arguments.seed, &clock, observer)?;
    wishes.grant(demo.commands()).context("no thread for visitors' wishes")?;
    greet(&url, &folder, removed);
    runtime.block_on(async {
        let config =
            Config { keys: Vec::new(), webhook_secrets: Vec::new(), clock, limits: Limits::default() };
        let stop = until_stopped()?;
        web::serve(premises.office.clone(), config, pages, listener, stop).await.context("it can't be served")
    })?;
    drop(demo);
    // Where standard error is gone too, nobody is left to tell.
    let _ = writeln!(stderr(), "saunter: the store is closed");
    Ok(ExitCode::SUCCESS)
}

/// The folder for its data, and what was removed of earlier demos where it is one among the temporary files.
fn data_folder(given: Option<&Path>, now: Time) -> Result<(Folder, Removed)> {
    if let Some(given) = given {
        return Ok((Folder::take(given.to_owned())?, Removed::default()));
    }
    let temporary = std::env::temp_dir();
    let removed = remove_earlier(&temporary, now);
    Ok((Folder::among(&temporary, now)?, removed))
}

/// Where its pages are; `localhost` where only this machine gets to them, because browsers bind no passkey to an IP
/// address.
fn address(listens: SocketAddr) -> String {
    if [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].contains(&listens.ip()) {
        format!("http://localhost:{}", listens.port())
    } else {
        format!("http://{listens}")
    }
}

/// Says where it is, and what becomes of its data.
fn greet(url: &str, folder: &Folder, removed: Removed) {
    let text = format!(
        "saunter: the store is open: {url}\n\
         saunter: {}\n",
        told(&folder.path().display().to_string(), removed)
    );
    let _ = stderr().write_all(text.as_bytes());
}

/// Where the data is, and what was removed, in one line.
fn told(folder: &str, removed: Removed) -> String {
    let Removed { folders, bytes } = removed;
    let mut text = format!("no money moves; its data is in {folder}, for this one time, mails in mails/");
    if folders > 0 {
        let plural = if folders == 1 { "" } else { "s" };
        let size = bytes as f64 / 1e6;
        text.push_str(&format!("; {folders} folder{plural} of earlier demos removed, {size:.1} MB"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_where_the_data_is_and_what_was_removed() {
        let none = told("/tmp/saunter-demo-1000-17", Removed::default());
        assert_eq!(
            none,
            "no money moves; its data is in /tmp/saunter-demo-1000-17, for this one time, mails in mails/"
        );
        let two = told("here", Removed { folders: 2, bytes: 14_230_000 });
        assert!(two.ends_with("; 2 folders of earlier demos removed, 14.2 MB"), "{two}");
    }
}
