//! The hands at the moment of a change, on the plan: the store from above around the place.

use maud::{Markup, html};
use model::{DVec3, Plate, PlatePart, Store};

use super::desk::Desk;
use super::evidence::{Change, Hand};
use crate::live::corners;

/// The plan reaches at least and at most so far from the place of the change, metres: a board's depth, an arm's length
/// and a step.
const LEAST_M: f64 = 0.6;
const MOST_M: f64 = 1.6;
/// Room around the farthest hand, metres.
const MARGIN_M: f64 = 0.15;
/// People that are told apart by colour; further ones begin again with the first.
const COLOURS: usize = 4;
/// People that are drawn, the nearest first.
const PEOPLE: usize = 12;
/// A length to compare with, metres.
const RULE_M: f64 = 0.5;

/// The drawing, or that no hand was seen; nothing where no store file is loaded.
pub(super) fn hands(desk: &Desk, change: &Change) -> Markup {
    let Some(live) = &desk.site.live else { return html! {} };
    let seen: Vec<&Hand> = change.hands.iter().filter(|hand| hand.wrists != [None; 2]).take(PEOPLE).collect();
    let plan = Plan::around(change.place, &seen);
    let told = desk.say(
        "The store from above around the place of the change, with the hands at its moment",
        "Der Laden von oben um den Ort der Änderung, mit den Händen in ihrem Moment",
    );
    html! {
        svg.hands-plan viewBox=(plan.view_box()) role="img" aria-label=(told) {
            (plates(&plan, live.store(), &change.plates))
            (place(&plan))
            @for (number, hand) in seen.iter().enumerate().rev() { (person(desk, &plan, change.place, number, hand)) }
            (rule(&plan))
        }
        p.small {
            (told) ". "
            @if seen.is_empty() {
                strong { (desk.say("No hand was seen then.", "Keine Hand wurde dann gesehen.")) }
            } @else {
                (desk.say(
                    "The cross is the place; numbers are trips (P: a person on none), L and R their hands.",
                    "Das Kreuz ist der Ort; Zahlen sind Besuche (P: eine Person auf keinem), L und R ihre Hände.",
                ))
            }
        }
    }
}

/// What part of the store is drawn. Lengths in drawings are centimetres, with y downwards.
struct Plan {
    middle: DVec3,
    reach_m: f64,
}

impl Plan {
    /// The part around a place with the hands in it, unless they are far away.
    fn around(middle: DVec3, hands: &[&Hand]) -> Self {
        let wrists = hands.iter().flat_map(|hand| hand.wrists.iter().flatten());
        let farthest = |reach: f64, wrist: &DVec3| {
            let off = (*wrist - middle).abs();
            reach.max(off.x.max(off.y) + MARGIN_M)
        };
        Self { middle, reach_m: wrists.fold(LEAST_M, farthest).min(MOST_M) }
    }

    fn view_box(&self) -> String {
        let reach = cm(self.reach_m);
        format!("-{reach} -{reach} {} {}", cm(2.0 * self.reach_m), cm(2.0 * self.reach_m))
    }

    /// A point of the store in the drawing.
    fn at(&self, point: DVec3) -> (String, String) {
        (cm(point.x - self.middle.x), cm(self.middle.y - point.y))
    }

    fn holds(&self, point: DVec3) -> bool {
        let off = (point - self.middle).abs();
        off.x <= self.reach_m && off.y <= self.reach_m
    }
}

