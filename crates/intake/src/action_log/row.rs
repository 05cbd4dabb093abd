//! Reads one row: every cell by its field.

use std::fmt;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::columns::{ColumnReport, Field, Place};
use super::mapping::Mapping;
use super::words::{self, LogKind, LogRag, LogState};
use super::{Cell, RawRow};
use crate::civil_date;

/// An action as the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRow {
    /// The row's number in Excel.
    pub number: u32,
    /// The clerk's reference, as written.
    pub reference: String,
    /// The kind: as the row says, else as the heading of the text says, else an action.
    pub kind: LogKind,
    /// The question or action, verbatim.
    pub text: String,
    /// The topic, or empty.
    pub topic: String,
    /// The theme, or empty.
    pub theme: String,
    /// The meeting as written, or empty.
    pub meeting: String,
    /// The day it was raised: its own column, else the date in the meeting's.
    pub raised_on: Option<NaiveDate>,
    /// Who was asked, or empty.
    pub owner: String,
    /// The group or body that has it, or empty.
    pub delegated_to: String,
    /// When it is due.
    pub due: LogDue,
    /// The state.
    pub state: LogState,
    /// The latest update or response, or empty.
    pub update: String,
    /// The day of the update.
    pub update_on: Option<NaiveDate>,
    /// The day it was closed.
    pub closed_on: Option<NaiveDate>,
    /// Delivery confidence.
    pub rag: Option<LogRag>,
    /// What stands in columns that were not understood, with their headings.
    pub other: Vec<(String, String)>,
}

/// When an action is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogDue {
    /// On a day.
    On(NaiveDate),
    /// No day was agreed: what the log says instead, or that it says nothing.
    NoneAgreed(String),
}

/// Why a row was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// The row's number in Excel.
    pub number: u32,
    /// The heading of the column, when it is one cell's fault.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.number)?;
        if let Some(column) = &self.column {
            write!(f, ", “{column}”")?;
        }
        write!(f, ": {}; {}", self.reason, self.right)
    }
}

impl std::error::Error for RowProblem {}

/// Reads rows by the places of their columns.
pub(crate) struct RowReader {
    places: Vec<Place>,
    default_kind: LogKind,
    mapping: Mapping,
}

impl RowReader {
    pub(crate) fn new(places: Vec<Place>, columns: &ColumnReport, mapping: &Mapping) -> Self {
        let heading = columns.heading_of(Field::Text).unwrap_or_default();
        Self {
            places,
            default_kind: words::kind(&heading).unwrap_or(LogKind::Action),
            mapping: mapping.clone(),
        }
    }

    pub(crate) fn read(&self, raw: &RawRow) -> Result<LogRow, RowProblem> {
        let cells = Cells { reader: self, raw };
        cells.check_width()?;
        let reference = cells.required(
            Field::Reference,
            "write the reference that the action is known by",
        )?;
        let text = cells.required(Field::Text, "write the question or action in words")?;
        let meeting = cells.text(Field::Meeting)?;
        let raised_on = cells
            .date(Field::RaisedOn)?
            .or_else(|| cells.date(Field::Meeting).ok().flatten())
            .or_else(|| civil_date::find(&meeting));
        let closed_on = cells.date(Field::ClosedOn)?;
        let due = cells.due()?;
        let row = LogRow {
            number: raw.number,
            reference,
            kind: cells.kind()?,
            text,
            topic: cells.text(Field::Topic)?,
            theme: cells.text(Field::Theme)?,
            raised_on,
            meeting,
            owner: cells.text(Field::Owner)?,
            delegated_to: cells.text(Field::DelegatedTo)?,
            due,
            state: cells.state(closed_on)?,
            update: cells.text(Field::Update)?,
            update_on: cells.date(Field::UpdateOn)?,
            closed_on,
            rag: cells.rag()?,
            other: cells.other(),
        };
        cells.check_order(&row)?;
        Ok(row)
    }
}

struct Cells<'a> {
    reader: &'a RowReader,
    raw: &'a RawRow,
}

