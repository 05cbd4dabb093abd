//! One record as one line, and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use event_log::{Attributes, Digest, Record, Subject};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The longest line, in bytes: a message of 256 KiB in base64 and its attributes.
pub const MAX_LINE: usize = 1024 * 1024;

/// Why a line is not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Longer than [`MAX_LINE`].
    #[error("it is longer than {MAX_LINE} bytes")]
    TooLong,
    /// Not JSON, or not these fields.
    #[error("{reason}")]
    Form {
        /// What is wrong.
        reason: String,
    },
    /// A record, but not as this program writes it.
    #[error("the record at position {sequence} is not written as this program writes it")]
    NotAsWritten {
        /// The record's position.
        sequence: u64,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    sequence: u64,
    subject: &'a str,
    id: Uuid,
    digest: String,
    source: &'a str,
    kind: &'a str,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    sequence: u64,
    subject: String,
    id: Uuid,
    digest: String,
    source: String,
    kind: String,
    time: DateTime<Utc>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
    #[serde(default)]
    body_base64: Option<String>,
}

/// The line of a record, without the line end.
///
/// # Errors
/// Never in practice: every record can be written.
pub fn line_of(record: &Record) -> Result<String, LineError> {
    let raw = raw(&record.body);
    let written = Written {
        sequence: record.sequence,
        subject: record.subject.as_str(),
        id: record.id,
        digest: record.digest.to_string(),
        source: &record.attributes.source,
        kind: &record.attributes.kind,
        time: record
            .attributes
            .time
            .to_rfc3339_opts(SecondsFormat::Micros, true),
        body: raw,
        body_base64: raw.is_none().then(|| STANDARD.encode(&record.body)),
    };
    serde_json::to_string(&written).map_err(form)
}

/// A body that can stand in a line as it is: JSON in UTF-8, on one line, with nothing around it.
fn raw(body: &[u8]) -> Option<&RawValue> {
    let text = std::str::from_utf8(body).ok()?;
    let plain = !text.contains(['\n', '\r']) && text.trim().len() == text.len();
    plain.then(|| serde_json::from_str(text).ok()).flatten()
}

/// The record of a line.
///
/// # Errors
/// [`LineError`] when it is not the line of a record.
pub fn record_of(line: &str) -> Result<Record, LineError> {
    if line.len() > MAX_LINE {
        return Err(LineError::TooLong);
    }
    let read: Read<'_> = serde_json::from_str(line).map_err(form)?;
    let body = match (read.body, read.body_base64) {
        (Some(raw), None) => Bytes::copy_from_slice(raw.get().as_bytes()),
        (None, Some(text)) => STANDARD.decode(text).map_err(form)?.into(),
        _ => return Err(form("it has not exactly one of body and body_base64")),
    };
    let record = Record {
        sequence: read.sequence,
        subject: Subject::parse(&read.subject).map_err(form)?,
        id: read.id,
        digest: read.digest.parse::<Digest>().map_err(form)?,
        attributes: Attributes {
            source: read.source,
            kind: read.kind,
            time: read.time,
        },
        body,
    };
    if line_of(&record)? != line {
        return Err(LineError::NotAsWritten {
            sequence: record.sequence,
        });
    }
    Ok(record)
}

fn form(reason: impl std::fmt::Display) -> LineError {
    LineError::Form {
        reason: reason.to_string(),
    }
}
