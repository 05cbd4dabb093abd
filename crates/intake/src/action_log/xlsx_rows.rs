//! Rows of the sheets of an Excel workbook.
//!
//! Cells are taken one by one, never as a rectangle: a workbook with one cell far out would ask for
//! a rectangle of seventeen thousand million cells.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Seek};

use calamine::{DataRef, Dimensions, Reader, SheetVisible, Xlsx, XlsxError};
use chrono::NaiveDate;

use super::csv_rows::{text_cell, too_long};
use super::{Cell, LONGEST_CELL_CHARS, LogError, MOST_COLUMNS, MOST_ROWS, RawRow, RowProblem};

/// The most sheets of a workbook that are searched.
const MOST_SHEETS: usize = 50;

pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) rows: Vec<Result<RawRow, RowProblem>>,
}

/// The visible sheets of a workbook, in order.
pub(crate) fn sheets(reader: impl Read + Seek) -> Result<Vec<Sheet>, LogError> {
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(reader)).map_err(unreadable)?;
    if book.has_1904_epoch() {
        // A bare number in a column of dates would be read four years wrong.
        let why = "it counts dates from 1904, an old setting of Excel for Macintosh".to_owned();
        return Err(LogError::NoWorkbook(why));
    }
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .take(MOST_SHEETS)
        .collect();
    names
        .into_iter()
        .map(|name| sheet(&mut book, name))
        .collect()
}

fn unreadable(error: XlsxError) -> LogError {
    LogError::NoWorkbook(error.to_string())
}

fn sheet<RS: Read + Seek>(book: &mut Xlsx<RS>, name: String) -> Result<Sheet, LogError> {
    let merged = merged(book, &name);
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut cells = match book.worksheet_cells_reader(&name) {
        Ok(cells) => cells,
        // A sheet that holds a chart has no cells.
        Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => {
            return Ok(Sheet {
                name,
                rows: Vec::new(),
            });
        }
        Err(error) => return Err(unreadable(error)),
    };
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let value = value(cell.get_value());
        if value == Cell::Empty {
            continue;
        }
        if row >= MOST_ROWS {
            // One row past the limit shows that there is more.
            rows.insert(row, vec![value]);
            break;
        }
        // One cell past the limit shows that there are more.
        let column = usize::try_from(column)
            .unwrap_or(MOST_COLUMNS)
            .min(MOST_COLUMNS);
        let row = rows.entry(row).or_default();
        if row.len() <= column {
            row.resize(column + 1, Cell::Empty);
        }
        row[column] = value;
    }
    fill_down(&mut rows, &merged);
    let rows = rows
        .into_iter()
        .map(|(index, cells)| {
            Ok(RawRow {
                number: index + 1,
                cells,
            })
        })
        .collect();
    Ok(Sheet { name, rows })
}

/// A sheet whose merged cells cannot be read is read without them.
fn merged<RS: Read + Seek>(book: &mut Xlsx<RS>, name: &str) -> Vec<Dimensions> {
    book.merge_cells_by_sheet_name(name).unwrap_or_default()
}

/// A cell merged over several rows (a meeting's date, mostly) holds for each of them. Cells merged
/// over several columns stay where they are.
fn fill_down(rows: &mut BTreeMap<u32, Vec<Cell>>, regions: &[Dimensions]) {
    for region in regions {
        let ((first, column), last) = (region.start, region.end.0);
        let Ok(column) = usize::try_from(column) else {
            continue;
        };
        let value = rows
            .get(&first)
            .and_then(|cells| cells.get(column))
            .cloned();
        let (Some(value), true) = (value, last > first && column < MOST_COLUMNS) else {
            continue;
        };
        for cells in rows.range_mut(first + 1..=last).map(|(_, cells)| cells) {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            if cells[column] == Cell::Empty {
                cells[column] = value.clone();
            }
        }
    }
}

fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) if text.len() > LONGEST_CELL_CHARS * 4 => too_long(),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Int(number) => text_cell(&number.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(value) => text_cell(if *value { "yes" } else { "no" }),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)).map_or_else(
                || {
                    Cell::Broken(
                        "the cell holds no day of the calendar".to_owned(),
                        "write the date again",
                    )
                },
                Cell::Date,
            )
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text_cell(text),
        DataRef::Error(error) => Cell::Broken(
            format!("the cell holds the error {error}"),
            "correct its formula, or replace it by its value",
        ),
    }
}
