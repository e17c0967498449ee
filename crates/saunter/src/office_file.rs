//! The office's configuration: a TOML file with the store's rules, and how it is reached.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use model::Time;
use office::code::PassKey;
use office::{Clock, Office, PalmKeys, Policy, Storage};
use palm::fuse::ScoreModel;
use payments::acquirer::Acquirer;
use payments::stripe::StripeConfig;
use payments::{PaymentProcessor, Secret, SimulatedProcessor, StripeProcessor};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use web::ApiKey;

use crate::mail_section::MailSection;

/// What stands in the file beside the store's rules.
pub(crate) struct OfficeFile {
    /// The store's rules.
    policy: Policy,
    database: DatabaseSection,
    payments: PaymentsSection,
    mail: Option<MailSection>,
    /// The file of the key that signs phones' passes.
    pass_key: PathBuf,
    palm_keys: PalmKeysSection,
    api: ApiSection,
}

/// Where the tables are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseSection {
    /// An SQLite file (beside the configuration, if relative), or `postgres://…`.
    path: String,
}

/// Who moves the money.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "kind")]
enum PaymentsSection {
    /// Nobody: an acquirer in this process, for trying things out.
    Simulated {},
    /// Stripe.
    Stripe {
        key_file: Option<PathBuf>,
        key_env: Option<String>,
        webhook_secret_file: Option<PathBuf>,
        webhook_secret_env: Option<String>,
    },
}

/// The codes that phones show.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodesSection {
    /// The office's key; made at the first start.
    key_file: PathBuf,
}

impl Default for CodesSection {
    fn default() -> Self {
        Self { key_file: PathBuf::from("pass.key") }
    }
}

/// The keys for palms, each made at the first start. Best on another disk than the tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PalmKeysSection {
    /// Gives the turns that protect templates.
    secret_file: PathBuf,
    /// Opens people's keys.
    keeper_file: PathBuf,
}

impl Default for PalmKeysSection {
    fn default() -> Self {
        Self { secret_file: PathBuf::from("palm-secret.key"), keeper_file: PathBuf::from("palm-keeper.key") }
    }
}

/// Who may use the API.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiSection {
    #[serde(default)]
    keys: Vec<ApiKey>,
}

impl OfficeFile {
    /// Reads the file.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = crate::commands::read_text(file)?;
        Self::parse(&text, file.parent().unwrap_or(Path::new("")))
            .with_context(|| format!("{}: the office's configuration is wrong", file.display()))
    }

    /// Takes the sections out; what is left are the store's rules.
    fn parse(text: &str, folder: &Path) -> Result<Self> {
        let mut table: toml::Table = text.parse()?;
        let mut database: DatabaseSection = section(&mut table, "database")?
            .ok_or_else(|| anyhow!("[database] is missing: write path = \"office.db\" into it"))?;
        if !database.path.contains("://") {
            database.path = folder.join(&database.path).display().to_string();
        }
        let mut payments: PaymentsSection = section(&mut table, "payments")?.ok_or_else(|| {
            anyhow!("[payments] is missing: write kind = \"simulated\" or \"stripe\" into it")
        })?;
        if let PaymentsSection::Stripe { key_file, webhook_secret_file, .. } = &mut payments {
            for file in [key_file, webhook_secret_file].into_iter().flatten() {
                *file = folder.join(&*file);
            }
        }
        let mail = section::<MailSection>(&mut table, "mail")?.map(|mail| mail.beside(folder));
        let codes: CodesSection = section(&mut table, "codes")?.unwrap_or_default();
        let pass_key = folder.join(codes.key_file);
        let palm_keys: PalmKeysSection = section(&mut table, "palm_keys")?.unwrap_or_default();
        let palm_keys = PalmKeysSection {
            secret_file: folder.join(palm_keys.secret_file),
            keeper_file: folder.join(palm_keys.keeper_file),
        };
        let api: ApiSection = section(&mut table, "api")?.unwrap_or_default();
        check_names(&api.keys)?;
        let policy = table.try_into().context("the store's rules")?;
        Ok(Self { policy, database, payments, mail, pass_key, palm_keys, api })
    }

    /// Opens the office over its tables.
    pub(crate) fn open(self, clock: &Clock) -> Result<(Office, Vec<ApiKey>, Vec<Secret>)> {
        let storage = Storage::open(&self.database.path)?;
        let (processor, webhook_secrets) = self.payments.processor(clock)?;
        let palm_keys = PalmKeys::open(&self.palm_keys.secret_file, &self.palm_keys.keeper_file)?;
        let office = Office::new(storage, self.policy, processor)?
            .with_pass_key(PassKey::open(&self.pass_key)?)
            .with_palms(palm_keys, ScoreModel::READER)?;
        let office = match self.mail {
            Some(mail) => office.with_post(mail.post().context("[mail]")?),
            None => office,
        };
        Ok((office, self.api.keys, webhook_secrets))
    }

    /// Opens the office to look at its tables: no secret is needed, and no money moves.
    pub(crate) fn open_to_look(self) -> Result<Office> {
        let storage = Storage::open(&self.database.path)?;
        let clock: Clock = Arc::new(now);
        Ok(Office::new(storage, self.policy, Arc::new(SimulatedProcessor::new(Acquirer::new(), clock)))?)
    }

    /// Whether paper is sent.
    pub(crate) fn sends_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Whether money only seems to move.
    pub(crate) fn is_simulated(&self) -> bool {
        matches!(self.payments, PaymentsSection::Simulated {})
    }
}

