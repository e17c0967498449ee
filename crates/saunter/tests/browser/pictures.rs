//! Pictures of the pages, to look at.

use std::path::{Path, PathBuf};

use crate::browser::{Browser, before_shop};

/// A longer page is cut off there, CSS pixels.
const LONGEST: u32 = 4000;

#[test]
fn pictures() {
    let Some(folder) = folder() else {
        eprintln!("passed over: SAUNTER_PICTURES names no folder");
        return;
    };
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

/// Where pictures go, if somebody wants some.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SAUNTER_PICTURES").map(PathBuf::from)?;
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

impl Browser {
    /// Takes pictures of the page as it stands there: on a desk, and the whole of it on a phone by day and by night.
    pub(crate) async fn keep(&self, folder: &Path, name: &str) {
        let looks =
            [("wide", 1500, 1100, "light"), ("phone", 360, 740, "light"), ("phone-dark", 360, 740, "dark")];
        for (size, width, height, colours) in looks {
            self.measure(width, height).await;
            if size != "wide" {
                let whole = self.run("return document.documentElement.scrollHeight;").await.as_u64().unwrap();
                self.measure(width, u32::try_from(whole).unwrap().clamp(height, LONGEST)).await;
            }
            self.colours(colours).await;
            std::fs::write(folder.join(format!("{name}-{size}.png")), self.picture().await).unwrap();
        }
    }
}
