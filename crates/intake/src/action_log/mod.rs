//! Reads a clerk's existing action log, from CSV or from an Excel workbook.
//!
//! Columns are found by their headings, in whatever order and below whatever title rows. Every row
//! comes out once, in order: a [`LogRow`], or a [`RowProblem`] with the number that the clerk sees
//! in Excel, the column, what is wrong and what would be right. Blank rows are skipped. What stands
//! in columns that nobody recognised is kept beside the row, and the columns are reported.

mod columns;
mod csv_rows;
mod mapping;
mod row;
mod words;
mod xlsx_rows;

use std::collections::HashMap;
use std::io::{Read, Seek};

pub use columns::{ColumnReport, Field};
pub use mapping::{Mapping, MappingError};
pub use row::{LogDue, LogRow, RowProblem};
pub use words::{LogKind, LogRag, LogState, STATE_WORDS};

use chrono::NaiveDate;

/// The most rows that are read from one log, its title rows and blank rows included.
pub const MOST_ROWS: u32 = 50_000;
/// The most characters in one cell.
pub const LONGEST_CELL_CHARS: usize = 20_000;
/// The most columns.
pub const MOST_COLUMNS: usize = 256;
/// How many rows are searched for the headings.
const ROWS_BEFORE_HEADINGS: usize = 50;

/// Why a log cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file could not be read.
    #[error("the file could not be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The file is saved as UTF-16.
    #[error(
        "the file is saved as “Unicode text” (UTF-16); save it as “CSV UTF-8” or as an Excel workbook (.xlsx)"
    )]
    Utf16,
    /// The file is a workbook and was given as CSV.
    #[error("the file is an Excel workbook, not CSV; give it the ending .xlsx")]
    IsWorkbook,
    /// The workbook could not be opened.
    #[error(
        "the workbook could not be read ({0}); open it in Excel and save it again as .xlsx, without a password"
    )]
    NoWorkbook(String),
    /// No row has the headings that are needed.
    #[error(
        "no row among the first {ROWS_BEFORE_HEADINGS} has a heading for both the reference and the text of an action{}; \
         name them in a mapping file, such as [columns] \"Minute\" = \"reference\" and \"Point\" = \"text\"",
        best.as_ref().map(|(row, headings)| format!("; row {row} came nearest, with {headings}")).unwrap_or_default()
    )]
    NoHeadings {
        /// The row that came nearest and its headings.
        best: Option<(u32, String)>,
    },
    /// The mapping file names headings that the log does not have.
    #[error(
        "the mapping file names {missing}, which is not a heading on row {row}; the headings there are {found}"
    )]
    MappedHeadingMissing {
        /// The row of the headings.
        row: u32,
        /// The headings that were named.
        missing: String,
        /// The headings that are there.
        found: String,
    },
}

/// What a cell holds before anybody says what it means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(NaiveDate),
    /// The cell cannot be used; why, and what would be right.
    Broken(String, &'static str),
}

impl Cell {
    fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The cell as text, as the clerk would read it.
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Broken(what, _) => what.clone(),
        }
    }
}

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawRow {
    /// The number that Excel shows beside it.
    pub(crate) number: u32,
    pub(crate) cells: Vec<Cell>,
}

impl RawRow {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// Rows as they come; an error ends them.
type RawRows<'a> = Box<dyn Iterator<Item = Result<RawRow, RowProblem>> + 'a>;

/// A log whose headings were found: an iterator over its rows.
pub struct ActionLog<'a> {
    rows: RawRows<'a>,
    columns: ColumnReport,
    reader: row::RowReader,
    seen: HashMap<String, u32>,
    ended: bool,
}

impl std::fmt::Debug for ActionLog<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActionLog")
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

impl<'a> ActionLog<'a> {
    /// Reads CSV as it streams: commas, semicolons or tabs; UTF-8 with or without a mark, or
    /// Windows-1252, told apart cell by cell.
    ///
    /// # Errors
    /// When the file is no CSV or has no headings.
    pub fn from_csv(mut reader: impl Read + 'a, mapping: &Mapping) -> Result<Self, LogError> {
        let head = csv_rows::head(&mut reader)?;
        let separator = separator(&head, mapping);
        let whole = std::io::Cursor::new(head).chain(reader);
        let rows = csv_rows::CsvRows::new(whole, separator);
        Self::with_rows(Box::new(rows), mapping, None)
    }