/// This machine's clock.
pub(crate) fn now() -> Time {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    Time::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// A section by its name, if it is there.
fn section<T: DeserializeOwned>(table: &mut toml::Table, name: &str) -> Result<Option<T>> {
    let section = table.remove(name).map(toml::Value::try_into).transpose();
    section.with_context(|| format!("[{name}]"))
}

/// Keys are told apart by their names.
fn check_names(keys: &[ApiKey]) -> Result<()> {
    for (place, key) in keys.iter().enumerate() {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if key.name.is_empty() || key.name.len() > 64 || !key.name.chars().all(plain) {
            bail!("[[api.keys]] {:?}: a key's name has 1 to 64 letters, digits, - _ .", key.name);
        }
        if keys.iter().take(place).any(|other| other.name == key.name) {
            bail!("[[api.keys]] {:?} stands there twice: give each key a name of its own", key.name);
        }
    }
    Ok(())
}

impl PaymentsSection {
    /// The processor, and what signs its webhooks.
    fn processor(self, clock: &Clock) -> Result<(Arc<dyn PaymentProcessor>, Vec<Secret>)> {
        match self {
            Self::Simulated {} => {
                Ok((Arc::new(SimulatedProcessor::new(Acquirer::new(), Arc::clone(clock))), Vec::new()))
            }
            Self::Stripe { key_file, key_env, webhook_secret_file, webhook_secret_env } => {
                let key = secret("key", key_file, key_env)?
                    .ok_or_else(|| anyhow!("[payments]: write key_file or key_env: where Stripe's key is"))?;
                let webhook = secret("webhook_secret", webhook_secret_file, webhook_secret_env)?;
                let processor = StripeProcessor::new(&StripeConfig::new(key))?;
                Ok((Arc::new(processor), webhook.into_iter().collect()))
            }
        }
    }
}

/// A secret from a file or the environment, never from the configuration itself.
fn secret(name: &str, file: Option<PathBuf>, variable: Option<String>) -> Result<Option<Secret>> {
    let text = match (file, variable) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => bail!("[payments]: write {name}_file or {name}_env, not both"),
        (Some(file), None) => crate::commands::read_text(&file)?,
        (None, Some(variable)) => std::env::var(&variable)
            .map_err(|_| anyhow!("[payments]: {name}_env names {variable}, which is not set"))?,
    };
    match text.trim() {
        "" => bail!("[payments]: the {name} is empty"),
        text => Ok(Some(Secret::new(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../examples/office.toml");

    fn told(text: &str) -> String {
        let error = OfficeFile::parse(text, Path::new("folder")).map(drop).unwrap_err();
        error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }

    #[test]
    fn the_example_is_right() {
        let file = OfficeFile::parse(EXAMPLE, Path::new("folder")).unwrap();
        assert!(file.is_simulated() && file.api.keys.len() == 2);
        assert_eq!(file.database.path, "folder/office.db");
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (from, to, expected) in [
            ("hold_minor", "hold_mirror", "hold_mirror"),
            ("[database]", "[databases]", "[database] is missing"),
            ("\"simulated\"", "\"cash\"", "cash"),
            ("\"gate\"", "\"gates\"", "gates"),
            ("name = \"till\"", "name = \"gate-1\"", "twice"),
            ("sha256 = \"", "sha256 = \"0", "64 hexadecimal digits"),
        ] {
            let told = told(&EXAMPLE.replace(from, to));
            assert!(told.contains(expected), "{from}: {told}");
        }
    }
}
