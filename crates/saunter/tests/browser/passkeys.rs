//! Passkeys of staff, made by an authenticator that the browser plays.

use serde_json::json;

use crate::browser::before_shop;

#[test]
fn who_added_a_passkey_signs_in_with_it() {
    before_shop(0, async |browser| {
        browser
            .ask(
                "webauthn/authenticator",
                &json!({
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
                    "hasUserVerification": true, "isUserVerified": true,
                }),
            )
            .await;
        browser.open("/console/sign-in").await;
        browser.click("button[value=owner]").await;
        browser.click(".sign-out a").await;
        browser.type_into("#passkey-add:not([hidden]) #label", "This laptop").await;
        browser.click("#passkey-add:not([hidden]) button").await;
        browser
            .until(
                "the passkey is listed",
                "document.querySelector('.member')?.innerText.includes('This laptop')",
            )
            .await;
        browser.click(".sign-out button").await;
        browser.click("#passkey-sign-in:not([hidden]) button").await;
        browser.until("the console opens", "location.pathname === '/console'").await;
        browser.open("/console/me").await;
        let mine = browser.find(".member").await.text().await.unwrap();
        assert!(mine.contains("This laptop") && mine.contains("last used"), "{mine}");
        assert!(browser.text().await.contains("owner"));
    });
}
