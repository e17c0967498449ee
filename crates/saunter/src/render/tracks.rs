//! The figures of tracks.

use evaluation::tracks::{JOINT_HEADS, Pcp, TracksScores, joint_rows, part_rows, part_wrists, people_rows};

use super::table::{Column, Row, table};
use super::{Look, text};

/// How wide the first columns are, so that the tables line up.
const FIRST_WIDTH: usize = 26;
/// After which rows of the people a line is drawn: shares, counts of people, counts of frames.
const RULED: [usize; 2] = [8, 13];

/// Renders the figures; ends with a line break.
pub(crate) fn tracks(scores: &TracksScores, parts: Option<&Pcp>, look: Look) -> String {
    let rows: Vec<Row> = people_rows(scores)
        .into_iter()
        .enumerate()
        .map(|(place, (name, value))| Row {
            ruled: RULED.contains(&place),
            ..Row::plain(vec![name.to_owned(), value])
        })
        .collect();
    let columns = [Column::Text("Tracks against the truth"), Column::Number("")];
    let mut page = table(look, &columns, &rows, FIRST_WIDTH);
    page += &figures(look, &JOINT_HEADS, joint_rows(&scores.joints).into_iter().map(Vec::from), 2);
    if let Some(parts) = parts {
        let (heads, rows) = part_rows(parts);
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        page += &figures(look, &heads, rows, 4);
        page += &(text::wrapped(&part_wrists(parts), look.width, 0) + "\n");
    }
    page
}

/// A table with a line above its last `sums` rows.
fn figures(look: Look, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>, sums: usize) -> String {
    let mut rows: Vec<Row> = rows.into_iter().map(Row::plain).collect();
    if let Some(above) = rows.len().checked_sub(sums + 1) {
        rows[above].ruled = true;
    }
    let columns: Vec<Column<'_>> = heads
        .iter()
        .enumerate()
        .map(|(place, head)| if place == 0 { Column::Text(head) } else { Column::Number(head) })
        .collect();
    table(look, &columns, &rows, FIRST_WIDTH)
}

#[cfg(test)]
mod tests {
    use evaluation::tracks::{pcp, read_shelf, score_tracks};
    use model::{DVec3, Joint};
    use tracking::{TracksFrame, TracksPerson};

    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    /// Two people of the data set in two frames, and an answer that takes one for another in the second.
    fn example() -> (evaluation::tracks::ShelfTruth, Vec<TracksFrame>) {
        let names = evaluation::tracks::LANDMARKS.map(|(name, _)| format!("\"{name}\"")).join(",");
        let person = |x: f64| {
            let heights = [0.1, 0.5, 0.9, 0.9, 0.5, 0.1, 0.8, 1.1, 1.4, 1.4, 1.1, 0.8, 1.5, 1.7, 0.9];
            let places = heights.map(|z| format!("[{x},0.0,{z}]"));
            format!("[{}]", places.join(","))
        };
        let frame = |number: u32| {
            let people = format!("{{\"0\":{},\"2\":{}}}", person(0.0), person(2.0));
            format!("{{\"frame\":{number},\"people\":{people}}}")
        };
        let text = format!(
            "{{\"units\":\"metre\",\"joints\":[{names}],\"frames\":[{},{}]}}",
            frame(300),
            frame(301)
        );
        let truth = read_shelf(&text).unwrap();
        let mut answer = truth.tracks();
        for frame in &mut answer {
            for person in &mut frame.people {
                person.joints[Joint::LeftEar as usize] =
                    person.joint(Joint::LeftShoulder).map(|at| at + DVec3::Z * 0.2);
                person.joints[Joint::LeftWrist as usize] =
                    person.joint(Joint::LeftWrist).map(|at| at + DVec3::X * 0.04);
            }
        }
        answer[1].people[1].id = 9;
        answer[1].people.push(TracksPerson::new(11, [(Joint::MiddleHip, DVec3::new(5.0, 5.0, 1.0))]));
        answer[0].people.remove(0);
        (truth, answer)
    }

    #[test]
    fn who_was_where_and_which_parts_were_right() {
        let (truth, answer) = example();
        let scores = score_tracks(&truth.tracks(), &answer);
        insta::assert_snapshot!(tracks(&scores, Some(&pcp(&truth, &answer)), LOOK));
    }

    #[test]
    fn where_nothing_was_there_nothing_is_made_up() {
        insta::assert_snapshot!(tracks(&score_tracks(&[], &[]), None, LOOK));
    }
}
