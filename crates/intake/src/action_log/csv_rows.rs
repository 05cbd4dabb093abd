//! Rows of a CSV file, one at a time.
//!
//! Our own reader rather than a library's, for two reasons: a row must keep the number Excel shows,
//! which counts blank lines (the csv crate skips them); and a cell must stop growing at its limit
//! while it is read, or one stray quotation mark would take the rest of the file into memory.
//! The format is that of RFC 4180, with semicolons or tabs allowed for commas.

use std::io::{BufRead, BufReader, Read};

use super::{Cell, LONGEST_CELL_CHARS, LogError, MOST_COLUMNS, MOST_ROWS, RawRow, RowProblem};
use crate::encoding;

/// Characters of UTF-8 have at most four bytes.
const LONGEST_CELL_BYTES: usize = LONGEST_CELL_CHARS * 4;

pub(crate) struct CsvRows<R> {
    input: BufReader<R>,
    separator: u8,
    number: u32,
    ended: bool,
}

/// The separators that are tried, the likeliest first.
pub(crate) const SEPARATORS: [u8; 3] = *b",;\t";

/// How much of a file is looked at before its separator is chosen.
const HEAD_BYTES: u64 = 64 * 1024;

/// The first bytes of a file, without the mark of UTF-8.
pub(crate) fn head(reader: &mut impl Read) -> Result<Vec<u8>, LogError> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES).read_to_end(&mut head)?;
    if encoding::is_utf16(&head) {
        return Err(LogError::Utf16);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(LogError::IsWorkbook);
    }
    if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
        head.drain(..3);
    }
    Ok(head)
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn new(reader: R, separator: u8) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, reader),
            separator,
            number: 0,
            ended: false,
        }
    }

    fn record(&mut self) -> std::io::Result<Option<Record>> {
        let mut record = Record::default();
        loop {
            let Some(byte) = self.byte()? else {
                self.ended = true;
                record.at_end();
                return Ok(record.started.then_some(record));
            };
            record.started = true;
            if record.take(byte, self.separator) {
                if byte == b'\r' && self.input.fill_buf()?.first() == Some(&b'\n') {
                    self.input.consume(1);
                }
                return Ok(Some(record));
            }
        }
    }

    fn byte(&mut self) -> std::io::Result<Option<u8>> {
        let byte = self.input.fill_buf()?.first().copied();
        if byte.is_some() {
            self.input.consume(1);
        }
        Ok(byte)
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<RawRow, RowProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        // One row past the limit shows that there is more.
        if self.ended || self.number > MOST_ROWS {
            return None;
        }
        self.number += 1;
        let number = self.number;
        let problem = |reason: String, right: &str| RowProblem {
            number,
            column: None,
            reason,
            right: right.to_owned(),
        };
        match self.record() {
            Ok(None) => None,
            Ok(Some(record)) if record.unclosed => {
                let right = "close it, or write it twice (\"\") where it is part of the text";
                let reason = "a quotation mark is opened and the file ends before it is closed";
                Some(Err(problem(reason.to_owned(), right)))
            }
            Ok(Some(record)) => Some(Ok(RawRow {
                number,
                cells: record.cells,
            })),
            Err(error) => {
                self.ended = true;
                let right = "check the file and start again: rows already imported change nothing";
                Some(Err(problem(
                    format!("the file could not be read further: {error}"),
                    right,
                )))
            }
        }
    }
}

#[derive(Default, PartialEq)]
enum Quoting {
    #[default]
    Outside,
    Inside,
    /// A quotation mark inside quotation marks: the end, or the first of two.
    Maybe,
}

#[derive(Default)]
struct Record {
    cells: Vec<Cell>,
    bytes: Vec<u8>,
    too_long: bool,
    quoting: Quoting,
    started: bool,
    unclosed: bool,
}

impl Record {
    /// Takes one byte; whether it ended the record.
    fn take(&mut self, byte: u8, separator: u8) -> bool {
        match (&self.quoting, byte) {
            (Quoting::Inside, b'"') => self.quoting = Quoting::Maybe,
            (Quoting::Maybe, b'"') => {
                self.quoting = Quoting::Inside;
                self.push(byte);
            }
            (Quoting::Outside, b'"') if self.bytes.is_empty() => self.quoting = Quoting::Inside,
            (Quoting::Outside | Quoting::Maybe, b'\n' | b'\r') => {
                self.end_cell();
                return true;
            }
            (Quoting::Outside | Quoting::Maybe, byte) if byte == separator => self.end_cell(),
            (Quoting::Maybe, byte) => {
                self.quoting = Quoting::Outside;
                self.push(byte);
            }
            (_, byte) => self.push(byte),
        }
        false
    }

    fn push(&mut self, byte: u8) {
        if self.bytes.len() < LONGEST_CELL_BYTES {
            self.bytes.push(byte);
        } else {
            self.too_long = true;
        }
    }

    fn end_cell(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let cell = if std::mem::take(&mut self.too_long) {
            too_long()
        } else {
            match encoding::decode(&bytes) {
                Some(text) => text_cell(&text),
                None => Cell::Broken(
                    "the cell is not text in UTF-8 or Windows-1252".to_owned(),
                    "save the file as “CSV UTF-8”",
                ),
            }
        };
        self.quoting = Quoting::Outside;
        // One cell past the limit shows that there are more.
        if self.cells.len() <= MOST_COLUMNS {
            self.cells.push(cell);
        }
    }

    fn at_end(&mut self) {
        self.unclosed = self.quoting == Quoting::Inside;
        self.end_cell();
    }
}

pub(crate) fn too_long() -> Cell {
    Cell::Broken(
        format!("the cell has more than {LONGEST_CELL_CHARS} characters"),
        "shorten it, or move the rest into a document and cite that",
    )
}

/// A cell of text without what spreadsheets leave behind: no-break spaces, control characters.
pub(crate) fn text_cell(text: &str) -> Cell {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace("_x000D_", "")
        .chars()
        .map(|c| if c == '\u{a0}' { ' ' } else { c })
        .filter(|&c| {
            matches!(c, '\n' | '\t')
                || !(c.is_control() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{ad}'))
        })
        .collect();
    if text.chars().nth(LONGEST_CELL_CHARS).is_some() {
        return too_long();
    }
    if text.trim().is_empty() {
        return Cell::Empty;
    }
    Cell::Text(text)
}
