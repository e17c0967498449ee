//! The store's keys for palms, in files of their own.

use std::path::Path;

use palm::{KeyError, KeyKeeper, SecretKey};

use crate::key_file::open_or_make;

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
    pub fn open(secret: &Path, keeper: &Path) -> Result<Self, KeyError> {
        Ok(Self { secret: open_or_make(secret)?, keeper: KeyKeeper::new(open_or_make(keeper)?) })
    }
}
