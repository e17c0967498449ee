//! Every page on the narrowest phones: nothing makes it scroll sideways but what scrolls inside its own box.

use serde_json::{Value, json};

use crate::browser::{Browser, before_shop};

/// As wide as the narrowest phones that are sold, CSS pixels.
pub(crate) const NARROW: u32 = 360;

/// Whether the page fits, and what of it does not, with where it ends.
const TOO_WIDE: &str = "
    const root = document.documentElement;
    if (root.scrollWidth <= innerWidth) return [];
    const around = (one) => getComputedStyle(one).position === 'absolute' ? one.offsetParent : one.parentElement;
    const scrolls = (one) => one && (getComputedStyle(one).overflowX !== 'visible' || scrolls(around(one)));
    return [`${root.scrollWidth} px`, ...[...document.body.querySelectorAll('*')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth && !scrolls(around(one)))
      .map((one) => `${one.localName}.${one.className} ends at ${Math.round(one.getBoundingClientRect().right)}`)];";

#[test]
fn no_page_scrolls_sideways_on_a_narrow_phone() {
    before_shop(2, async |browser| {
        browser.visit_and_sign_in().await;
        let pages = browser.all_pages().await;
        browser.measure(NARROW, 740).await;
        let mut all = Vec::new();
        for (name, path, element) in pages {
            browser.open(&path).await;
            browser.find(element).await;
            all.extend(browser.too_wide(name).await);
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
    });
}

impl Browser {
    /// What of the page does not fit into the narrowest phone, if anything.
    pub(crate) async fn too_wide(&self, name: &str) -> Option<String> {
        assert_eq!(self.run("return innerWidth;").await, NARROW, "the browser is as narrow as was asked");
        let found = self.run(TOO_WIDE).await;
        (found != Value::Array(Vec::new())).then(|| format!("{name}: {found}"))
    }

    /// From now on the page is as wide and high as given, CSS pixels, also where no window is: windows are never
    /// narrower than 500.
    pub(crate) async fn measure(&self, width: u32, height: u32) {
        self.emulate(
            "setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await;
        self.emulate("setScrollbarsHidden", &json!({ "hidden": true })).await;
    }

    /// From now on the visitor likes `light` or `dark` colours.
    pub(crate) async fn colours(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.emulate("setEmulatedMedia", &json!({ "features": features })).await;
    }

    async fn emulate(&self, command: &str, params: &Value) {
        let what = json!({ "cmd": format!("Emulation.{command}"), "params": params });
        self.ask("goog/cdp/execute", &what).await;
    }
}
