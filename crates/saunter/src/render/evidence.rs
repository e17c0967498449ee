//! Why something is held to have happened.

use model::{
    Alternative, Curve, Evidence, EvidenceSource, HandSeen, Line, PlatePart, ProductId, Store, Time, Who,
};

use super::plot::{Marks, plot};
use super::{ACCENT, BOLD, DIM, Look, text};

/// Rows of a weight plot.
const PLOT_ROWS: usize = 7;
/// Seconds drawn before the start and after the end of a change.
const SHOWN_BEFORE_S: f64 = 1.5;
const SHOWN_AFTER_S: f64 = 3.0;
/// Columns of the longest bar of a probability.
const BAR_WIDTH: usize = 10;
/// Hands and alternatives shown; the others are counted.
const SHOWN_MAX: usize = 5;
/// Columns before everything that explains.
const INDENT: &str = "  ";
/// Columns of the words before a block.
const WORD_WIDTH: usize = 8;

/// Renders the evidence of a line; ends with a line break.
pub(crate) fn line(line: &Line, store: &Store, look: Look) -> String {
    let title = format!("{} × {}", line.quantity, text::plain(&line.name));
    let share = text::percent(line.probability);
    if line.evidence.is_empty() {
        return format!("\n{}\n", look.paint(DIM, &format!("No evidence was kept for {title}.")));
    }
    let changes: String =
        line.evidence.iter().map(|evidence| explain(evidence, &line.product, store, look)).collect();
    format!("\n{} {}\n{changes}", look.paint(BOLD, &format!("Why {title}:")), look.paint(DIM, &share))
}

/// Renders one change as evidence for a product; ends with a line break.
fn explain(evidence: &Evidence, product: &ProductId, store: &Store, look: Look) -> String {
    let mass = store.product_index(product).and_then(|index| store.product(index).mass_g);
    let unit = match (evidence.source, mass) {
        (EvidenceSource::Hand | EvidenceSource::Meeting, _) => String::new(),
        (EvidenceSource::Weight, Some((mass, sd))) => format!("; a unit weighs {mass:.1} ± {sd:.1} g"),
        (EvidenceSource::Weight, None) => "; the catalogue gives it no mass".to_owned(),
    };
    let sentence = format!("{}{unit}.", what_changed(evidence));
    indented(std::iter::once(sentence).chain(blocks(evidence, store, look)))
}

/// Renders a change that nobody can be given; ends with a line break.
pub(crate) fn unattributed(evidence: &Evidence, store: &Store, look: Look) -> String {
    let title = look.paint(BOLD, &format!("Not given to anybody: change {}", evidence.change));
    let sentence = format!("{}.", what_changed(evidence));
    format!("{title}\n{}", indented(std::iter::once(sentence).chain(blocks(evidence, store, look))))
}

fn indented(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| format!("{INDENT}{line}").trim_end().to_owned() + "\n").collect()
}

/// `At 05:06:52.18 plate 1/5/11 lost 622.3 ± 2.1 g`, or what was seen where nothing was weighed.
pub(crate) fn what_changed(evidence: &Evidence) -> String {
    let clock = text::clock(evidence.moment);
    let plates = counted_plates(&evidence.plates);
    match evidence.source {
        EvidenceSource::Weight => {
            let verb = if evidence.grams < 0.0 { "lost" } else { "gained" };
            let (grams, sd) = (evidence.grams.abs(), evidence.grams_sd);
            format!("At {clock} {plates} {verb} {grams:.1} ± {sd:.1} g")
        }
        EvidenceSource::Hand => format!("At {clock} a hand was at {plates}, which did not weigh"),
        EvidenceSource::Meeting => format!("At {clock} hands of two parties met"),
    }
}

