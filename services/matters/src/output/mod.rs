//! What people and programs see: tables on a terminal, tab-separated values in a pipe, JSON on
//! demand. Data goes to standard output, messages to standard error.

pub(crate) mod json;
mod plainly;
pub(crate) mod rows;
mod table;
pub(crate) mod tsv;

pub(crate) use plainly::plainly;

use crate::failure::Failure;
use serde_json::Value;
use std::io::{IsTerminal as _, Write as _};

/// Characters in a line from which on a table of eight columns can be read.
const WIDE: u16 = 120;

/// The forms in which data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Columns for the eye.
    Table,
    /// Tab-separated values with a header line.
    Tsv,
    /// JSON; the keys are documented.
    Json,
}

/// Where and how data is printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// The form.
    pub(crate) format: Format,
    /// Whether red may be used for what is late.
    pub(crate) colour: bool,
    width: Option<u16>,
}

impl Output {
    /// The form that was asked for, else a table on a terminal and tab-separated values in a pipe.
    pub(crate) fn chosen(asked: Option<Format>) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let format = asked.unwrap_or(if terminal { Format::Table } else { Format::Tsv });
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            format,
            colour: terminal && format == Format::Table && !set("NO_COLOR"),
            width: std::env::var("COLUMNS")
                .ok()
                .and_then(|width| width.parse().ok()),
        }
    }

    /// Whether JSON was asked for.
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Whether rows are drawn on a screen that is too narrow for many columns.
    pub(crate) fn is_narrow(self) -> bool {
        self.format == Format::Table && table::width(self.width) < WIDE
    }

    /// Prints rows under their headings.
    pub(crate) fn rows(self, headings: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
        match self.format {
            Format::Table => data(&table::drawn(headings, rows, self.width, self.colour)),
            Format::Tsv | Format::Json => data(&tsv::lines(headings, rows)),
        }
    }

    /// Prints names and values, one pair a line; pairs without a value are left out.
    pub(crate) fn pairs(self, pairs: &[(&str, String)]) -> Result<(), Failure> {
        let rows: Vec<Vec<String>> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| vec![(*name).to_owned(), value.clone()])
            .collect();
        match self.format {
            Format::Table => data(&table::drawn(&[], &rows, self.width, self.colour)),
            Format::Tsv | Format::Json => data(&tsv::lines(&[], &rows)),
        }
    }

    /// Prints a value as JSON.
    pub(crate) fn json(self, value: &Value) -> Result<(), Failure> {
        data(&serde_json::to_string_pretty(value)?)
    }
}

/// Prints text to standard output, with a line end. A closed pipe is the reader's choice, no failure.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints a line to standard error; there is nobody to tell when that fails.
pub(crate) fn message(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
