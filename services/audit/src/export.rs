//! The log as lines of JSON, and the manifest that goes with them.
//!
//! One record is one line, fields in this order:
//!
//! ```json
//! {"sequence":1,"subject":"evt.cambs.register","id":"…","digest":"…","source":"…","kind":"…","time":"2018-09-12T10:00:00.000000Z","body":{…}}
//! ```
//!
//! `body` is the message exactly as it is stored, character for character. A message that is not
//! JSON on one line, which this program never writes, stands as `"body_base64":"…"` instead. So
//! every record is rebuilt byte for byte, and every record has exactly one line: a line that could
//! be written otherwise is refused.
//!
//! The manifest ([`Manifest`]) names the log, the positions, the number of lines and the SHA-256 of
//! all lines, each with its line end, and the same of every 1,000 lines ([`Block`]). On disk an export is a folder with `log.ndjson` and
//! `manifest.json`, or a file `NAME` with `NAME.manifest.json` beside it.

pub(crate) mod blocks;
mod file;
mod line;
mod manifest;

pub use blocks::{BLOCK, Block};
pub use file::{Export, Records, Writer};
pub use line::{LineError, MAX_LINE, line_of, record_of};
pub use manifest::{FORMAT, Manifest, Sealer};

use std::path::PathBuf;

/// Why an export cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file or folder cannot be used.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
    /// The manifest is not one.
    #[error("{}: the manifest cannot be read: {reason}", path.display())]
    Manifest {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A line is not a record.
    #[error("line {number} is not a record: {problem}")]
    Line {
        /// Counted from 1.
        number: u64,
        /// What is wrong with it.
        problem: LineError,
    },
    /// A record does not follow the one before it.
    #[error("line {number} has position {found}, after {before}; positions go up")]
    Order {
        /// Counted from 1.
        number: u64,
        /// The position of the line before.
        before: u64,
        /// Its own.
        found: u64,
    },
    /// A record of another area.
    #[error("line {number} is of another area than the export")]
    Elsewhere {
        /// Counted from 1.
        number: u64,
    },
    /// A position so far ahead that it cannot be right.
    #[error("line {number} has position {found}, {before} came before; that is too far ahead")]
    TooFar {
        /// Counted from 1.
        number: u64,
        /// The position of the line before.
        before: u64,
        /// Its own.
        found: u64,
    },
}
