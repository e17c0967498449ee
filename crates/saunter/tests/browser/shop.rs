//! A demo in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A store that is open.
pub(crate) struct Shop {
    child: Child,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Shop {
    /// Opens a store with so many shoppers who come by themselves, and what else is to be said.
    pub(crate) fn open(shoppers: u32, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_saunter"))
            .args(["demo", "--listen", "127.0.0.1:0", "--shoppers", &shoppers.to_string(), "--folder"])
            .arg(folder.path().join("data"))
            .args(more)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let url = lines
            .find_map(|line| {
                line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned)
            })
            .expect("the demo says where it is");
        // Nobody reads on; what it writes must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url, _folder: folder }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