    /// Reads an Excel workbook: the first sheet, in order, that has the headings. Hidden sheets are
    /// left out.
    ///
    /// # Errors
    /// When the workbook cannot be opened or no sheet has the headings.
    pub fn from_xlsx(reader: impl Read + Seek, mapping: &Mapping) -> Result<Self, LogError> {
        let mut nearest = LogError::NoHeadings { best: None };
        for sheet in xlsx_rows::sheets(reader)? {
            match Self::with_rows(Box::new(sheet.rows.into_iter()), mapping, Some(sheet.name)) {
                Err(refused @ LogError::NoHeadings { best: Some(_) }) => nearest = refused,
                Err(LogError::NoHeadings { best: None }) => {}
                other => return other,
            }
        }
        Err(nearest)
    }

    fn with_rows(
        mut rows: RawRows<'a>,
        mapping: &Mapping,
        sheet: Option<String>,
    ) -> Result<Self, LogError> {
        let mut first: Vec<Result<RawRow, RowProblem>> = Vec::new();
        while first.len() < ROWS_BEFORE_HEADINGS {
            match rows.next() {
                Some(row) => first.push(row),
                None => break,
            }
        }
        let readable: Vec<&RawRow> = first.iter().filter_map(|row| row.as_ref().ok()).collect();
        let (columns, places) = columns::find(&readable, mapping, sheet)?;
        let after: Vec<_> = first
            .into_iter()
            .filter(|row| match row {
                Ok(row) => row.number > columns.heading_row,
                Err(problem) => problem.number > columns.heading_row,
            })
            .collect();
        Ok(Self {
            rows: Box::new(after.into_iter().chain(rows)),
            reader: row::RowReader::new(places, &columns, mapping),
            columns,
            seen: HashMap::new(),
            ended: false,
        })
    }

    /// Which headings were understood, and which were not.
    #[must_use]
    pub fn columns(&self) -> &ColumnReport {
        &self.columns
    }

    /// A reference names one action: a second row with it is reported, not read.
    fn once(&mut self, row: LogRow) -> Result<LogRow, RowProblem> {
        let key = row
            .reference
            .to_lowercase()
            .split_whitespace()
            .collect::<String>();
        match self.seen.get(&key) {
            Some(earlier) => Err(RowProblem {
                number: row.number,
                column: self.columns.heading_of(Field::Reference),
                reason: format!(
                    "the reference {} is already on row {earlier}",
                    row.reference
                ),
                right:
                    "give each action its own reference, or put the later row's text into the first"
                        .to_owned(),
            }),
            None => {
                self.seen.insert(key, row.number);
                Ok(row)
            }
        }
    }
}

/// The separator under which the most headings are understood; a comma when none is.
fn separator(head: &[u8], mapping: &Mapping) -> u8 {
    let understood = |separator: u8| {
        csv_rows::CsvRows::new(head, separator)
            .take(ROWS_BEFORE_HEADINGS)
            .filter_map(Result::ok)
            .map(|row| columns::understood(&row, mapping))
            .max()
            .unwrap_or(0)
    };
    let likeliest_last = csv_rows::SEPARATORS.into_iter().rev();
    likeliest_last
        .max_by_key(|&separator| understood(separator))
        .unwrap_or(b',')
}

impl Iterator for ActionLog<'_> {
    type Item = Result<LogRow, RowProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let raw = match self.rows.next()? {
                Ok(raw) => raw,
                Err(problem) => {
                    self.ended = true;
                    return Some(Err(problem));
                }
            };
            if raw.number > MOST_ROWS {
                self.ended = true;
                return Some(Err(RowProblem {
                    number: raw.number,
                    column: None,
                    reason: format!("the log goes on after row {MOST_ROWS}, and no more are read"),
                    right: "split the log into several files".to_owned(),
                }));
            }
            if raw.is_blank() {
                continue;
            }
            let read = self.reader.read(&raw);
            return Some(read.and_then(|row| self.once(row)));
        }
        None
    }
}
