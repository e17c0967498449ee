//! The mail with a link that opens the app.

use lettre::message::{MultiPart, SinglePart};
use maud::html as markup;
use model::Time;
use ring::digest::{SHA256, digest};

use super::{Mail, MailAddress, MailError, Sender, boundary, enclose};
use crate::clean::clean;
use crate::document::{Language, Link};
use crate::html::page;
use crate::words::{Words, words};

/// A link that opens the app for whoever reads the mail.
#[derive(Clone, Debug)]
pub struct SignInLink {
    /// The store's name, as on its receipts.
    pub store: String,
    /// The link.
    pub link: Link,
    /// The language that its reader reads.
    pub language: Language,
}

/// The link as a mail, text and page. The same arguments give the same bytes.
///
/// # Errors
/// As [`super::compose`].
pub fn compose_sign_in(
    link: &SignInLink,
    to: &MailAddress,
    sender: &Sender,
    at: Time,
) -> Result<Mail, MailError> {
    let words = words(link.language);
    let store = clean(&link.store);
    // The id must not tell the link, which opens an account.
    let hash = digest(&SHA256, format!("sign-in {}", link.link.as_str()).as_bytes());
    let name: String = hash.as_ref().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let id = format!("{name}.sign-in@{}", sender.from.domain());
    let both = MultiPart::alternative()
        .boundary(boundary(&id, "both"))
        .singlepart(SinglePart::plain(text(words, &store, link)))
        .singlepart(SinglePart::html(html(words, &store, link)));
    enclose(to, sender, &id, (words.sign_in_subject)(&store), both, at)
}

fn text(words: &Words, store: &str, link: &SignInLink) -> String {
    let parts = [store, link.link.as_str(), words.sign_in_until, words.sign_in_not_you];
    parts.join("\r\n\r\n") + "\r\n"
}

fn html(words: &Words, store: &str, link: &SignInLink) -> String {
    let card = markup! {
        h1.ink style="margin:30px 0 0;font-size:18px;line-height:1.3;font-weight:600;color:#1d1e1b" dir="auto" { (store) }
        p style="margin:24px 0" {
            a.button href=(link.link.as_str()) style="display:inline-block;background:#0b6b4b;color:#ffffff;border-radius:\
                10px;padding:13px 22px;font-weight:600;text-decoration:none" { (words.sign_in) }
        }
        p.ink style="margin:0 0 14px;color:#1d1e1b" { (words.sign_in_until) }
        p.soft style="color:#5f6159;font-size:14px;margin:0 0 30px" { (words.sign_in_not_you) }
    };
    page(words.tag, &(words.sign_in_subject)(store), &markup! {}, &card)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(language: Language) -> Mail {
        let address = |text: &str| MailAddress::parse(text).unwrap();
        let sender = Sender {
            name: "Corner Market".to_owned(),
            from: address("receipts@corner.example"),
            reply_to: None,
            dkim: Vec::new(),
        };
        let link = SignInLink {
            store: "Corner Market".to_owned(),
            link: Link::new("https://corner.example/app/link?token=abc").unwrap(),
            language,
        };
        let at = Time::from_nanos(1_795_526_000_000_000_000);
        compose_sign_in(&link, &address("ann@example.org"), &sender, at).unwrap()
    }

    #[test]
    fn the_link_comes_as_text_in_both_languages() {
        for language in [Language::English, Language::German] {
            let link = Link::new("https://corner.example/app/link?token=abc").unwrap();
            let words = words(language);
            insta::assert_snapshot!(text(
                words,
                "Corner Market",
                &SignInLink { store: "Corner Market".to_owned(), link, language }
            ));
        }
    }

    #[test]
    fn the_same_link_is_the_same_mail_and_its_id_does_not_tell_it() {
        let [one, again] = [mail(Language::German), mail(Language::German)];
        assert_eq!(one.bytes(), again.bytes());
        assert!(!one.message_id().contains("abc"));
        let text = String::from_utf8(one.bytes().to_vec()).unwrap();
        assert!(text.contains("Content-Type: text/html") && text.contains("Content-Type: text/plain"));
    }
}
