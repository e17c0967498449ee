//! Pictures of the pages, to look at.

use std::path::{Path, PathBuf};

use crate::browser::{Browser, before_shop};
use crate::pages::PAGES;

#[test]
fn pictures() {
    let Some(folder) = std::env::var_os("SAUNTER_PICTURES").map(PathBuf::from) else {
        eprintln!("passed over: SAUNTER_PICTURES names no folder");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    before_shop(8, async |browser| {
        browser.visit_and_sign_in().await;
        for (name, path, element) in PAGES {
            browser.open(path).await;
            browser.find(element).await;
            if *name == "demo" {
                browser
                    .until("things happen", "document.querySelectorAll('#happened li.took').length > 4")
                    .await;
            }
            browser.keep(&folder, name).await;
        }
        for (name, list, link) in [
            ("app-receipt", "/app/receipts", "a.row"),
            ("console-trip", "/console/trips?state=paid", "main td a"),
            ("console-review", "/console/reviews", "main td a"),
            ("console-evidence", "/console/trips?state=paid", "main td a"),
            ("mail", "/demo/mail", ".mails a"),
        ] {
            browser.open(list).await;
            if browser.run(&format!("return document.querySelector('{link}') === null;")).await == true {
                eprintln!("{name}: nothing to show");
                continue;
            }
            browser.run(&format!("document.querySelector('{link}').click();")).await;
            browser.until("the page", "document.readyState === 'complete'").await;
            if name == "console-evidence" {
                browser.run("document.querySelector('a[href*=\"/sure/\"]').click();").await;
                browser.find(".curve").await;
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
