//! The folder that a demo keeps its data in. The simulated bank forgets at the end, so a folder serves one demo only;
//! those among the temporary files are removed when a later demo makes one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use model::Time;

/// Names in the folder.
const TABLES: &str = "office.db";
const MAILS: &str = "mails";
/// Locked for as long as the demo runs. It tells a demo's folder from any other, too.
const LOCK: &str = "demo.lock";
/// What our folders among the temporary files begin with; the second when it was made and the process follow.
const NAME: &str = "saunter-demo";
/// A folder this young may be one that its demo has not locked yet, seconds.
const YOUNG_S: i64 = 60;

/// A folder that no demo has used before; nobody else uses it while this lives.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// What was removed of earlier demos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Removed {
    /// Folders.
    pub(crate) folders: usize,
    /// Their files' sizes together.
    pub(crate) bytes: u64,
}

impl Folder {
    /// Takes a folder, which need not be there yet.
    ///
    /// # Errors
    /// If it has anybody else's files or an earlier demo's data, a demo uses it at this moment, or it can't be written.
    pub(crate) fn take(path: PathBuf) -> Result<Self> {
        fs::create_dir_all(&path).with_context(|| format!("{}: can't be made", path.display()))?;
        let (shown, has_office) = (path.display(), path.join(TABLES).exists());
        let unread = || format!("{shown}: can't be read");
        if !path.join(LOCK).exists() && fs::read_dir(&path).with_context(unread)?.next().is_some() {
            bail!("{shown} has other files than a demo's: give a new or an empty --folder, or none");
        }
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.with_context(|| format!("{shown}: can't be written"))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                bail!("{shown} is used by a demo that runs now: give another --folder, or none")
            }
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{shown}: can't be locked"))
            }
            Ok(()) if has_office => bail!(
                "{shown} has the data of an earlier demo, which can't go on: its bank forgot all money when it \
                 ended. Give another --folder, or none, or remove this one first: rm -r '{shown}'"
            ),
            Ok(()) => Ok(Self { path, _lock: lock }),
        }
    }

    /// Makes a folder of our own name among others.
    ///
    /// # Errors
    /// As [`Folder::take`].
    pub(crate) fn among(temporary: &Path, now: Time) -> Result<Self> {
        Self::take(temporary.join(format!("{NAME}-{}-{}", second(now), std::process::id())))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the office's tables are.
    pub(super) fn tables(&self) -> PathBuf {
        self.path.join(TABLES)
    }

    /// Where mails go: one file each.
    pub(super) fn mails(&self) -> PathBuf {
        self.path.join(MAILS)
    }
}

/// Removes what earlier demos left among the temporary files: folders of our own name that have a demo's lock, which
/// nobody holds. What can't be removed is told in the log and left.
pub(crate) fn remove_earlier(temporary: &Path, now: Time) -> Removed {
    let mut removed = Removed::default();
    let Ok(entries) = fs::read_dir(temporary) else { return removed };
    for path in entries.flatten().filter(|entry| is_earlier(entry, now)).map(|entry| entry.path()) {
        let Some(lock) = unused(&path) else { continue };
        let bytes = size(&path).unwrap_or(0);
        match fs::remove_dir_all(&path) {
            Ok(()) => removed = Removed { folders: removed.folders + 1, bytes: removed.bytes + bytes },
            Err(error) => {
                tracing::warn!(folder = %path.display(), %error, "an earlier demo's data can't be removed");
            }
        }
        drop(lock);
    }
    removed
}

/// Whether it is a folder, not a link to one, that a demo named, and long enough ago.
fn is_earlier(entry: &fs::DirEntry, now: Time) -> bool {
    let name = entry.file_name();
    let made = name.to_str().and_then(|name| {
        let (made, process) = name.strip_prefix(NAME)?.strip_prefix('-')?.split_once('-')?;
        let _: u32 = process.parse().ok()?;
        made.parse::<i64>().ok()
    });
    entry.file_type().is_ok_and(|kind| kind.is_dir())
        && made.is_some_and(|made| made.checked_add(YOUNG_S).is_some_and(|old| old <= second(now)))
}

/// The lock of a demo's folder, if there is one that no process holds.
fn unused(folder: &Path) -> Option<File> {
    let lock = OpenOptions::new().write(true).open(folder.join(LOCK)).ok()?;
    lock.try_lock().ok().map(|()| lock)
}

/// The size of all files in a folder, bytes.
fn size(folder: &Path) -> io::Result<u64> {
    fs::read_dir(folder)?.try_fold(0, |bytes, entry| {
        let entry = entry?;
        let more = if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
        Ok(bytes + more)
    })
}

fn second(time: Time) -> i64 {
    time.nanos() / 1_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_nanos(second * 1_000_000_000)
    }

    fn refusal(path: &Path) -> String {
        Folder::take(path.to_owned()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_earlier_demos_left_is_removed_and_nothing_else() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = |name: &str| temporary.path().join(name);
        let left = Folder::take(folder("saunter-demo-1000-17")).unwrap();
        fs::create_dir(left.mails()).unwrap();
        fs::write(left.mails().join("a.eml"), "seven b").unwrap();
        fs::write(left.tables(), "three").unwrap();
        drop(left);
        let used = Folder::take(folder("saunter-demo-1000-18")).unwrap();
        let young = folder("saunter-demo-1960-19");
        drop(Folder::take(young.clone()).unwrap());
        let others = ["saunter-demo", "saunter-demo-mine-20", "saunter-demo-1000-20-x", "demo-1000-20"];
        others.iter().for_each(|name| drop(Folder::take(folder(name)).unwrap()));
        let unlocked = folder("saunter-demo-1000-21");
        fs::create_dir(&unlocked).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder("demo-1000-20"), folder("saunter-demo-1000-22")).unwrap();

        assert_eq!(remove_earlier(temporary.path(), at(2000)), Removed { folders: 1, bytes: 12 });
        assert!(!folder("saunter-demo-1000-17").exists());
        assert!(used.path().exists() && young.exists() && unlocked.exists());
        assert!(others.iter().all(|name| folder(name).join(LOCK).exists()));
        drop(used);
        assert_eq!(remove_earlier(temporary.path(), at(2100)), Removed { folders: 2, bytes: 0 });
        assert_eq!(remove_earlier(&folder("nowhere"), at(2100)), Removed::default());
    }

    #[test]
    fn a_folder_that_can_not_be_used_says_what_to_do() {
        let temporary = tempfile::tempdir().unwrap();
        let first = Folder::among(temporary.path(), at(1000)).unwrap();
        let path = first.path().to_owned();
        assert!(refusal(&path).contains("a demo that runs now: give another --folder"));
        fs::write(first.tables(), "").unwrap();
        drop(first);
        let earlier = refusal(&path);
        assert!(earlier.contains("an earlier demo") && earlier.contains("rm -r '"), "{earlier}");
        let real = temporary.path().join("real");
        fs::create_dir(&real).unwrap();
        fs::write(real.join(TABLES), "").unwrap();
        let refused = refusal(&real);
        assert!(
            refused.contains("other files") && !refused.contains("rm"),
            "nobody is told to remove a store's: {refused}"
        );
        assert!(!real.join(LOCK).exists());
    }
}
