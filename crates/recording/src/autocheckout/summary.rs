//! What an import did, for people to read and for tests to count.

use std::fmt;

use model::{PlateId, Time};

/// What an import took over, and what it did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Capture time of the first record.
    pub first: Option<Time>,
    /// Capture time of the last record.
    pub last: Option<Time>,
    /// Batches of plates.
    pub plate_batches: usize,
    /// Sightings of people, those of nobody included.
    pub people: usize,
    /// Passages at the entrance.
    pub passages: usize,
    /// Channels of plates that are in the layout.
    pub channels_in_layout: usize,
    /// Channels that gave values but are not in the layout. They are in the recording too.
    pub channels_outside_layout: usize,
    /// Cells of the source's arrays that are no plates.
    pub padding_cells: usize,
    /// Plates of the layout that the source has no data of.
    pub plates_without_data: usize,
    /// Products of the catalogue.
    pub products: usize,
    /// Documents that repeated a product.
    pub duplicate_products: usize,
    /// Products without a weight.
    pub products_without_mass: usize,
    /// Products without a price.
    pub products_without_price: usize,
    /// Products whose id is no GTIN.
    pub products_without_gtin: usize,
    /// Facings of the planogram.
    pub facings: usize,
    /// Facings that were left out for want of a product.
    pub facings_without_product: usize,
    /// Cameras.
    pub cameras: usize,
    /// What is in the recording, a line each.
    pub taken_over: Vec<String>,
    /// What the source has and the recording has not.
    pub left_out: Vec<String>,
    /// What the source does not have.
    pub missing: Vec<String>,
    /// What the source does not say and was decided here.
    pub assumed: Vec<String>,
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(first), Some(last)) = (self.first, self.last) {
            writeln!(f, "Records of {:.1} s, from {first} to {last}", last.seconds_since(first))?;
        }
        for (title, lines) in [
            ("Taken over", &self.taken_over),
            ("Left out", &self.left_out),
            ("Missing", &self.missing),
            ("Assumed", &self.assumed),
        ] {
            writeln!(f, "{title}")?;
            for line in lines {
                writeln!(f, "  - {line}")?;
            }
        }
        Ok(())
    }
}

/// Adds `count what`, unless there are none.
pub(super) fn note(lines: &mut Vec<String>, count: usize, what: &str) {
    if count > 0 {
        lines.push(format!("{count} {what}"));
    }
}

/// Plates as people write them: `1/4/13-14, 2/1/10-12`, for plates in order.
pub(super) fn plate_list(plates: &[PlateId]) -> String {
    let follows = |a: &PlateId, b: &PlateId| {
        (a.gondola, a.shelf, u32::from(a.plate) + 1) == (b.gondola, b.shelf, u32::from(b.plate))
    };
    let runs = plates.chunk_by(follows).filter_map(|run| Some((run.first()?, run.last()?)));
    let texts: Vec<String> = runs
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{}", last.plate),
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_are_listed_in_runs() {
        let plates = [(1, 4, 13), (1, 4, 14), (2, 1, 1), (2, 2, 2), (2, 2, 3), (2, 2, 4), (2, 2, 6)];
        let plates = plates.map(|(gondola, shelf, plate)| PlateId::new(gondola, shelf, plate));
        assert_eq!(plate_list(&plates), "1/4/13-14, 2/1/1, 2/2/2-4, 2/2/6");
        assert_eq!(plate_list(&[]), "");
    }
}
