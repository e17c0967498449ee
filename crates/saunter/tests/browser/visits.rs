//! Whole visits, as a shopper of the demo.

use crate::browser::{Browser, before_shop};

impl Browser {
    /// Comes in on a card that is good, and waits until the visitor stands in the store.
    async fn come_in(&self) {
        self.open("/demo").await;
        self.find("#floor .plate").await;
        self.click("[data-enter=good]").await;
        self.idle(1).await;
    }

    /// Waits until so many shoppers of the visitor stand in the store with nothing left to do.
    async fn idle(&self, shoppers: usize) {
        let idle = "[...document.querySelectorAll('.shopper .name')].filter((name) => !name.textContent.includes('·')).length";
        self.until("the visitor's shoppers are idle", &format!("{idle} === {shoppers}")).await;
    }

    /// Takes a unit from the front of a gondola: its `place`th facing; its name.
    async fn take(&self, gondola: usize, place: usize) -> String {
        let held = "[...document.querySelectorAll('.held')].map((held) => held.innerText).join()";
        let before = self.run(&format!("return {held};")).await;
        self.run(&format!(
            "document.querySelectorAll('.gondola')[{gondola}].dispatchEvent(new MouseEvent('click'));"
        ))
        .await;
        let facing = format!("document.querySelectorAll('#shelf[open] button.facing')[{place}]");
        let name =
            self.until("the shelf opens", &format!("{facing}?.querySelector('.name').textContent")).await;
        self.run(&format!("{facing}.click();")).await;
        self.until("the hand holds it", &format!("{held} !== {before}")).await;
        name.as_str().unwrap().to_owned()
    }

    /// Waits for the receipt in the mailbox, and opens it; its text.
    async fn mail(&self) -> String {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            self.open("/demo/mail").await;
            let href = self.run("return document.querySelector('.mails a')?.getAttribute('href');").await;
            if let Some(href) = href.as_str() {
                self.open(href).await;
                return self.text().await;
            }
            assert!(tokio::time::Instant::now() < deadline, "no mail came");
        }
    }
}

#[test]
fn a_visit_by_card_ends_in_the_right_receipt() {
    before_shop(0, async |browser| {
        browser.come_in().await;
        let returned = browser.take(0, 2).await;
        browser.idle(1).await;
        browser.click(".held .second").await;
        browser.until("the hands are empty", "!document.querySelector('.held')").await;
        browser.idle(1).await;
        let kept = browser.take(4, 3).await;
        browser.idle(1).await;
        browser.click(".shopper .button").await;
        browser.find("#happened li.settled").await;
        let mail = browser.mail().await;
        assert!(mail.contains(&kept), "{kept}:\n{mail}");
        assert!(returned == kept || !mail.contains(&returned), "{returned}:\n{mail}");
    });
}
