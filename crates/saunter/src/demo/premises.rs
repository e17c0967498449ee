//! The demo's office: tables, a bank that is simulated, and a folder that mails are put into.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use model::{Store, Time};
use office::code::PassKey;
use office::{Actor, Clock, Office, PalmKeys, Password, Policy, Post, Role, Storage, TripKey};
use palm::fuse::ScoreModel;
use payments::SimulatedProcessor;
use payments::acquirer::Acquirer;
use pricing::{PriceBasis, PricePolicy, Rounding, TaxPer, TaxRate};
use receipts::{MailAddress, Mailer, Sender};

use super::Folder;

/// The names of the keys in the folder: for passes, and for palms.
const PASS_KEY: &str = "pass.key";
const PALM_KEYS: [&str; 2] = ["palm-secret.key", "palm-keeper.key"];
/// Millionths: the reduced rate of German value added tax, under which most food falls (UStG § 12).
const TAX: TaxRate = TaxRate(70_000);

/// The demo's office and what belongs to it.
pub(crate) struct Premises {
    /// The office.
    pub(crate) office: Office,
    /// Who moves the money, which only seems to move.
    pub(crate) bank: SimulatedProcessor,
    /// Where mails go: one file each.
    pub(crate) mails: PathBuf,
}

impl Premises {
    /// Opens an office in a folder.
    ///
    /// # Errors
    /// If it can't be written.
    pub(crate) fn open(folder: &Folder, store: &Store, url: &str, clock: &Clock) -> Result<Self> {
        let mails = folder.mails();
        std::fs::create_dir_all(&mails).with_context(|| format!("{}: can't be made", mails.display()))?;
        let bank = SimulatedProcessor::new(Acquirer::new(), Arc::clone(clock));
        let sender = Sender {
            name: store.name().to_owned(),
            from: MailAddress::parse("receipts@shop.example")?,
            reply_to: None,
            dkim: Vec::new(),
        };
        let [palm_secret, palm_keeper] = PALM_KEYS.map(|name| folder.path().join(name));
        let office = Office::new(
            Storage::open(&folder.tables().display().to_string())?,
            policy(store, url),
            Arc::new(bank.clone()),
        )?
        .with_pass_key(PassKey::open(&folder.path().join(PASS_KEY))?)
        .with_palms(PalmKeys::open(&palm_secret, &palm_keeper)?, ScoreModel::READER)?
        .with_post(Post { sender, mailer: Mailer::Folder(mails.clone()) });
        office.upload_store("demo", store, TAX, Time::from_nanos(0))?;
        hire(&office, clock())?;
        Ok(Self { office, bank, mails })
    }
}

/// Somebody for each role. Whoever looks at a demo's console signs in as one of them by a button; the passwords are
/// nobody's.
fn hire(office: &Office, now: Time) -> Result<()> {
    for role in Role::ALL {
        let password = Password::new(TripKey::new(now).to_string());
        office.add_staff(role.as_str(), &password, role, Actor::System("demo".to_owned()), now)?;
    }
    Ok(())
}

/// The store's rules.
fn policy(store: &Store, url: &str) -> Policy {
    let price = PricePolicy {
        currency: store.currency(),
        basis: PriceBasis::TaxIncluded,
        tax_per: TaxPer::Line,
        rounding: Rounding::HalfUp,
    };
    Policy {
        name: store.name().to_owned(),
        address: vec!["Main Street 1".to_owned(), "10115 Berlin".to_owned()],
        tax_number: Some("DE123456789".to_owned()),
        url: url.to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        ..Policy::example("demo", price)
    }
}
