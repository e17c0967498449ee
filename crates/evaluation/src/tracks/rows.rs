//! The figures as texts, for the page and the terminal.

use crate::words::high_percent;

use super::{ActorParts, JointErrors, Part, Pcp, Spread, TracksScores};

/// Figures of the people, each with what it is called.
pub fn people_rows(scores: &TracksScores) -> Vec<(&'static str, String)> {
    let TracksScores { frames, clear, identity, hota, .. } = scores;
    let percent = |share| unit(high_percent(share), "%");
    vec![
        ("MOTA", percent(clear.mota)),
        ("MOTP, on the floor", unit(centimetres(clear.motp_m), "cm")),
        ("IDF1", percent(identity.idf1)),
        ("IDP, of the answer", percent(identity.idp)),
        ("IDR, of the truth", percent(identity.idr)),
        ("HOTA", percent(hota.hota)),
        ("DetA, finding", percent(hota.det_a)),
        ("AssA, keeping apart", percent(hota.ass_a)),
        ("LocA, placing", percent(hota.loc_a)),
        ("People in the truth", clear.people.to_string()),
        ("Missed", clear.missed.to_string()),
        ("False", clear.false_people.to_string()),
        ("Switches", clear.switches.to_string()),
        ("Fragmentations", clear.fragmentations.to_string()),
        ("Frames of the truth", frames.truth.to_string()),
        ("Without an answer", frames.unanswered.to_string()),
        ("Answers without truth", frames.unscored.to_string()),
    ]
}

/// Heads of [`joint_rows`].
pub const JOINT_HEADS: [&str; 6] = ["Error in space, cm", "Seen", "Not seen", "Mean", "Median", "95 of 100"];

/// Errors, a row a joint, wrists and all joints below.
pub fn joint_rows(errors: &JointErrors) -> Vec<[String; 6]> {
    let joints = errors.by_joint.iter().map(|(name, spread)| (name.replace('_', " "), spread));
    let sums = [("Wrists", &errors.wrists), ("All joints", &errors.all)];
    let sums = sums.map(|(name, spread)| (name.to_owned(), spread));
    joints.chain(sums).map(|(name, spread)| spread_row(name, spread)).collect()
}

fn spread_row(name: String, spread: &Spread) -> [String; 6] {
    let Spread { count, missing, mean_m, median_m, p95_m } = *spread;
    let [mean, median, p95] = [mean_m, median_m, p95_m].map(centimetres);
    [name, count.to_string(), missing.to_string(), mean, median, p95]
}

/// Right parts in percent: heads, with one for each actor, then a row a part and rows of their sums.
pub fn part_rows(pcp: &Pcp) -> (Vec<String>, Vec<Vec<String>>) {
    let actors = pcp.actors.iter().map(|actor| format!("Actor {}", actor.actor));
    let heads = ["Right parts, %".to_owned()].into_iter().chain(actors).chain(["Mean".to_owned()]).collect();
    let parts = |name: &str, parts: &[Part]| -> Vec<String> {
        let shares = pcp.actors.iter().map(|actor| actor.share(parts)).chain([pcp.share(parts)]);
        [name.to_owned()].into_iter().chain(shares.map(high_percent)).collect()
    };
    let count = |name: &str, of: fn(&ActorParts) -> u64| -> Vec<String> {
        let counts = pcp.actors.iter().map(|actor| of(actor).to_string());
        [name.to_owned()].into_iter().chain(counts).chain([String::new()]).collect()
    };
    let mut rows: Vec<Vec<String>> = Part::ALL.iter().map(|part| parts(part.name(), &[*part])).collect();
    rows.push(parts("Arms and legs", &Part::LIMBS));
    rows.push(parts("All ten parts", &Part::ALL));
    rows.push(count("Frames of the truth", |actor| actor.frames));
    rows.push(count("Without an answer", |actor| actor.unanswered));
    (heads, rows)
}

/// The wrists of those whose parts were counted, in a sentence.
pub fn part_wrists(pcp: &Pcp) -> String {
    let Spread { count, missing, mean_m, p95_m, .. } = pcp.wrists;
    format!(
        "Wrists of the actors, against the nearest person however far: {} cm at the mean, {} cm for 95 of 100; \
         {missing} of {} not seen.",
        centimetres(mean_m),
        centimetres(p95_m),
        count + missing,
    )
}

/// `4.63`, rounded up, so that what is asked is not shown as met where it is not; `–` for none.
fn centimetres(metres: Option<f64>) -> String {
    // What the last bits of a mean add is no hundredth of a centimetre.
    metres.map_or("–".to_owned(), |metres| format!("{:.2}", ((metres * 1e4 - 1e-6).ceil() / 1e2).abs()))
}

fn unit(number: String, unit: &str) -> String {
    if number == "–" { number } else { format!("{number} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_never_shown_as_smaller() {
        assert_eq!(centimetres(Some(0.05)), "5.00");
        assert_eq!(centimetres(Some(0.050_001)), "5.01");
        assert_eq!(centimetres(Some(0.0)), "0.00");
        assert_eq!(centimetres(None), "–");
    }
}
