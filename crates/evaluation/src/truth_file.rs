//! Reading a truth file.

use model::Truth;
use thiserror::Error;

/// A truth file that can't be used.
#[derive(Debug, Error)]
pub enum TruthError {
    /// Not TOML, or not a truth; tells line and column.
    #[error("not a truth file: {0}")]
    Text(Box<toml::de::Error>),
    /// A trip that no receipt can ever be compared with.
    #[error("trip {trip} names neither a token nor a track, so no receipt can be found for it: add one")]
    Nameless {
        /// Number of the trip in the file, from 1.
        trip: usize,
    },
}

/// Reads a truth file: the TOML text of a [`Truth`].
///
/// # Errors
/// [`TruthError`], with the line for a text that can't be read, and with the number of a trip that can't
/// be told from others.
pub fn read_truth(text: &str) -> Result<Truth, TruthError> {
    let truth: Truth = toml::from_str(text).map_err(|error| TruthError::Text(Box::new(error)))?;
    match truth.trips.iter().position(|trip| trip.token.is_none() && trip.tracks.is_empty()) {
        Some(place) => Err(TruthError::Nameless { trip: place + 1 }),
        None => Ok(truth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truth_file_says_who_kept_what() {
        let truth =
            read_truth("[[trip]]\ntoken = \"t1\"\ntracks = [\"7\"]\nkept = { tea = 2, soap = 1 }\n").unwrap();
        let kept: Vec<(&str, u32)> =
            truth.trips[0].kept.iter().map(|(product, units)| (product.as_str(), *units)).collect();
        assert_eq!(kept, [("soap", 1), ("tea", 2)]);
        assert_eq!(read_truth("").unwrap(), Truth::default());
    }

    #[test]
    fn a_wrong_truth_file_tells_where() {
        let message = |text| read_truth(text).unwrap_err().to_string();
        assert!(message("[[trip]]\ntoken = \"t\"\nkept = { tea = -1 }").contains("line 3"));
        assert!(message("[[trip]]\ntokn = \"t\"").contains("tokn"));
        assert!(message("[[trip]]\ntoken = \"t\"\n[[trip]]\nkept = { tea = 1 }").contains("trip 2"));
    }
}
