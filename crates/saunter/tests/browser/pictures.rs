//! Pictures of the pages, to look at.

use std::path::{Path, PathBuf};

use crate::browser::{Browser, before_shop};

#[test]
fn pictures() {
    let Some(folder) = std::env::var_os("SAUNTER_PICTURES").map(PathBuf::from) else {
        eprintln!("passed over: SAUNTER_PICTURES names no folder");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    before_shop(8, async |browser| {
        browser.visit_and_sign_in().await;
        for (name, path, element) in browser.all_pages().await {
            browser.open(&path).await;
            browser.find(element).await;
            if name == "demo" {
                browser
                    .until("things happen", "document.querySelectorAll('#happened li.took').length > 4")
                    .await;
            }
            browser.keep(&folder, name).await;
        }
    });
}

impl Browser {
    /// Takes pictures of the page as it stands there, on a desk and on a phone.
    async fn keep(&self, folder: &Path, name: &str) {
        for (size, width, height) in [("wide", 1500, 1100), ("phone", 500, 1000)] {
            let picture = self.picture(width, height).await;
            std::fs::write(folder.join(format!("{name}-{size}.png")), picture).unwrap();
        }
    }
}
