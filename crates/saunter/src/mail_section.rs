//! How receipts are mailed: the section `[mail]` of the office's configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use office::Post;
use receipts::{Credentials, DkimKey, MailAddress, Mailer, Security, Sender, SmtpServer};
use serde::Deserialize;

/// How long handing one mail over may take in all.
const LIMIT: Duration = Duration::from_secs(30);

/// As whom and over what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSection {
    /// The address that mails are from.
    from: String,
    /// The name beside it.
    #[serde(default)]
    name: String,
    /// Where answers go, if elsewhere.
    reply_to: Option<String>,
    /// Into files.
    folder: Option<PathBuf>,
    /// To a mail server.
    smtp: Option<SmtpSection>,
    /// What signs.
    #[serde(default)]
    dkim: Vec<DkimSection>,
}

/// A mail server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpSection {
    host: String,
    port: u16,
    security: SecurityWord,
    user: Option<String>,
    password_file: Option<PathBuf>,
}

/// How the connection is kept from others.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecurityWord {
    Plain,
    StartTls,
    Tls,
}

/// A key that signs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DkimSection {
    selector: String,
    key_file: PathBuf,
}

impl MailSection {
    /// The same, its relative paths beside the configuration.
    pub(crate) fn beside(mut self, folder: &Path) -> Self {
        let password = self.smtp.as_mut().and_then(|smtp| smtp.password_file.as_mut());
        let keys = self.dkim.iter_mut().map(|key| &mut key.key_file);
        self.folder
            .as_mut()
            .into_iter()
            .chain(password)
            .chain(keys)
            .for_each(|path| *path = folder.join(&*path));
        self
    }

    /// What sends. Makes the folder, if mails go into one.
    pub(crate) fn post(self) -> Result<Post> {
        let from = MailAddress::parse(&self.from).with_context(|| format!("from = {:?}", self.from))?;
        let domain = self.from.rsplit('@').next().unwrap_or_default().to_owned();
        let reply_to = self.reply_to.as_deref().map(MailAddress::parse).transpose().context("reply_to")?;
        let dkim = self.dkim.iter().map(|key| key.open(&domain)).collect::<Result<_>>()?;
        let mailer = match (self.folder, self.smtp) {
            (Some(folder), None) => {
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("{}: can't be made", folder.display()))?;
                Mailer::Folder(folder)
            }
            (None, Some(smtp)) => Mailer::Smtp(smtp.server()?),
            _ => bail!("write folder or smtp: where mails go"),
        };
        Ok(Post { sender: Sender { name: self.name, from, reply_to, dkim }, mailer })
    }
}

impl SmtpSection {
    fn server(self) -> Result<SmtpServer> {
        let security = match self.security {
            SecurityWord::Plain => Security::Plain,
            SecurityWord::StartTls => Security::StartTls,
            SecurityWord::Tls => Security::Tls,
        };
        let login = match (self.user, self.password_file) {
            (None, None) => None,
            (Some(user), Some(file)) => {
                Some(Credentials::new(user, crate::commands::read_text(&file)?.trim()))
            }
            _ => return Err(anyhow!("smtp: write user and password_file, or neither")),
        };
        Ok(SmtpServer::new(self.host, self.port, security, login, LIMIT)?)
    }
}

impl DkimSection {
    fn open(&self, domain: &str) -> Result<DkimKey> {
        let pem = crate::commands::read_text(&self.key_file)?;
        DkimKey::from_pem(domain, &self.selector, &pem)
            .with_context(|| format!("{}", self.key_file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(text: &str) -> Result<Post> {
        let folder = tempfile::tempdir()?;
        toml::from_str::<MailSection>(text)?.beside(folder.path()).post()
    }

    #[test]
    fn mail_goes_into_a_folder_or_to_a_server() {
        assert!(matches!(
            post("from = \"a@b.example\"\nfolder = \"mails\"").unwrap().mailer,
            Mailer::Folder(_)
        ));
        let smtp = "from = \"a@b.example\"\nsmtp = { host = \"localhost\", port = 25, security = \"plain\" }";
        assert!(matches!(post(smtp).unwrap().mailer, Mailer::Smtp(_)));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, expected) in [
            ("from = \"nobody\"\nfolder = \"mails\"", "nobody"),
            ("from = \"a@b.example\"", "write folder or smtp"),
            (
                "from = \"a@b.example\"\nsmtp = { host = \"far.example\", port = 25, security = \"plain\" }",
                "far.example",
            ),
        ] {
            let error = post(text).map(drop).unwrap_err();
            assert!(format!("{error:#}").contains(expected), "{error:#}");
        }
    }
}
