//! Palms before a camera that the browser plays.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::accessible::axe;
use crate::browser::{Browser, before_fed_film, before_film, before_shop};
use crate::film::both_hands;
use crate::narrow::NARROW;
use crate::pictures::folder;

/// An enrolment takes no longer.
const ENROLMENT: Duration = Duration::from_secs(60);

/// What stands there after an enrolment, and after a deletion.
const DONE: &str = "document.body.innerText.includes('From now on your palm opens the gate')";
const RECEIPT: &str = "document.body.innerText.includes('saunter palm deletion receipt 1')";

/// Asks the browser for the camera; what it says.
const FILM: &str = "const done = arguments[arguments.length - 1];
    navigator.mediaDevices.getUserMedia({ video: true }).then(
      (stream) => { stream.getTracks().forEach((track) => track.stop()); done('filmed'); }, (why) => done(why.name));";

impl Browser {
    /// Agrees, and shows a card: to the first hand.
    async fn to_the_camera(&self) {
        self.open("/kiosk").await;
        self.open("/kiosk/palm").await;
        self.click("button[name=agreed]").await;
        self.click("form[action='/kiosk/palm/card'] button[value=good]").await;
        self.find("#view").await;
    }

    /// Holds a palm to the gate; what it says.
    async fn hover(&self) -> String {
        self.open("/kiosk/entry").await;
        self.click("#show-palm").await;
        let said = "!document.querySelector('#answer').hidden && document.querySelector('#answer').innerText";
        self.until("the gate answers", said).await.as_str().unwrap().to_owned()
    }

    async fn guided(&self, words: &str) {
        let guide = format!("document.querySelector('#guide')?.textContent.includes({})", json!(words));
        self.until(words, &guide).await;
    }
}

#[test]
fn no_camera_opens_before_consent_and_the_card() {
    before_shop(0, async |browser| {
        browser.open("/kiosk").await;
        for path in ["/kiosk", "/kiosk/palm", "/kiosk/palm/hands", "/palm", "/demo"] {
            browser.open(path).await;
            assert_eq!(browser.run_on(FILM).await, "NotAllowedError", "{path}");
        }
        browser.open("/kiosk/palm").await;
        browser.click("button[name=agreed]").await;
        browser.find("form[action='/kiosk/palm/card']").await;
        assert_eq!(browser.run_on(FILM).await, "NotAllowedError", "before the card");
        browser.to_the_camera().await;
        browser.until("the camera plays", "document.querySelector('#view').videoWidth > 0").await;
    });
}

#[test]
fn what_is_no_hand_is_told_so_and_whoever_stops_leaves_nothing() {
    before_shop(0, async |browser| {
        browser.to_the_camera().await;
        // The browser's camera plays a pattern.
        browser.until("pictures are looked at", "document.querySelector('#palm.on')").await;
        browser.guided("Hold your open palm").await;
        browser.click("form[action='/kiosk/palm/stop'] button").await;
        browser.find("button[name=agreed]").await;
        browser.open("/kiosk/palm/hands").await;
        assert_eq!(browser.run_on(FILM).await, "NotAllowedError");
        // Nothing of the pattern became anybody's palm.
        browser.open("/kiosk/palm/forget").await;
        browser.click("button[value=good]").await;
        browser
            .until("it says so", "document.body.innerText.includes('There is no palm with this card')")
            .await;
    });
}

#[test]
fn card_code_and_palm_have_the_same_size_at_the_gate() {
    before_shop(0, async |browser| {
        browser.open("/kiosk/entry").await;
        let sizes = "const sizes = [...document.querySelectorAll('.ways > .card')].map((one) => {
              const { width, height } = one.getBoundingClientRect();
              return `${Math.round(width)} x ${Math.round(height)}`;
            });
            return sizes.length === 3 && new Set(sizes).size === 1 ? 'the same' : sizes;";
        assert_eq!(browser.run(sizes).await, "the same");
        // A pattern is nobody, and the other ways are named.
        browser.click("#show-palm").await;
        browser.guided("Hold your open palm").await;
        browser.guided("Please use card or code").await;
        browser.click("button[value=good]").await;
        browser.until("the card opens", "document.querySelector('.answer.opens')").await;
    });
}

