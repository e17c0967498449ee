//! What happens to a card is written in its token.
//!
//! `tok_<fate>[/<card>][@<visit>]`: cards of the same fate are told apart by what follows `/`; what follows `@`
//! is another token of the same card, as a wallet's or a reader's may be. The fates:
//!
//! | token | what happens |
//! |---|---|
//! | `tok_visa_ok`, `tok_mastercard_ok`, `tok_amex_ok`, `tok_discover_ok` | everything works |
//! | `tok_no_raise` | holds can't be raised (refused, `raise_not_supported`) |
//! | `tok_short_hold` | a hold lapses after an hour |
//! | `tok_expired_hold` | the bank lets go of the hold at once, whatever it promised |
//! | `tok_debt` | holds work; raises and the first three charges are declined, later charges work |
//! | `tok_<code>` | holds and charges are declined with the code |
//! | `tok_<code>_on_<step>` | the step is declined with the code |
//! | `tok_timeout_before[_on_<step>]` | the first try of each wish gets lost before it is done |
//! | `tok_timeout_after[_on_<step>]` | the first try of each wish is done and its answer gets lost |
//! | `tok_unavailable[_on_<step>]` | the acquirer can't be reached, ever |
//! | `tok_unavailable_once[_on_<step>]` | the acquirer can't be reached at the first try of each wish |
//!
//! A step is `hold`, `raise`, `capture`, `void`, `charge` or `refund`. A code is one of [`CODES`] or `declined`
//! (`generic_decline`).

use model::Money;

use super::machine::Request;
use crate::{Card, CardError, CardToken, Fingerprint, LastFour};

/// The banks' codes for a no.
pub const CODES: [&str; 10] = [
    "authentication_required",
    "card_not_supported",
    "card_velocity_exceeded",
    "do_not_honor",
    "expired_card",
    "fraudulent",
    "insufficient_funds",
    "lost_card",
    "stolen_card",
    "try_again_later",
];

/// Brands that a token can name.
const BRANDS: [&str; 4] = ["visa", "mastercard", "amex", "discover"];
/// How many charges of a card in debt are declined before one works.
const DEBT_CHARGES: u32 = 3;

/// What is done with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Hold,
    Raise,
    Capture,
    Void,
    Charge,
    Refund,
}

/// What happens at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Works,
    Declined(&'static str),
    TimeoutBefore,
    TimeoutAfter,
    Unavailable,
    UnavailableOnce,
}

/// What is written in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Ok,
    NoRaise,
    ShortHold,
    ExpiredHold,
    Debt,
    /// An effect at one step, or at holds and charges.
    At(Effect, Option<Step>),
}

impl Step {
    const ALL: [(&'static str, Self); 6] = [
        ("_on_hold", Self::Hold),
        ("_on_raise", Self::Raise),
        ("_on_capture", Self::Capture),
        ("_on_void", Self::Void),
        ("_on_charge", Self::Charge),
        ("_on_refund", Self::Refund),
    ];

    pub(super) const fn of(request: &Request) -> Self {
        match request {
            Request::Hold { .. } => Self::Hold,
            Request::Raise { .. } => Self::Raise,
            Request::Capture { .. } => Self::Capture,
            Request::Void { .. } => Self::Void,
            Request::Charge { .. } => Self::Charge,
            Request::Refund { .. } => Self::Refund,
        }
    }
}

impl Fate {
    /// Reads a token; `None` if it names no fate.
    pub(super) fn of(card: &CardToken) -> Option<Self> {
        let token = card.reveal().split(['/', '@']).next()?;
        let fate = token.strip_prefix("tok_")?;
        if fate.strip_suffix("_ok").is_some_and(|brand| BRANDS.contains(&brand)) {
            return Some(Self::Ok);
        }
        match fate {
            "no_raise" => return Some(Self::NoRaise),
            "short_hold" => return Some(Self::ShortHold),
            "expired_hold" => return Some(Self::ExpiredHold),
            "debt" => return Some(Self::Debt),
            _ => {}
        }
        let at = Step::ALL.iter().find_map(|(suffix, step)| Some((fate.strip_suffix(suffix)?, *step)));
        let (what, step) = at.map_or((fate, None), |(what, step)| (what, Some(step)));
        let effect = match what {
            "declined" => Effect::Declined("generic_decline"),
            "timeout_before" => Effect::TimeoutBefore,
            "timeout_after" => Effect::TimeoutAfter,
            "unavailable" => Effect::Unavailable,
            "unavailable_once" => Effect::UnavailableOnce,
            code => Effect::Declined(CODES.into_iter().find(|known| *known == code)?),
        };
        Some(Self::At(effect, step))
    }

