//! Mails as files: for the demo, and for stores whose mails are fetched by something else.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::{Mail, Outcome};

/// Writes `<message-id>.eml`, wholly or not at all; the same mail again replaces itself.
pub(super) fn write(folder: &Path, mail: &Mail) -> Outcome {
    match put(folder, mail) {
        Ok(()) => Outcome::Sent,
        Err(error) => Outcome::Later(format!("the mail can't be written into {}: {error}", folder.display())),
    }
}

fn put(folder: &Path, mail: &Mail) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(mail.bytes())?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name(mail.message_id()))).map_err(|error| error.error)?;
    // The name lasts only once the folder is written too.
    File::open(folder)?.sync_all()
}

fn name(message_id: &str) -> String {
    let known = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    let plain: String =
        message_id.trim_matches(['<', '>']).chars().map(|c| if known(c) { c } else { '_' }).collect();
    format!("{plain}.eml")
}
