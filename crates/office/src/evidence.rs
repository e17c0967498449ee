//! Why lines stand on receipts, and what shoppers wrote about them.

use model::Time;
use serde_json::Value as Json;

use crate::error::OfficeError;
use crate::ids::TripKey;
use crate::office::Office;
use crate::people::PeopleError;
use crate::storage::{Database, StorageError};

/// The most characters of what a shopper writes about a dispute.
const WORDS: usize = 2000;

/// Which of a cart's lists a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// [`crate::Cart::sure`].
    Sure,
    /// [`crate::Cart::doubtful`].
    Doubtful,
}

impl LineKind {
    /// The word that the table has.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Doubtful => "doubtful",
        }
    }
}

/// What the engine says of a line: weight curve, hands, alternatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// In which list of the cart.
    pub kind: LineKind,
    /// Which, from 0.
    pub line: usize,
    /// What it says. The office only keeps it.
    pub body: Json,
}

impl Office {
    /// Keeps evidence of a trip's lines. Said twice of a line, the later counts.
    ///
    /// # Errors
    /// If there is no such trip, or the tables can't be written.
    pub fn put_evidence(&self, trip: TripKey, evidence: Vec<Evidence>, now: Time) -> Result<(), OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            must_be_here(database, &store, trip)?;
            Ok(put(database, trip, &evidence, now)?)
        })
    }

    /// What is known of a trip's lines; nothing once it was dropped.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn evidence(&self, trip: TripKey) -> Result<Vec<Evidence>, OfficeError> {
        self.storage.read(|database| Ok(of(database, trip)?))
    }

    /// Keeps what a shopper wrote about a dispute of a trip (from 0), without card numbers.
    ///
    /// # Errors
    /// If there is no such trip, or the text is too long.
    pub fn put_words(
        &self,
        trip: TripKey,
        dispute: usize,
        words: &str,
        now: Time,
    ) -> Result<(), OfficeError> {
        if words.chars().count() > WORDS {
            return Err(PeopleError::TooLong(WORDS).into());
        }
        let (store, words) = (self.policy.store.clone(), without_card_numbers(words));
        self.storage.write(move |database| {
            must_be_here(database, &store, trip)?;
            database.execute(
                "INSERT INTO dispute_texts (trip, dispute, words, at_ns) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (trip, dispute) DO UPDATE SET words = excluded.words",
                &[(&trip).into(), (dispute as i64).into(), words.as_str().into(), now.nanos().into()],
            )?;
            Ok(())
        })
    }

    /// What the shopper wrote about a dispute, if anything.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn words(&self, trip: TripKey, dispute: usize) -> Result<Option<String>, OfficeError> {
        self.storage.read(|database| {
            let row = database.query_one(
                "SELECT words FROM dispute_texts WHERE trip = $1 AND dispute = $2",
                &[(&trip).into(), (dispute as i64).into()],
            )?;
            Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?)
        })
    }
}

/// The text, with every number that is as long as a card's blotted out: 12 to 19 digits, with single blanks or
/// hyphens between them. Whether it is a card's is not asked: nothing so long is needed here.
fn without_card_numbers(words: &str) -> String {
    let characters: Vec<char> = words.chars().collect();
    let mut clean = String::with_capacity(words.len());
    let mut at = 0;
    while at < characters.len() {
        let end = end_of_number(&characters, at);
        let run = &characters[at..end];
        if run.iter().filter(|c| c.is_ascii_digit()).count() >= 12 {
            clean.push('…');
        } else {
            clean.extend(run);
        }
        clean.extend(characters.get(end).filter(|_| end == at));
        at = end.max(at + 1);
    }
    clean
}

/// Where the number that starts at `at` ends; `at` if none starts there.
fn end_of_number(characters: &[char], at: usize) -> usize {
    let is_digit = |place: usize| characters.get(place).is_some_and(char::is_ascii_digit);
    let mut end = at;
    while is_digit(end) || (end > at && matches!(characters.get(end), Some(' ' | '-')) && is_digit(end + 1)) {
        end += 1;
    }
    end
}

/// Keeps evidence.
pub(crate) fn put(
    database: &mut dyn Database,
    trip: TripKey,
    evidence: &[Evidence],
    now: Time,
) -> Result<(), StorageError> {
    for one in evidence {
        let body = one.body.to_string();
        database.execute(
            "INSERT INTO evidence (trip, kind, line, body, at_ns) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (trip, kind, line) DO UPDATE SET body = excluded.body, at_ns = excluded.at_ns",
            &[
                (&trip).into(),
                one.kind.as_str().into(),
                (one.line as i64).into(),
                body.as_str().into(),
                now.nanos().into(),
            ],
        )?;
    }
    Ok(())
}

/// What is known of a trip's lines.
pub(crate) fn of(database: &mut dyn Database, trip: TripKey) -> Result<Vec<Evidence>, StorageError> {
    let rows = database.query(
        "SELECT kind, line, body FROM evidence WHERE trip = $1 ORDER BY kind DESC, line",
        &[(&trip).into()],
    )?;
    rows.iter()
        .map(|row| {
            let damaged = |what: &str| StorageError::Damaged(format!("evidence of trip {trip}: {what}"));
            Ok(Evidence {
                kind: match row.text(0)? {
                    "sure" => LineKind::Sure,
                    "doubtful" => LineKind::Doubtful,
                    other => return Err(damaged(other)),
                },
                line: usize::try_from(row.int(1)?).map_err(|error| damaged(&error.to_string()))?,
                body: serde_json::from_str(row.text(2)?).map_err(|error| damaged(&error.to_string()))?,
            })
        })
        .collect()
}

/// Fails if the store has no such trip.
fn must_be_here(database: &mut dyn Database, store: &str, trip: TripKey) -> Result<(), OfficeError> {
    let there = database.query_one(
        "SELECT trip FROM trips WHERE trip = $1 AND store = $2",
        &[(&trip).into(), store.into()],
    )?;
    there.map(drop).ok_or(OfficeError::NoTrip(trip))
}

#[cfg(test)]
mod tests {
    use super::without_card_numbers;

    #[test]
    fn a_card_number_in_a_shoppers_words_is_blotted_out() {
        let number = "4242".repeat(4);
        let spaced = [&number[..4], &number[4..8], &number[8..12], &number[12..]].join(" ");
        for form in [number.clone(), spaced.clone(), spaced.replace(' ', "-")] {
            assert_eq!(without_card_numbers(&format!("I paid with {form} twice")), "I paid with … twice");
        }
        let harmless = "2 of 3 on 2026-11-24 – naïve, 12.50 each, call 555 0100";
        assert_eq!(without_card_numbers(harmless), harmless);
    }
}
