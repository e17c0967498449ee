//! One way of drawing tables.

use anstyle::Style;
use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table,
    TableStyle, Width,
};

use super::{BOLD, DIM, Look};

const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('╭', '─', '┬', '╮'))
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .row_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'))
    .bottom_border(LineStyle::new('╰', '─', '┴', '╯'));

/// A column: its head, and whether its cells stand at the right, as numbers do.
pub(crate) enum Column<'a> {
    Text(&'a str),
    Number(&'a str),
}

/// One row: a text a column.
pub(crate) struct Row {
    /// Style of its texts.
    pub(crate) style: Style,
    /// One text a column; columns without one are empty.
    pub(crate) cells: Vec<String>,
    /// Whether a line is drawn below.
    pub(crate) ruled: bool,
}

impl Row {
    /// A row without style and line.
    pub(crate) fn plain(cells: Vec<String>) -> Self {
        Self { style: Style::new(), cells, ruled: false }
    }
}

/// Draws a table at most as wide as the look, wrapping long texts; ends with a line break.
///
/// The first column is at least `first_width` wide, so that tables below one another line up.
pub(crate) fn table(look: Look, columns: &[Column<'_>], rows: &[Row], first_width: usize) -> String {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(look.width).unwrap_or(u16::MAX))
        .set_header(columns.iter().map(|column| match column {
            Column::Text(head) => Cell::new(head),
            Column::Number(head) => Cell::new(head).set_alignment(CellAlignment::Right),
        }));
    for row in rows {
        table.add_row(row.cells.iter().zip(columns).map(|(text, column)| match column {
            Column::Text(_) => Cell::new(text),
            Column::Number(_) => Cell::new(text).set_alignment(CellAlignment::Right),
        }));
    }
    if let (Some(first), Ok(width)) = (table.column_mut(0), u16::try_from(first_width)) {
        first.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
    painted(look, table.lines(), rows)
}

/// Drops the lines below rows that are not ruled; borders stand back, the head stands out.
fn painted(look: Look, lines: impl Iterator<Item = String>, rows: &[Row]) -> String {
    let mut rows = std::iter::once((BOLD, true)).chain(rows.iter().map(|row| (row.style, row.ruled)));
    let mut current = rows.next();
    let mut page = String::new();
    for line in lines {
        if line.starts_with(['╭', '╰']) {
            page += &(look.paint(DIM, &line) + "\n");
        } else if line.starts_with('├') {
            if current.is_some_and(|(_, ruled)| ruled) {
                page += &(look.paint(DIM, &line) + "\n");
            }
            current = rows.next();
        } else {
            let style = current.map_or(Style::new(), |(style, _)| style);
            let cells: Vec<String> = line.split('│').map(|cell| look.paint(style, cell)).collect();
            page += &(cells.join(&look.paint(DIM, "│")) + "\n");
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::super::WARN;
    use super::*;

    fn drawn(colour: bool) -> String {
        let row = |texts: [&str; 2]| Row::plain(texts.map(str::to_owned).to_vec());
        let rows = [
            row(["Tea that does not fit into one line", "1"]),
            Row { ruled: true, ..row(["Soap", "12"]) },
            Row { style: WARN, ..row(["Total", "13"]) },
        ];
        table(Look { width: 30, colour }, &[Column::Text("Product"), Column::Number("Qty")], &rows, 12)
    }

    #[test]
    fn rows_are_ruled_off_and_long_texts_wrap() {
        insta::assert_snapshot!(drawn(false));
    }

    #[test]
    fn colours_change_no_text() {
        let coloured = drawn(true);
        assert!(coloured.contains(&format!("{WARN} Total")));
        let mut inside = false;
        let plain: String = coloured
            .chars()
            .filter(|c| {
                let was_inside = inside;
                inside = *c == '\u{1b}' || (inside && *c != 'm');
                !inside && !was_inside
            })
            .collect();
        assert_eq!(plain, drawn(false));
    }
}
