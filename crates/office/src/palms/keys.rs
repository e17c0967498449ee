//! The store's keys for palms, in files of their own.

use std::path::Path;

use palm::{KeyKeeper, SecretKey};

use crate::code::make_key_file;
use crate::error::OfficeError;

/// The store's keys for palms. Whoever loses one loses all palms; whoever has both and the tables has the templates. So
/// the two stand in files of their own, best on another disk than the tables, and in no backup of these.
#[derive(Debug)]
pub struct PalmKeys {
    /// Gives the turns that protect templates.
    pub secret: SecretKey,
    /// Opens people's keys.
    pub keeper: KeyKeeper,
}

impl PalmKeys {
    /// The keys in two files; each is made at first use, for its owner's eyes only.
    ///
    /// # Errors
    /// If a file can't be read or made, holds something else, or can be read by others.
    pub fn open(secret: &Path, keeper: &Path) -> Result<Self, OfficeError> {
        Ok(Self { secret: open_or_make(secret)?, keeper: KeyKeeper::new(open_or_make(keeper)?) })
    }
}

fn open_or_make(path: &Path) -> Result<SecretKey, OfficeError> {
    if !path.exists() {
        make_key_file(path, &SecretKey::fresh()?.to_text())?;
    }
    Ok(SecretKey::open(path)?)
}
