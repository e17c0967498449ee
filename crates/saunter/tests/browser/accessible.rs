//! What keeps people from using a page, by axe-core's rules for WCAG 2.2 A and AA.

use serde_json::Value;

use crate::browser::{Browser, before_shop};

#[test]
fn nothing_keeps_anybody_from_using_a_page() {
    let Some(axe) = axe() else { return };
    before_shop(2, async |browser| {
        browser.visit_and_sign_in().await;
        let mut all = Vec::new();
        for (name, path, element) in browser.all_pages().await {
            browser.open(&path).await;
            browser.find(element).await;
            all.extend(browser.in_the_way(&axe, name).await);
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
    });
}

/// The script of axe-core; says so where it is absent.
pub(crate) fn axe() -> Option<String> {
    let Ok(axe) = std::env::var("SAUNTER_AXE") else {
        assert!(std::env::var("SAUNTER_SERVICES").is_err(), "SAUNTER_AXE is not set");
        eprintln!("passed over: run `eval \"$(dev/services axe)\"` first");
        return None;
    };
    Some(std::fs::read_to_string(axe).unwrap())
}

impl Browser {
    /// What keeps people from using the page as it stands there, if anything.
    pub(crate) async fn in_the_way(&self, axe: &str, name: &str) -> Option<String> {
        self.run(axe).await;
        let found = self
            .run_on(
                "const done = arguments[arguments.length - 1];
                 const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
                 axe.run(document, { runOnly: tags }).then((found) => done(!found.passes.length ? 'no rule applied' :
                   found.violations.map((one) =>
                     `${one.impact} ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)));",
            )
            .await;
        (found != Value::Array(Vec::new())).then(|| format!("{name}: {found}"))
    }
}
