//! `saunter palm`

use std::io::{Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use office::code::PassPublicKey;
use palm::DeletionReceipt;

use crate::office_file::OfficeFile;

/// Receipts of deleted palms
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Check a receipt that somebody was given when their palm was deleted
    Verify {
        /// The receipt; - for standard input
        file: PathBuf,
        /// The store's public key, as its page /palm shows it
        #[arg(long, value_name = "KEY")]
        key: PassPublicKey,
    },
    /// Check all receipts that an office gave: none is missing, and none was changed
    Audit {
        /// The office's configuration, TOML
        #[arg(long, value_name = "FILE")]
        office: PathBuf,
        /// The store's public key, as its page /palm shows it
        #[arg(long, value_name = "KEY")]
        key: PassPublicKey,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let told = match &arguments.what {
        What::Verify { file, key } => verify(file, key)?,
        What::Audit { office, key } => audit(office, key)?,
    };
    stdout().write_all(told.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn verify(file: &Path, key: &PassPublicKey) -> Result<String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        stdin().read_to_string(&mut text).context("standard input can't be read")?;
        text
    } else {
        super::read_text(file)?
    };
    let receipt: DeletionReceipt =
        text.parse().with_context(|| format!("{}: is no receipt", file.display()))?;
    receipt.verify(key.verifying()).with_context(|| format!("{}: does not count", file.display()))?;
    Ok(format!(
        "good: {} signed that on {} it destroyed {} template(s) and the key that opened them (receipt {})\n",
        receipt.store,
        receipt.at,
        receipt.destroyed.len(),
        receipt.number
    ))
}

fn audit(file: &Path, key: &PassPublicKey) -> Result<String> {
    let (count, last) = OfficeFile::read(file)?.open_to_look()?.audit_palm_deletions(key)?;
    Ok(format!("good: {count} receipts follow one another; the last has the hash {last}\n"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ed25519_dalek::SigningKey;
    use model::Time;
    use office::code::PassKey;
    use palm::{PersonId, Reason};

    use super::*;

    #[test]
    fn a_receipt_counts_with_the_stores_key_only_and_as_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("receipt.txt");
        let [key, other] = [1, 2].map(|byte| PassKey::from_bytes([byte; 32]).public());
        let signs = SigningKey::from_bytes(&[1; 32]);
        let at = Time::from_nanos(1_800_000_000_000_000_000);
        let receipt =
            DeletionReceipt::sign(&signs, "corner", PersonId(7), vec![], at, Reason::Withdrawn, None);
        let text = receipt.unwrap().to_string();
        fs::write(&file, &text).unwrap();
        let told = verify(&file, &key).unwrap();
        assert!(told.starts_with("good: corner signed that on 2027-01-15"), "{told}");
        assert!(verify(&file, &other).is_err());
        fs::write(&file, text.replace("withdrawn", "unused")).unwrap();
        assert!(verify(&file, &key).is_err());
    }
}
