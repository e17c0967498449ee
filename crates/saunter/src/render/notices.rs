//! What was wrong with the input, and how to mend it.

use model::{Notice, NoticeKind};

use super::{BOLD, DIM, Look, WARN, text};
use crate::drive::Totals;

/// Subjects named of a kind; the others are counted.
const SUBJECTS_SHOWN_MAX: usize = 6;

/// Renders all that was wrong, one paragraph a kind; empty if nothing was, else ends with a line break.
pub(crate) fn notices(totals: &Totals, look: Look) -> String {
    let all: Vec<Notice> = totals.notices.iter().collect();
    let kinds: Vec<&[Notice]> = all.chunk_by(|one, other| one.kind == other.kind).collect();
    if kinds.is_empty() {
        return String::new();
    }
    let title = look.paint(BOLD, "What was wrong with the input");
    let paragraphs: String = kinds.into_iter().map(|kind| paragraph(kind, look)).collect();
    let unreadable =
        totals.unreadable.iter().map(|(topic, why)| format!("{}: {}", text::plain(topic), text::plain(why)));
    let damage = totals.damage.iter().map(|damage| format!("salvaged: {}", text::plain(damage)));
    let remarks: String = unreadable
        .take(SUBJECTS_SHOWN_MAX)
        .chain(damage)
        .map(|remark| format!("{:11}{}\n", "", look.paint(DIM, &remark)))
        .collect();
    format!("{title}\n{paragraphs}{remarks}")
}

/// One kind: how often, with what, when; what it means; and how to mend it.
fn paragraph(kind: &[Notice], look: Look) -> String {
    let Some(any) = kind.first() else { return String::new() };
    let count: u64 = kind.iter().map(|notice| notice.count).sum();
    let shown: Vec<String> =
        kind.iter().take(SUBJECTS_SHOWN_MAX).map(|notice| text::plain(&notice.subject)).collect();
    let rest = match kind.len() - shown.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let first = kind.iter().map(|notice| notice.first).min().unwrap_or(any.first);
    let last = kind.iter().map(|notice| notice.last).max().unwrap_or(any.last);
    let meaning = any.mend.replacen(": ", "\n           → ", 1);
    format!(
        "{count:>7} ×  {}: {}{rest}, {}\n           {}\n",
        look.paint(WARN, name(any.kind)),
        shown.join(", "),
        text::clock_span(first, last),
        look.paint(DIM, &meaning),
    )
}

/// One notice in a line, for those who watch live.
pub(crate) fn notice(notice: &Notice) -> String {
    format!("{}: {}: {}", name(notice.kind), text::plain(&notice.subject), notice.mend)
}

/// The kind in plain words.
const fn name(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Late => "late record",
        NoticeKind::Duplicate => "record that came twice",
        NoticeKind::Conflict => "records that contradict",
        NoticeKind::Ahead => "record from the future",
        NoticeKind::MissingSamples => "missing samples",
        NoticeKind::UnknownPlate => "unknown plate",
        NoticeKind::NotANumber => "values that are no numbers",
        NoticeKind::DeadPlate => "dead plate",
        NoticeKind::StuckPlate => "stuck plate",
        NoticeKind::Overload => "overloaded plate",
        NoticeKind::BadKeypoint => "bad keypoint",
        NoticeKind::UntrackedView => "view without a tracker",
        NoticeKind::UnknownCamera => "unknown camera",
        NoticeKind::SilentCamera => "silent camera",
        NoticeKind::MovedCamera => "moved camera",
        NoticeKind::UnknownGate => "unknown gate",
        NoticeKind::UnknownPassage => "passage of nobody",
        NoticeKind::UnboundTrack => "person without a trip",
        NoticeKind::Unexplained => "unexplained change",
        NoticeKind::WrongPlanogram => "planogram that seems wrong",
        NoticeKind::UnreadableMessage => "unreadable message",
        NoticeKind::UnknownChannel => "unknown channel",
    }
}

#[cfg(test)]
mod tests {
    use model::Notices;

    use super::super::samples;
    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    #[test]
    fn nothing_wrong_says_nothing() {
        assert_eq!(notices(&Totals::default(), LOOK), "");
    }

    #[test]
    fn notices_are_counted_by_kind_with_their_mend() {
        let mut found = Notices::default();
        found.add(NoticeKind::Late, "tracker", 12, samples::moment());
        found.add(NoticeKind::Late, "tracker", 1, samples::moment().plus_seconds(3.0));
        for plate in 1..=8 {
            found.add(NoticeKind::DeadPlate, &format!("2/1/{plate}"), 1, samples::moment());
        }
        found.add(NoticeKind::WrongPlanogram, "2/3/1 (cola)", 3, samples::moment());
        found.add(NoticeKind::UnreadableMessage, "/scales/3", 2, samples::moment());
        let totals = Totals {
            notices: found,
            unreadable: [("/scales/3".to_owned(), "holds 7 values for 3 plates".to_owned())].into(),
            damage: Some("day.mcap: at byte 70: cut off in the middle".to_owned()),
            ..Totals::default()
        };
        insta::assert_snapshot!(notices(&totals, LOOK));
    }
}