/// The plates near the place: those of other boards faint and below, those of the board with their edges.
fn plates(plan: &Plan, store: &Store, parts: &[PlatePart]) -> Markup {
    let board = |plate: &Plate| (plate.id.gondola, plate.id.shelf);
    let boards: Vec<_> = parts.iter().map(|part| (part.plate.gondola, part.plate.shelf)).collect();
    let class = |plate: &Plate| match parts.iter().find(|part| part.plate == plate.id) {
        Some(part) if part.knock_on => "shaken",
        Some(_) => "hit",
        None if boards.contains(&board(plate)) => "board",
        None => "other",
    };
    let near = |plate: &&Plate| corners(plate).into_iter().any(|corner| plan.holds(corner));
    let mut drawn: Vec<(&str, &Plate)> =
        store.plates().iter().filter(near).map(|plate| (class(plate), plate)).collect();
    let layer = |class: &str| ["other", "board", "shaken", "hit"].iter().position(|one| *one == class);
    drawn.sort_by_key(|(class, _)| layer(class));
    html! {
        @for (class, plate) in drawn {
            @let points: Vec<String> = corners(plate).map(|corner| plan.at(corner)).map(|(x, y)| format!("{x},{y}")).to_vec();
            polygon class={ "plate-" (class) } points=(points.join(" ")) { title { (plate.id) } }
        }
    }
}

fn place(plan: &Plan) -> Markup {
    let (x, y) = plan.at(plan.middle);
    html! { path.place d={ "M" (x) " " (y) "m-4 -4l8 8m0 -8l-8 8" } {} }
}

/// One person's hands, joined by a line.
fn person(desk: &Desk, plan: &Plan, place: DVec3, number: usize, hand: &Hand) -> Markup {
    let who = hand.trip.map_or_else(|| format!("P{}", hand.track), |trip| trip.to_string());
    let letters = [("L", desk.say("left", "links")), ("R", desk.say("right", "rechts"))];
    let seen = letters.into_iter().zip(hand.wrists).filter_map(|(word, wrist)| Some((word, wrist?)));
    let line: Vec<String> =
        seen.clone().map(|(_, wrist)| plan.at(wrist)).map(|(x, y)| format!("{x},{y}")).collect();
    html! {
        g class={ "hand c" (number % COLOURS) } {
            polyline points=(line.join(" ")) {}
            @for ((letter, side), wrist) in seen {
                @let (x, y) = plan.at(wrist);
                circle cx=(x) cy=(y) r="4.5" {
                    title { (who) " " (side) ", z " (format!("{:+.0} cm", (wrist.z - place.z) * 100.0)) }
                }
                text x=(x) y=(y) dy="-6.5" text-anchor="middle" { (who) " " (letter) }
            }
        }
    }
}

/// How long half a metre is, in a corner.
fn rule(plan: &Plan) -> Markup {
    let (left, below) = (-plan.reach_m + 0.05, plan.reach_m - 0.05);
    html! {
        g.rule {
            path d={ "M" (cm(left)) " " (cm(below)) "h" (cm(RULE_M)) } {}
            text x=(cm(left + RULE_M / 2.0)) y=(cm(below)) dy="-3" text-anchor="middle" { (cm(RULE_M)) " cm" }
        }
    }
}

/// A length in centimetres with one decimal, if it needs one.
fn cm(metres: f64) -> String {
    ((metres * 1000.0).round() / 10.0).to_string()
}

#[cfg(test)]
mod tests {
    use model::{Time, TrackId};

    use super::*;

    fn at(x: f64, y: f64) -> Hand {
        Hand {
            track: TrackId(1),
            trip: None,
            side: None,
            distance_m: None,
            time: Time::default(),
            wrists: [Some(DVec3::new(x, y, 1.0)), None],
            log_likelihood: None,
        }
    }

    #[test]
    fn the_plan_reaches_to_the_hands_but_not_far() {
        let middle = DVec3::new(4.0, 1.0, 1.2);
        let reach = |hands: &[&Hand]| Plan::around(middle, hands).reach_m;
        assert_eq!(reach(&[]), LEAST_M);
        assert!((reach(&[&at(4.1, 0.1)]) - 1.05).abs() < 1e-9);
        assert_eq!(reach(&[&at(4.1, 0.1), &at(9.0, 1.0)]), MOST_M);
        let plan = Plan::around(middle, &[]);
        assert_eq!(plan.at(DVec3::new(4.25, 0.9, 0.0)), ("25".to_owned(), "10".to_owned()), "y points down");
        assert_eq!(plan.view_box(), "-60 -60 120 120");
        assert!(plan.holds(middle) && !plan.holds(DVec3::new(4.7, 1.0, 1.2)));
    }
}
