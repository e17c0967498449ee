//! Pictures of the pages, to look at.

use std::path::PathBuf;

use crate::browser::before_shop;
use crate::pages::PAGES;

#[test]
fn pictures() {
    let Some(folder) = std::env::var_os("SAUNTER_PICTURES").map(PathBuf::from) else {
        eprintln!("passed over: SAUNTER_PICTURES names no folder");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    before_shop(6, async |browser| {
        browser.open("/demo").await;
        browser.click("[data-enter=good]").await;
        browser
            .until(
                "the visitor is inside",
                "document.querySelector('.shopper .name')?.textContent.length > 0",
            )
            .await;
        tokio::time::sleep(std::time::Duration::from_secs(25)).await;
        for (name, path) in PAGES {
            if *path != "/demo" {
                browser.open(path).await;
            }
            for (size, width, height) in [("wide", 1500, 1000), ("phone", 390, 844)] {
                let picture = browser.picture(width, height).await;
                std::fs::write(folder.join(format!("{name}-{size}.png")), picture).unwrap();
            }
        }
    });
}
