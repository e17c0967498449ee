//! What keeps people from using a page, by axe-core's rules for WCAG 2.2 A and AA.

use serde_json::Value;

use crate::browser::before_shop;

#[test]
fn nothing_keeps_anybody_from_using_a_page() {
    let Ok(axe) = std::env::var("SAUNTER_AXE") else {
        assert!(std::env::var("SAUNTER_SERVICES").is_err(), "SAUNTER_AXE is not set");
        eprintln!("passed over: run `eval \"$(dev/services axe)\"` first");
        return;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    before_shop(2, async |browser| {
        browser.visit_and_sign_in().await;
        let mut all = Vec::new();
        for (name, path, element) in browser.all_pages().await {
            browser.open(&path).await;
            browser.find(element).await;
            browser.run(&axe).await;
            let found = browser
                .run_on(
                    "const done = arguments[arguments.length - 1];
                     const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
                     axe.run(document, { runOnly: tags }).then((found) => done(!found.passes.length ? 'no rule applied' :
                       found.violations.map((one) =>
                         `${one.impact} ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)));",
                )
                .await;
            if found != Value::Array(Vec::new()) {
                all.push(format!("{name}: {found}"));
            }
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
    });
}