/// `plate 1/5/11`, or several.
fn counted_plates(plates: &[PlatePart]) -> String {
    let names: Vec<String> =
        plates.iter().filter(|part| !part.knock_on).map(|part| part.plate.to_string()).collect();
    match names.as_slice() {
        [] => "a shelf".to_owned(),
        [one] => format!("plate {one}"),
        [many @ .., last] => format!("plates {} and {last} together", many.join(", ")),
    }
}

fn blocks(evidence: &Evidence, store: &Store, look: Look) -> impl Iterator<Item = String> {
    let inner = look.width.saturating_sub(INDENT.len() + WORD_WIDTH);
    [
        block("Hands", hands(&evidence.hands), look),
        block("Who", alternatives(&evidence.alternatives, store, inner, look), look),
        block("Plates", plates(&evidence.plates), look),
        weight(evidence, look),
    ]
    .into_iter()
    .flatten()
}

/// Lines under a word, which stands before the first one.
fn block(word: &str, lines: Vec<String>, look: Look) -> Vec<String> {
    let words = std::iter::once(word).chain(std::iter::repeat(""));
    let pair =
        |(word, line): (&str, String)| format!("{}{line}", look.paint(DIM, &format!("{word:WORD_WIDTH$}")));
    words.zip(lines).map(pair).collect()
}

fn hands(hands: &[HandSeen]) -> Vec<String> {
    if hands.is_empty() {
        return vec!["no hand was seen near it".to_owned()];
    }
    let shown = hands.iter().take(SHOWN_MAX).map(|hand| {
        let whose = match hand.trip {
            Some(trip) => format!("Trip {trip}, {}", text::track(hand.track)),
            None => format!("{} without a trip", text::track(hand.track)),
        };
        format!("{:>9}  {whose}, at {}", distance(hand.distance_m), text::clock(hand.time))
    });
    with_rest(shown.collect(), hands.len(), "farther away")
}

/// `4 cm`, `1.24 m`.
fn distance(metres: f64) -> String {
    if metres < 0.005 {
        "right there".to_owned()
    } else if metres < 0.995 {
        format!("{:.0} cm off", metres * 100.0)
    } else {
        format!("{metres:.1} m off")
    }
}

fn alternatives(alternatives: &[Alternative], store: &Store, width: usize, look: Look) -> Vec<String> {
    let shown = alternatives.iter().take(SHOWN_MAX).map(|alternative| {
        let what = explanation(alternative, store);
        let room = width.saturating_sub(BAR_WIDTH + 22);
        format!(
            "{} {:>8} {:>10}  {}",
            look.paint(ACCENT, &bar(alternative.probability)),
            text::percent(alternative.probability),
            alternative.expected_grams.map(text::signed_grams).unwrap_or_default(),
            console::truncate_str(&what, room, "…"),
        )
    });
    with_rest(shown.collect(), alternatives.len(), "less likely")
}

fn with_rest(mut shown: Vec<String>, all: usize, how: &str) -> Vec<String> {
    if all > shown.len() {
        shown.push(format!("and {} more, {how}", all - shown.len()));
    }
    shown
}

/// A bar in eighths of a character, always [`BAR_WIDTH`] wide.
fn bar(share: f64) -> String {
    let eighths = (share.clamp(0.0, 1.0) * (BAR_WIDTH * 8) as f64).round() as usize;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{:BAR_WIDTH$}", "█".repeat(eighths / 8) + rest)
}

/// `Trip 1 took 1 × Tea`.
pub(crate) fn explanation(alternative: &Alternative, store: &Store) -> String {
    let who = text::who(alternative.who);
    let moved = |verb: &str, sign: i32| {
        let items: Vec<String> = alternative
            .items
            .iter()
            .filter(|(_, units)| units.signum() == sign)
            .map(|(product, units)| {
                format!("{} × {}", units.unsigned_abs(), text::product_name(store, product))
            })
            .collect();
        (!items.is_empty()).then(|| format!("{verb} {}", items.join(", ")))
    };
    let acts: Vec<String> = [moved("took", -1), moved("put back", 1)].into_iter().flatten().collect();
    match (acts.is_empty(), alternative.who) {
        (false, _) => format!("{who} {}", acts.join(" and ")),
        (true, Who::Nobody) => "no product moved".to_owned(),
        (true, _) => format!("{who} moved no product"),
    }
}