impl Cells<'_> {
    fn problem(&self, field: Field, reason: String, right: &str) -> RowProblem {
        RowProblem {
            number: self.raw.number,
            column: self.find(field).map(|(_, heading)| heading.to_owned()),
            reason,
            right: right.to_owned(),
        }
    }

    fn find(&self, wanted: Field) -> Option<(usize, &str)> {
        let places = self.reader.places.iter().enumerate();
        places
            .filter_map(|(at, place)| match place {
                Place::Field(field, heading) if *field == wanted => Some((at, heading.as_str())),
                _ => None,
            })
            .next()
    }

    fn cell(&self, field: Field) -> Result<&Cell, RowProblem> {
        let at = self.find(field).map(|(at, _)| at);
        match at.and_then(|at| self.raw.cells.get(at)) {
            None => Ok(&Cell::Empty),
            Some(Cell::Broken(what, right)) => Err(self.problem(field, what.clone(), right)),
            Some(cell) => Ok(cell),
        }
    }

    fn text(&self, field: Field) -> Result<String, RowProblem> {
        self.cell(field).map(Cell::text)
    }

    fn required(&self, field: Field, right: &str) -> Result<String, RowProblem> {
        let text = self.text(field)?;
        if text.chars().any(char::is_alphanumeric) {
            return Ok(text);
        }
        Err(self.problem(field, "the cell is empty".to_owned(), right))
    }

    fn date(&self, field: Field) -> Result<Option<NaiveDate>, RowProblem> {
        let right = "write 2018-09-12, 12/09/2018 or 12 September 2018, or leave the cell empty";
        let cell = self.cell(field)?;
        if cell.is_blank() || words::says_no_date(&cell.text()) {
            return Ok(None);
        }
        read_date(cell)
            .map(Some)
            .map_err(|reason| self.problem(field, reason, right))
    }

    fn due(&self) -> Result<LogDue, RowProblem> {
        let words = self.text(Field::DueOn)?;
        Ok(match self.date(Field::DueOn)? {
            Some(date) => LogDue::On(date),
            None if words.is_empty() => LogDue::NoneAgreed("none recorded in the log".to_owned()),
            None => LogDue::NoneAgreed(words),
        })
    }

    fn kind(&self) -> Result<LogKind, RowProblem> {
        let word = self.text(Field::Kind)?;
        if word.is_empty() {
            return Ok(self.reader.default_kind);
        }
        words::kind(&word).ok_or_else(|| {
            let right =
                "write question, action, recommendation, information request or undertaking";
            self.problem(
                Field::Kind,
                format!("“{}” is no kind of action", opening(&word)),
                right,
            )
        })
    }

    /// An empty state is closed when there is a day of closing, and open otherwise.
    fn state(&self, closed_on: Option<NaiveDate>) -> Result<LogState, RowProblem> {
        let word = self.text(Field::Status)?;
        if word.is_empty() {
            let closed = closed_on.is_some();
            return Ok(if closed {
                LogState::Closed
            } else {
                LogState::Open
            });
        }
        let known = self
            .reader
            .mapping
            .state(&word)
            .or_else(|| words::state(&word));
        known.ok_or_else(|| {
            let right = "write open, answered, closed or withdrawn, or say under [states] in a mapping file what it means";
            self.problem(Field::Status, format!("“{}” is no state that is known", opening(&word)), right)
        })
    }

    fn rag(&self) -> Result<Option<LogRag>, RowProblem> {
        let word = self.text(Field::Rag)?;
        if word.is_empty() {
            return Ok(None);
        }
        words::rag(&word).ok_or_else(|| {
            let reason = format!("“{}” is no rating", opening(&word));
            self.problem(
                Field::Rag,
                reason,
                "write red, amber or green, or leave the cell empty",
            )
        })
    }

    fn other(&self) -> Vec<(String, String)> {
        let cells = self
            .raw
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_blank());
        cells
            .filter_map(|(at, cell)| match self.reader.places.get(at) {
                Some(Place::Other(heading)) => Some((heading.clone(), cell.text())),
                Some(Place::Field(..) | Place::Ignored(_)) => None,
                Some(Place::Nameless) | None => {
                    Some((format!("column {}", letters(at)), cell.text()))
                }
            })
            .collect()
    }

    fn check_width(&self) -> Result<(), RowProblem> {
        if self.raw.cells.len() <= super::MOST_COLUMNS {
            return Ok(());
        }
        Err(RowProblem {
            number: self.raw.number,
            column: None,
            reason: format!("the row has more than {} cells", super::MOST_COLUMNS),
            right: "look for a stray quotation mark or separator, or delete the columns that are not part of the log"
                .to_owned(),
        })
    }

    fn check_order(&self, row: &LogRow) -> Result<(), RowProblem> {
        let Some(raised) = row.raised_on else {
            return Ok(());
        };
        let due = match row.due {
            LogDue::On(due) => Some(due),
            LogDue::NoneAgreed(_) => None,
        };
        for (field, date, what) in [
            (Field::ClosedOn, row.closed_on, "closed"),
            (Field::DueOn, due, "due"),
            (Field::UpdateOn, row.update_on, "updated"),
        ] {
            if let Some(date) = date.filter(|date| *date < raised) {
                let reason = format!("it is {what} on {date}, before it was raised on {raised}");
                return Err(self.problem(field, reason, "correct one of the two dates"));
            }
        }
        Ok(())
    }
}

fn read_date(cell: &Cell) -> Result<NaiveDate, String> {
    match cell {
        Cell::Date(date) => Ok(*date),
        Cell::Number(number) => from_serial(*number)
            .ok_or_else(|| format!("{number} is no date of Excel between 2000 and 2099")),
        other => {
            let text = other.text();
            let serial = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
            let serial = serial
                .then(|| text.parse().ok().and_then(from_serial))
                .flatten();
            serial.map_or_else(|| civil_date::parse(&opening(&text)), Ok)
        }
    }
}

/// A date as Excel stores it: days since 30 December 1899 (right from 1 March 1900 on). Only the
/// years 2000 to 2099 are taken for dates.
fn from_serial(number: f64) -> Option<NaiveDate> {
    let in_range = (36_526.0..73_051.0).contains(&number);
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    // In range, the number is positive and far below the limits of u64.
    in_range
        .then(|| epoch.checked_add_days(Days::new(number.floor() as u64)))
        .flatten()
}

/// The first words of a cell, for an error that must stay readable.
fn opening(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

/// The letters that Excel shows above a column: A, B, … Z, AA.
fn letters(at: usize) -> String {
    let mut out = String::new();
    let mut rest = at + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        out.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    out
}
