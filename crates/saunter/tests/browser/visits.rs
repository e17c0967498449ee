//! Whole visits, as a shopper of the demo.

use crate::browser::{Browser, before_shop};

impl Browser {
    /// Comes in on a card that is good, and waits until the visitor stands in the store.
    pub(crate) async fn come_in(&self) {
        self.open("/demo").await;
        self.find("#floor .plate").await;
        self.click("[data-enter=good]").await;
        self.idle(1).await;
    }

    /// Waits until so many shoppers of the visitor stand in the store with nothing left to do.
    pub(crate) async fn idle(&self, shoppers: usize) {
        let idle = "[...document.querySelectorAll('.shopper .name')].filter((name) => !name.textContent.includes('·')).length";
        self.until("the visitor's shoppers are idle", &format!("{idle} === {shoppers}")).await;
    }

    /// Points at the `place`th facing of a gondola; its name.
    async fn point(&self, gondola: usize, place: usize) -> String {
        self.run(&format!(
            "document.querySelectorAll('.gondola')[{gondola}].dispatchEvent(new MouseEvent('click'));"
        ))
        .await;
        let facing = format!("document.querySelectorAll('#shelf[open] button.facing')[{place}]");
        let name =
            self.until("the shelf opens", &format!("{facing}?.querySelector('.name').textContent")).await;
        self.run(&format!("{facing}.click();")).await;
        self.until("the shelf closes", "!document.querySelector('#shelf[open]')").await;
        name.as_str().unwrap().to_owned()
    }

    /// Takes a unit from the front of a gondola: its `place`th facing; its name.
    pub(crate) async fn take(&self, gondola: usize, place: usize) -> String {
        let held = "[...document.querySelectorAll('.held')].map((held) => held.innerText).join()";
        let before = self.run(&format!("return {held};")).await;
        let name = self.point(gondola, place).await;
        self.until("the hand holds it", &format!("{held} !== {before}")).await;
        name
    }

    /// Makes the plate of a facing dead.
    pub(crate) async fn kill_plate(&self, gondola: usize, place: usize) {
        self.click("[data-break=plate]").await;
        self.point(gondola, place).await;
        self.until("it is dead", "document.querySelector('[data-break=plate][aria-pressed=false]')").await;
    }

    /// A second shopper of the visitor comes in, on another card and a visit of their own, and is chosen.
    pub(crate) async fn come_in_on_another_card(&self) {
        let answer = self
            .run_on(
                "const done = arguments[arguments.length - 1];
                 fetch('/demo/enter', { method: 'POST', headers: { 'Content-Type': 'application/json' },
                   body: JSON.stringify({ on: 'card', kind: 'other' }) }).then((answer) => done(answer.status));",
            )
            .await;
        assert_eq!(answer, 200);
        self.idle(2).await;
        self.choose(1).await;
    }

    /// From now on, that one of the visitor's shoppers does what is asked for.
    pub(crate) async fn choose(&self, number: usize) {
        self.run(&format!("document.querySelectorAll('.shopper .name')[{number}].click();")).await;
    }

    /// All of the visitor's shoppers walk out.
    pub(crate) async fn leave(&self, people: usize) {
        for left in (0..people).rev() {
            self.click(".shopper .button").await;
            let gone = format!("document.querySelectorAll('.shopper').length === {left}");
            self.until("they are gone", &gone).await;
        }
    }

    /// Makes a visit with one thing bought and another with one in doubt, and signs in as the shop's owner, too.
    pub(crate) async fn visit_and_sign_in(&self) {
        self.come_in().await;
        self.take(4, 3).await;
        self.come_in_on_another_card().await;
        self.kill_plate(0, 2).await;
        self.take(0, 2).await;
        self.idle(2).await;
        self.leave(2).await;
        self.mail().await;
        self.open("/demo/phone").await;
        self.sign_in_to_console().await;
        self.wait_for_review().await;
    }

    /// Signs in as the shop's owner.
    pub(crate) async fn sign_in_to_console(&self) {
        self.open("/console/sign-in").await;
        self.click("[value=owner]").await;
        self.find(".tiles").await;
    }

    /// Waits until something waits for a look.
    pub(crate) async fn wait_for_review(&self) {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
        while {
            self.open("/console/reviews").await;
            self.run("return !document.querySelector('main td a');").await == true
        } {
            assert!(tokio::time::Instant::now() < deadline, "no review came: {}", self.text().await);
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    }

    /// Opens the newest receipt in the app, which must have these goods; its total, such as `12.34`.
    pub(crate) async fn receipt(&self, names: &[&str]) -> String {
        self.open("/demo/phone").await;
        self.open("/app/receipts").await;
        self.click("a.row").await;
        let total = self.find(".receipt .total").await.text().await.unwrap();
        let text = self.text().await;
        assert!(names.iter().all(|name| text.contains(name)), "{names:?}:\n{text}");
        total.trim_matches(|c: char| !c.is_ascii_digit()).to_owned()
    }

    /// Waits for the receipt in the mailbox, and opens it; its text.
    pub(crate) async fn mail(&self) -> String {
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

        let total = browser.receipt(&[&kept]).await;
        browser.open("/look-up").await;
        browser.run("document.querySelector('[name=date]').value = new Date().toLocaleDateString('sv', { timeZone: 'Europe/Berlin' });").await;
        browser.type_into("[name=last_four]", "4242").await;
        browser.type_into("[name=total]", &total).await;
        browser.click("main form .button").await;
        browser
            .until(
                "the receipt is found",
                &format!(
                    "document.body.innerText.includes('{total}') && !document.querySelector('[name=total]')"
                ),
            )
            .await;

        // What was wrong with it is given back.
        browser.open("/app/receipts").await;
        browser.click("a.row").await;
        browser.click(".line a").await;
        browser.click("main form .button").await;
        browser.until("it is given back", "document.querySelector('.said .tag.good')?.innerText").await;
    });
}

#[test]
fn a_visit_by_the_code_on_the_phone_ends_in_the_app() {
    before_shop(0, async |browser| {
        browser.open("/demo").await;
        let code = "document.getElementById('phone').contentDocument?.getElementById('code')?.dataset.text";
        browser.until("the phone shows a code", code).await;
        browser.click("#by-code").await;
        browser.idle(1).await;
        let kept = browser.take(2, 1).await;
        browser.idle(1).await;
        browser.click(".shopper .button").await;
        browser.find("#happened li.settled").await;
        let mail = browser.mail().await;
        assert!(mail.contains(&kept), "{kept}:\n{mail}");
        browser.receipt(&[&kept]).await;
    });
}

#[test]
fn a_party_of_three_pays_on_one_receipt() {
    before_shop(0, async |browser| {
        browser.come_in().await;
        for people in 2..=3 {
            browser.click(".shopper .second:not(.held .second)").await;
            browser.idle(people).await;
        }
        let mut kept = Vec::new();
        for (place, gondola) in [(1, 0), (2, 4), (3, 6)] {
            browser.choose(place - 1).await;
            kept.push(browser.take(gondola, place).await);
            browser.idle(3).await;
        }
        browser.leave(3).await;
        browser.find("#happened li.settled").await;
        let mail = browser.mail().await;
        assert!(kept.iter().all(|name| mail.contains(name)), "{kept:?}:\n{mail}");
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        browser.receipt(&kept).await;
    });
}
