//! Tables for a terminal.

use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// Headings of long texts.
const LONG: [&str; 3] = ["text", "asked", "question or action"];
/// What a column of long texts needs at least.
const TEXT_WIDTH: u16 = 30;

/// The width of the screen, or `given` where it is given; what is no screen is wide enough.
pub(super) fn width(given: Option<u16>) -> u16 {
    given.or_else(|| Table::new().width()).unwrap_or(120)
}

/// Draws rows in columns that fit the width of the terminal, or `width` where it is given.
pub(super) fn drawn(
    headings: &[&str],
    rows: &[Vec<String>],
    width: Option<u16>,
    colour: bool,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = width {
        table.set_width(width);
    } else if !table.is_tty() {
        table.set_width(120);
    }
    if !headings.is_empty() {
        table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    }
    for row in rows {
        table.add_row(row.iter().map(|text| cell(text, colour)));
    }
    // Beside a wide table the long texts would be a word a line.
    let at = headings.iter().position(|heading| LONG.contains(heading));
    let long = |row: &Vec<String>, at: usize| {
        row.get(at)
            .is_some_and(|text| text.len() > usize::from(TEXT_WIDTH))
    };
    if let Some(at) = at
        && rows.iter().any(|row| long(row, at))
        && let Some(column) = table.column_mut(at)
    {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(TEXT_WIDTH)));
    }
    // A reference is never broken over two lines.
    let whole = headings.first() == Some(&"reference") || headings.len() > 5;
    if let Some(column) = table.column_mut(0).filter(|_| whole) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    let drawn = table.to_string();
    let lines: Vec<&str> = drawn.lines().map(|line| line.trim_end()).collect();
    // The first column begins at the edge.
    let indented = lines
        .iter()
        .all(|line| line.is_empty() || line.starts_with(' '));
    let cut = |line: &&str| {
        if indented {
            line.get(1..).unwrap_or("").to_owned()
        } else {
            (*line).to_owned()
        }
    };
    lines.iter().map(cut).collect::<Vec<_>>().join("\n")
}

fn cell(text: &str, colour: bool) -> Cell {
    let cell = Cell::new(text);
    if colour && text.contains("overdue") {
        cell.fg(Color::Red)
    } else {
        cell
    }
}