    /// What happens at this step, after so many charges of the card were declined.
    pub(super) fn effect(&self, step: Step, declined_charges: u32) -> Effect {
        match self {
            Self::At(effect, Some(only)) if *only == step => effect.clone(),
            Self::At(effect, None) if matches!(step, Step::Hold | Step::Charge) => effect.clone(),
            Self::Debt if step == Step::Raise => Effect::Declined("insufficient_funds"),
            Self::Debt if step == Step::Charge && declined_charges < DEBT_CHARGES => {
                Effect::Declined("insufficient_funds")
            }
            _ => Effect::Works,
        }
    }
}

/// What a reader would tell of this card.
pub(super) fn card(token: &CardToken) -> Result<Card, CardError> {
    let name = token.reveal().split('@').next().unwrap_or_default();
    let hash = fnv(name);
    let brand = BRANDS.iter().find(|brand| name.contains(*brand)).unwrap_or(&BRANDS[0]);
    let mut rest = hash;
    let letters = std::iter::repeat_with(|| {
        let letter = char::from(b'a' + (rest % 26) as u8);
        rest /= 26;
        letter
    });
    Ok(Card {
        token: token.clone(),
        fingerprint: Fingerprint::try_from(format!("fp_{}", letters.take(12).collect::<String>()))?,
        brand: (*brand).to_owned(),
        last_four: LastFour::try_from(format!("{:04}", hash % 10_000))?,
    })
}

/// FNV-1a (Fowler, Noll, Vo), 64 bits: stable over versions, and nothing here depends on its strength.
fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The most that can be asked for at once, minor units (Stripe's limit of eight digits).
const AMOUNT_MAX_MINOR: i64 = 99_999_999;

/// Whether so much can be asked for; the refusal's code if not.
pub(super) fn check_amount(amount: Money) -> Result<(), &'static str> {
    match amount.minor {
        ..=0 => Err("amount_too_small"),
        1..=AMOUNT_MAX_MINOR => Ok(()),
        _ => Err("amount_too_large"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> CardToken {
        CardToken::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_token_says_what_happens_and_where() {
        let effect = |text: &str, step| Fate::of(&token(text)).map(|fate| fate.effect(step, 0));
        assert_eq!(effect("tok_visa_ok/anna@2", Step::Hold), Some(Effect::Works));
        assert_eq!(
            effect("tok_insufficient_funds", Step::Hold),
            Some(Effect::Declined("insufficient_funds"))
        );
        assert_eq!(effect("tok_declined_on_raise", Step::Hold), Some(Effect::Works));
        assert_eq!(effect("tok_declined_on_raise", Step::Raise), Some(Effect::Declined("generic_decline")));
        assert_eq!(effect("tok_timeout_after_on_capture/b", Step::Capture), Some(Effect::TimeoutAfter));
        assert_eq!(effect("tok_nonsense", Step::Hold), None);
        assert_eq!(effect("pm_1", Step::Hold), None);
    }

    #[test]
    fn a_card_is_known_again_by_another_token() {
        let [anna, again, bert] =
            ["tok_mastercard_ok/anna", "tok_mastercard_ok/anna@2", "tok_mastercard_ok/bert"]
                .map(|text| card(&token(text)).unwrap());
        assert_eq!(anna.fingerprint, again.fingerprint);
        assert_ne!(anna.fingerprint, bert.fingerprint);
        assert_ne!(anna.token, again.token);
        assert_eq!(anna.brand, "mastercard");
    }
}
