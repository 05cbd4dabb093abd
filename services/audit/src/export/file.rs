//! An export on disk.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use event_log::{Incarnation, Record, Sequence};

use super::ExportError;
use super::line::{LineError, MAX_LINE, line_of, record_of};
use super::manifest::{Manifest, Sealer};

const LINES: &str = "log.ndjson";
const MANIFEST: &str = "manifest.json";
/// The longest manifest, in bytes: room for the blocks of fifty million lines.
const MAX_MANIFEST: u64 = 16 * 1024 * 1024;

/// An export on disk, opened.
#[derive(Debug)]
pub struct Export {
    lines: PathBuf,
    /// What it says of itself; `None` when no manifest lies beside a single file.
    pub manifest: Option<Manifest>,
}

impl Export {
    /// Opens a folder, or a file of lines with its manifest beside it.
    ///
    /// # Errors
    /// When it is not there or its manifest cannot be read. A folder needs its manifest; a file
    /// may be without.
    pub fn open(path: &Path) -> Result<Self, ExportError> {
        let folder = path.is_dir();
        let (lines, manifest) = places(path, folder);
        if !lines.is_file() {
            return Err(file(&lines)("there is no such file"));
        }
        let manifest = match (folder, manifest.exists()) {
            (false, false) => None,
            _ => Some(read_manifest(&manifest)?),
        };
        Ok(Self { lines, manifest })
    }

    /// The records, in order.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn records(&self) -> Result<Records, ExportError> {
        let opened = File::open(&self.lines).map_err(|e| file(&self.lines)(e))?;
        Ok(Records {
            path: self.lines.clone(),
            reader: BufReader::with_capacity(1 << 16, opened),
            sealer: Sealer::new(),
            number: 0,
            last: 0,
            done: false,
        })
    }
}

fn places(path: &Path, folder: bool) -> (PathBuf, PathBuf) {
    if folder {
        return (path.join(LINES), path.join(MANIFEST));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".");
    beside.push(MANIFEST);
    (path.to_owned(), PathBuf::from(beside))
}

fn read_manifest(path: &Path) -> Result<Manifest, ExportError> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_MANIFEST).read_to_string(&mut text))
        .map_err(|e| file(path)(e))?;
    serde_json::from_str(&text).map_err(|error| ExportError::Manifest {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn file<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> ExportError {
    move |reason| ExportError::File {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// The records of an export, one line at a time. Ends after the first error.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    reader: BufReader<File>,
    sealer: Sealer,
    number: u64,
    last: Sequence,
    done: bool,
}

impl Records {
    /// What passed so far, to be held against the manifest.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    fn read(&mut self) -> Result<Option<Record>, ExportError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX) + 1;
        let read = (&mut self.reader).take(limit).read_until(b'\n', &mut bytes);
        read.map_err(|e| file(&self.path)(e))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let number = self.number;
        let wrong = |problem| ExportError::Line { number, problem };
        if bytes.pop() != Some(b'\n') {
            return Err(wrong(if bytes.len() >= MAX_LINE {
                LineError::TooLong
            } else {
                LineError::Form {
                    reason: "it has no end: the file was cut".to_owned(),
                }
            }));
        }
        let line = std::str::from_utf8(&bytes).map_err(|_| {
            wrong(LineError::Form {
                reason: "it is not UTF-8".to_owned(),
            })
        })?;
        let record = record_of(line).map_err(wrong)?;
        if record.sequence <= self.last {
            return Err(ExportError::Order {
                number,
                before: self.last,
                found: record.sequence,
            });
        }
        self.last = record.sequence;
        self.sealer.line(line, record.sequence);
        Ok(Some(record))
    }
}

impl Iterator for Records {
    type Item = Result<Record, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.read().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Writes an export into a folder. Without [`Writer::finish`] there is no manifest, and so no
/// export.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    lines: BufWriter<File>,
    sealer: Sealer,
}

impl Writer {
    /// Begins an export in a folder, which is made when it is missing and must hold none yet.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn create(folder: &Path) -> Result<Self, ExportError> {
        std::fs::create_dir_all(folder).map_err(|e| file(folder)(e))?;
        let path = folder.join(LINES);
        let lines = File::create_new(&path).map_err(|e| file(&path)(e))?;
        Ok(Self {
            folder: folder.to_owned(),
            lines: BufWriter::new(lines),
            sealer: Sealer::new(),
        })
    }

    /// Writes a record.
    ///
    /// # Errors
    /// When the file takes no more.
    pub fn record(&mut self, record: &Record) -> Result<(), ExportError> {
        let line = line_of(record).map_err(|problem| ExportError::Line {
            number: record.sequence,
            problem,
        })?;
        self.line(&line, record.sequence)
    }

    /// Writes a line that a server sent, without its line end.
    ///
    /// # Errors
    /// When the file takes no more.
    pub fn line(&mut self, line: &str, position: Sequence) -> Result<(), ExportError> {
        self.sealer.line(line, position);
        writeln!(self.lines, "{line}").map_err(|e| file(&self.folder.join(LINES))(e))
    }

    /// Writes the manifest of what was written.
    ///
    /// # Errors
    /// When the files cannot be written to their end.
    pub fn finish(
        self,
        area: Option<String>,
        incarnation: Incarnation,
        exported_at: DateTime<Utc>,
    ) -> Result<Manifest, ExportError> {
        let manifest = self.sealer.clone().manifest(area, incarnation, exported_at);
        self.finish_with(&manifest)?;
        Ok(manifest)
    }

    /// Writes the manifest that a server sent.
    ///
    /// # Errors
    /// When the files cannot be written to their end.
    pub fn finish_with(mut self, manifest: &Manifest) -> Result<(), ExportError> {
        let lines = self.folder.join(LINES);
        self.lines.flush().map_err(|e| file(&lines)(e))?;
        self.lines
            .get_ref()
            .sync_all()
            .map_err(|e| file(&lines)(e))?;
        let path = self.folder.join(MANIFEST);
        let mut text = serde_json::to_string_pretty(manifest).map_err(|e| file(&path)(e))?;
        text.push('\n');
        let mut written = File::create_new(&path).map_err(|e| file(&path)(e))?;
        written
            .write_all(text.as_bytes())
            .and_then(|()| written.sync_all())
            .map_err(|e| file(&path)(e))
    }
}
