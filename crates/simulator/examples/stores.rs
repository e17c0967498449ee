//! Writes the store files in `examples/stores/`, except `corner.toml`, which is written by hand.
//!
//! Run `cargo run -p simulator --example stores`; the same files come out, byte for byte.

use std::fs;
use std::path::Path;

use anyhow::Context;
use model::{Store, StoreFile};
use simulator::stores;

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/stores");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    write(&folder.join("nanostore-like.toml"), &stores::nanostore_like())?;
    write(&folder.join("corner-shop.toml"), &stores::corner_shop())?;
    write(&folder.join("stadium.toml"), &stores::stadium())?;
    write(&folder.join("grocery.toml"), &stores::grocery())
}

fn write(path: &Path, file: &StoreFile) -> anyhow::Result<()> {
    let text = format!(
        "# A made-up store: written by `cargo run -p simulator --example stores`.\n\n{}",
        toml::to_string(file)?
    );
    Store::from_toml(&text).with_context(|| format!("checking {}", path.display()))?;
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
