//! Files with the office's keys: each is made at first use, for its owner's eyes only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use palm::{KeyError, SecretKey};

/// The key in a file; made at first use.
///
/// # Errors
/// If the file can't be read or made, holds something else, or can be read by others.
pub(crate) fn open_or_make(path: &Path) -> Result<SecretKey, KeyError> {
    if !path.exists() {
        make(path, &SecretKey::fresh()?.to_text())?;
    }
    SecretKey::open(path)
}

/// Writes a key into a file of its own that is whole once it has its name. If another process was faster, its key
/// counts.
fn make(path: &Path, text: &str) -> Result<(), KeyError> {
    let mut mark = [0; 8];
    getrandom::fill(&mut mark).map_err(|error| KeyError::Random(error.to_string()))?;
    let draft = path.with_extension(format!("{:016x}", u64::from_be_bytes(mark)));
    let named = write_for_owner(&draft, text).and_then(|()| fs::hard_link(&draft, path));
    // The draft is the same file as the key; without it nothing is lost.
    drop(fs::remove_file(&draft));
    match named {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(KeyError::File { path: path.to_owned(), why: error.to_string() })
        }
        _ => Ok(()),
    }
}

/// Writes a new file that only its owner can read, and makes sure it is on the disk.
fn write_for_owner(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