#[test]
fn who_enrols_both_hands_comes_in_by_palm_until_it_is_deleted_in_one_step() {
    before_film(both_hands, async |browser| {
        browser.open("/kiosk").await;
        browser.open("/kiosk/palm").await;
        let start = Instant::now();
        browser.click("button[name=agreed]").await;
        browser.click("form[action='/kiosk/palm/card'] button[value=good]").await;
        browser.guided("Now the other hand").await;
        browser.until("the enrolment is done", DONE).await;
        let took = start.elapsed();
        eprintln!("enrolled in {took:.1?}");
        assert!(took < ENROLMENT, "{took:?}");

        let said = browser.hover().await;
        assert!(said.contains("Welcome"), "{said}");
        browser.open("/demo").await;
        browser.idle(1).await;

        browser.open("/kiosk/palm/forget").await;
        browser.click("button[value=good]").await;
        browser.until("there is a receipt", RECEIPT).await;
        let said = browser.hover().await;
        assert!(said.contains("We don’t know this palm") && said.contains("Card or code"), "{said}");
    });
}

#[test]
fn a_film_that_is_fed_in_the_cameras_place_does_not_follow_the_screen_and_is_no_hand() {
    before_fed_film(both_hands, async |browser| {
        browser.to_the_camera().await;
        for light in ["bright", "dim"] {
            let lit = format!("document.documentElement.dataset.light === '{light}'");
            browser.until("the screen lights the hand", &lit).await;
        }
        browser.guided("your own hand").await;
        let said = browser.hover().await;
        assert!(said.contains("your own hand") && said.contains("Card or code"), "{said}");
    });
}

/// Looks at the pages that somebody comes by: what does not fit a narrow screen, or keeps somebody out.
struct Look<'a> {
    browser: &'a Browser,
    axe: String,
    found: Vec<String>,
}

impl Look<'_> {
    async fn at(&mut self, name: &str) {
        // The page stands still meanwhile: kiosks go on by themselves.
        self.browser
            .run("for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer);")
            .await;
        if let Some(folder) = folder() {
            self.browser.keep(&folder, name).await;
        }
        self.browser.measure(NARROW, 740).await;
        self.found.extend(self.browser.too_wide(name).await);
        self.found.extend(self.browser.in_the_way(&self.axe, name).await);
    }
}

#[test]
fn every_step_fits_a_narrow_screen_and_keeps_nobody_out() {
    let Some(axe) = axe() else { return };
    before_film(both_hands, async |browser| {
        let mut look = Look { browser: &browser, axe, found: Vec::new() };
        browser.open("/kiosk").await;
        browser.open("/kiosk/palm/hands").await;
        look.at("kiosk-palm-begin").await;
        browser.open("/kiosk/palm").await;
        browser.click("button[name=agreed]").await;
        browser.find("form[action='/kiosk/palm/card']").await;
        look.at("kiosk-palm-card").await;
        browser.click("button[value=good]").await;
        browser.until("the camera plays", "document.querySelector('#view')?.videoWidth > 0").await;
        look.at("kiosk-palm-hands").await;
        browser.open("/kiosk/palm/hands").await;
        browser.until("the enrolment is done", DONE).await;
        look.at("kiosk-palm-done").await;
        browser.hover().await;
        look.at("kiosk-entry-opens").await;
        browser.open("/kiosk/palm/forget").await;
        browser.click("button[value=good]").await;
        browser.until("there is a receipt", RECEIPT).await;
        look.at("kiosk-palm-forgotten").await;
        browser.hover().await;
        look.at("kiosk-entry-shut").await;
        assert!(look.found.is_empty(), "{}", look.found.join("\n"));
    });
}
