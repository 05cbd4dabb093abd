//! Tables for a terminal.

use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// What a column of long texts needs at least.
const TEXT_WIDTH: u16 = 30;

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
    let long = |row: &Vec<String>| {
        row.last()
            .is_some_and(|text| text.len() > usize::from(TEXT_WIDTH))
    };
    // The last column holds the text; beside a wide table it would be a word a line.
    if headings.len() > 5
        && rows.iter().any(long)
        && let Some(column) = table.column_mut(headings.len() - 1)
    {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(TEXT_WIDTH)));
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
