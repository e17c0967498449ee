//! What the store is not sure of: somebody looks at the evidence, decides with one key, and the right receipt follows.

use std::collections::BTreeSet;

use crate::browser::{Browser, before_shop};

impl Browser {
    /// The trip of the visitor's first shopper.
    async fn my_trip(&self) -> String {
        let trip = self
            .run_on(
                "const done = arguments[arguments.length - 1];
                 fetch('/demo/me').then((answer) => answer.json())
                   .then(({ shoppers }) => done(shoppers.find((shopper) => shopper.mine).trip));",
            )
            .await;
        trip.as_str().unwrap().to_owned()
    }

    /// All of the visitor's shoppers walk out, told from any page.
    async fn all_leave(&self) {
        let left = self
            .run_on(
                "const done = arguments[arguments.length - 1];
                 const headers = { 'Content-Type': 'application/json' };
                 const leave = ({ name: who }) => fetch('/demo/leave', { method: 'POST', headers, body: JSON.stringify({ who }) });
                 fetch('/demo/me').then((answer) => answer.json())
                   .then(({ shoppers }) => Promise.all(shoppers.filter((shopper) => shopper.mine).map(leave)))
                   .then((answers) => done(answers.every((answer) => answer.ok)));",
            )
            .await;
        assert_eq!(left, true);
    }

    /// Decides all lines that wait: charges one of each on the trip `mine`, nothing on others. The trips they were on.
    async fn decide_all(&self, mine: &str) -> BTreeSet<String> {
        let mut trips = BTreeSet::new();
        self.click("main p a.button").await;
        loop {
            let path = self.path().await;
            let Some(trip) = path.strip_prefix("/console/reviews/") else { return trips };
            self.assert_evidence().await;
            // The next page knows nothing of it.
            self.run("window.decided = true;").await;
            self.press(if trip == mine { "c" } else { "d" }).await;
            self.until("the next page", "!window.decided && document.readyState === 'complete'").await;
            trips.insert(trip.to_owned());
        }
    }

    /// What whoever decides must see: of each change what it may have been with probabilities, and its place on the
    /// plan; and over all of them a weight curve or a hand.
    async fn assert_evidence(&self) {
        let counts = self
            .run(
                "return ['.change', '.change td meter', '.hands-plan .plate-hit', '.curve, .hands-plan .hand circle']
                   .map((css) => document.querySelectorAll(css).length);",
            )
            .await;
        let counts: Vec<u64> = serde_json::from_value(counts).unwrap();
        assert!(counts.iter().all(|count| *count >= counts[0].max(1)), "{counts:?}\n{}", self.text().await);
    }
}

#[test]
fn doubt_is_decided_with_one_key_and_the_right_receipt_follows() {
    before_shop(0, async |browser| {
        browser.come_in().await;
        let mine = browser.my_trip().await;
        let sure = browser.take(4, 3).await;
        browser.come_in_on_another_card().await;
        let theirs = browser.take(4, 4).await;
        browser.idle(2).await;
        // Two stand at one gondola, and no camera sees whose hand takes something.
        browser.choose(0).await;
        browser.click("[data-break=camera]").await;
        browser.find("[data-break=camera][aria-pressed=true]").await;
        let unseen = browser.take(4, 5).await;
        browser.idle(2).await;
        browser.click("[data-break=camera]").await;
        browser.find("[data-break=camera][aria-pressed=false]").await;
        // A hand is seen at a plate that says nothing any more.
        browser.kill_plate(4, 2).await;
        let unweighed = browser.take(4, 2).await;
        browser.idle(2).await;

        // Meanwhile somebody waits before an empty queue, which fills by itself.
        browser.sign_in_to_console().await;
        browser.open("/console/reviews").await;
        browser.find("#fresh .empty-state").await;
        browser.run("window.stays = true;").await;
        browser.all_leave().await;
        // Whose hand it was that no camera saw is sometimes clear from where they stood; then only the visitor's own trip waits.
        browser.until("a trip waits for a look", "document.querySelector('#fresh tbody tr')").await;
        assert_eq!(browser.run("return window.stays;").await, true, "the page was loaded anew");
        let decided = browser.decide_all(&mine).await;
        assert!(decided.contains(&mine), "{decided:?}");
        let mail = browser.mail().await;
        for name in [&sure, &unseen, &unweighed] {
            assert_eq!(mail.matches(name.as_str()).count(), 1, "{name}:\n{mail}");
        }
        assert!(!mail.contains(&theirs), "{theirs}:\n{mail}");
        browser.receipt(&[&sure, &unseen, &unweighed]).await;
        for other in decided.iter().filter(|trip| **trip != mine) {
            browser.open(&format!("/console/trips/{other}/receipt")).await;
            let receipt = browser.text().await;
            assert!(receipt.contains(&theirs) && !receipt.contains(&unseen), "{unseen}:\n{receipt}");
        }
    });
}