/// The plates that changed, where it is more than one.
fn plates(plates: &[PlatePart]) -> Vec<String> {
    if plates.len() < 2 {
        return Vec::new();
    }
    let line = |part: &PlatePart| {
        let knock_on = if part.knock_on { "  knock-on of its neighbour, not counted" } else { "" };
        format!(
            "{:<8} {:>8} ± {:.1} g{knock_on}",
            part.plate.to_string(),
            text::signed(part.grams, 1),
            part.grams_sd
        )
    };
    plates.iter().map(line).collect()
}

/// The part of the curve that is worth drawing.
fn around(evidence: &Evidence) -> Curve {
    let Curve { start, step_s, grams } = &evidence.curve;
    let place = |time: Time| (time.seconds_since(*start) / step_s).clamp(0.0, grams.len() as f64) as usize;
    let from = place(evidence.start.plus_seconds(-SHOWN_BEFORE_S));
    let to = place(evidence.end.plus_seconds(SHOWN_AFTER_S + step_s));
    Curve {
        start: start.plus_seconds(from as f64 * step_s),
        step_s: *step_s,
        grams: grams.get(from..to).unwrap_or_default().to_vec(),
    }
}

/// The weight plot of the plate that changed most.
fn weight(evidence: &Evidence, look: Look) -> Vec<String> {
    let marks = Marks { start: evidence.start, moment: evidence.moment, end: evidence.end };
    let inner = Look { width: look.width.saturating_sub(INDENT.len()), ..look };
    let drawn = plot(&around(evidence), marks, PLOT_ROWS, inner);
    if drawn.is_empty() {
        return drawn;
    }
    let plate = evidence.plates.first().map_or(String::new(), |part| format!(" of plate {}", part.plate));
    let before_s = evidence.moment.seconds_since(evidence.start);
    let after_s = evidence.end.seconds_since(evidence.moment);
    let caption = format!(
        "Weight{plate}: ▲ {}, ┴ began {before_s:.2} s before, settled {after_s:.2} s after",
        text::clock(evidence.moment)
    );
    std::iter::once(look.paint(DIM, &caption)).chain(drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    #[test]
    fn bars_are_fine_and_keep_their_width() {
        assert_eq!(bar(1.0), "██████████");
        assert_eq!(bar(0.5), "█████     ");
        assert_eq!(bar(0.01), "▏         ");
        assert_eq!(bar(f64::NAN).chars().count(), BAR_WIDTH);
    }

    #[test]
    fn a_change_that_nobody_can_be_given() {
        let mut evidence = samples::take();
        evidence.hands.clear();
        evidence.curve = model::Curve::default();
        insta::assert_snapshot!(unattributed(&evidence, &samples::store(), LOOK));
    }

    #[test]
    fn what_was_not_weighed_says_what_was_seen() {
        let seen = |source| {
            let mut evidence = samples::take();
            evidence.source = source;
            explain(&evidence, &"tea".into(), &samples::store(), LOOK).lines().next().unwrap().to_owned()
        };
        assert_eq!(
            seen(EvidenceSource::Hand),
            "  At 05:06:52.18 a hand was at plate 1/5/11, which did not weigh."
        );
        assert_eq!(seen(EvidenceSource::Meeting), "  At 05:06:52.18 hands of two parties met.");
    }

    #[test]
    fn many_alternatives_are_counted() {
        let mut evidence = samples::take();
        let one = evidence.alternatives[0].clone();
        evidence.alternatives = vec![one; 9];
        assert!(unattributed(&evidence, &samples::store(), LOOK).contains("and 4 more, less likely"));
    }
}
