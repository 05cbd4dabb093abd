//! Records as rows of the table `events`, each with a checksum of its own: SQLite has none. What many
//! records share stands once: subjects, and sources with kinds.

use bytes::Bytes;
use chrono::DateTime;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row, params};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::unavailable;
use crate::limits::{MAX_BATCH, MAX_BATCH_BYTES};
use crate::{Append, Attributes, Digest, LogError, Record, Sequence, Subject};

/// The shared rows are joined from the left, so that a record whose subject is lost is damage and not
/// a gap.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.sequence, s.subject, e.id, e.digest, o.source, o.kind, e.time, e.body, \
             e.checksum FROM events e LEFT JOIN subjects s ON s.number = e.subject \
             LEFT JOIN origins o ON o.number = e.origin ",
            $rest
        )
    };
}

/// The head is the last row; 0 without one.
pub(super) fn head(db: &Connection) -> Result<Sequence, LogError> {
    let mut statement = prepare(db, "SELECT coalesce(max(sequence), 0) FROM events")?;
    statement.query_row([], position).map_err(fault)
}

pub(super) fn by_id(db: &Connection, id: Uuid) -> Result<Option<Record>, LogError> {
    one(db, select!("WHERE e.id = ?1"), [id.as_bytes().as_slice()])
}

pub(super) fn by_sequence(db: &Connection, sequence: Sequence) -> Result<Option<Record>, LogError> {
    one(db, select!("WHERE e.sequence = ?1"), [integer(sequence)])
}

/// The statements of these two, as the connection keeps them.
#[cfg(test)]
pub(super) fn kept(db: &Connection) -> Result<[CachedStatement<'_>; 2], LogError> {
    Ok([
        prepare(db, select!("WHERE e.sequence = ?1"))?,
        prepare(db, select!("WHERE e.id = ?1"))?,
    ])
}

pub(super) fn last_of(db: &Connection, subject: &Subject) -> Result<Option<Record>, LogError> {
    one(
        db,
        select!(
            "WHERE e.subject = (SELECT number FROM subjects WHERE subject = ?1)
             ORDER BY e.sequence DESC LIMIT 1"
        ),
        [subject.as_str()],
    )
}

/// The last sequence of a subject, 0 without one: answered from the index alone.
pub(super) fn last_sequence_of(db: &Connection, subject: &Subject) -> Result<Sequence, LogError> {
    let mut statement = prepare(
        db,
        "SELECT coalesce(max(sequence), 0) FROM events
         WHERE subject = (SELECT number FROM subjects WHERE subject = ?1)",
    )?;
    statement
        .query_row([subject.as_str()], position)
        .map_err(fault)
}

pub(super) fn of_subject(
    db: &Connection,
    subject: &Subject,
    after: Sequence,
) -> Result<Vec<Record>, LogError> {
    let mut statement = prepare(
        db,
        select!(
            "WHERE e.subject = (SELECT number FROM subjects WHERE subject = ?1)
             AND e.sequence > ?2 ORDER BY e.sequence"
        ),
    )?;
    let mut rows = statement
        .query(params![subject.as_str(), integer(after)])
        .map_err(fault)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        records.push(record(row)?);
    }
    Ok(records)
}

/// Records after a position, contiguous, within the limits of one batch.
pub(super) fn batch(
    db: &Connection,
    after: Sequence,
    limit: usize,
) -> Result<Vec<Record>, LogError> {
    let limit = integer(limit.min(MAX_BATCH) as u64);
    let mut statement = prepare(
        db,
        select!("WHERE e.sequence > ?1 ORDER BY e.sequence LIMIT ?2"),
    )?;
    let mut rows = statement
        .query(params![integer(after), limit])
        .map_err(fault)?;
    let mut records = Vec::new();
    let (mut last, mut bytes) = (after, 0);
    while let Some(row) = rows.next().map_err(fault)? {
        let record = record(row)?;
        if record.sequence != last + 1 {
            return Err(LogError::Gap {
                expected: last + 1,
                found: record.sequence,
            });
        }
        last = record.sequence;
        bytes += record.body.len();
        records.push(record);
        if bytes >= MAX_BATCH_BYTES {
            break;
        }
    }
    Ok(records)
}

pub(super) fn insert(
    db: &Connection,
    sequence: Sequence,
    append: &Append,
) -> Result<(), rusqlite::Error> {
    let Append {
        id,
        subject,
        digest,
        attributes,
        body,
        ..
    } = append;
    let time = attributes.time.timestamp_micros();
    let sum = checksum(
        sequence,
        subject.as_str(),
        id.as_bytes(),
        digest.as_bytes(),
        &attributes.source,
        &attributes.kind,
        time,
        body,
    );
    db.prepare_cached("INSERT OR IGNORE INTO subjects (subject) VALUES (?1)")?
        .execute([subject.as_str()])?;
    db.prepare_cached("INSERT OR IGNORE INTO origins (source, kind) VALUES (?1, ?2)")?
        .execute([&attributes.source, &attributes.kind])?;
    db.prepare_cached(
        "INSERT INTO events VALUES (?1, (SELECT number FROM subjects WHERE subject = ?2), ?3, ?4,
         (SELECT number FROM origins WHERE source = ?5 AND kind = ?6), ?7, ?8, ?9)",
    )?
    .execute(params![
        integer(sequence),
        subject.as_str(),
        id.as_bytes().as_slice(),
        digest.as_bytes().as_slice(),
        attributes.source,
        attributes.kind,
        time,
        body.as_ref(),
        sum,
    ])?;
    Ok(())
}

/// What a failed statement means to a reader.
pub(super) fn fault(error: rusqlite::Error) -> LogError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => LogError::Corrupt {
            sequence: None,
            reason: format!("SQLite says: {error}"),
        },
        _ => unavailable("SQLite", &error),
    }
}

fn prepare<'db>(db: &'db Connection, sql: &str) -> Result<CachedStatement<'db>, LogError> {
    db.prepare_cached(sql).map_err(fault)
}

fn one(db: &Connection, sql: &str, params: impl Params) -> Result<Option<Record>, LogError> {
    let mut statement = prepare(db, sql)?;
    statement
        .query_row(params, |row| Ok(record(row)))
        .optional()
        .map_err(fault)?
        .transpose()
}

fn record(row: &Row<'_>) -> Result<Record, LogError> {
    let sequence = position(row).map_err(|error| corrupt(None, &error))?;
    let wrong = |error: &dyn std::fmt::Display| corrupt(Some(sequence), error);
    let read = || -> rusqlite::Result<_> {
        Ok((
            row.get_ref(1)?.as_str()?,
            row.get::<_, [u8; 16]>(2)?,
            row.get::<_, [u8; 32]>(3)?,
            row.get_ref(4)?.as_str()?,
            row.get_ref(5)?.as_str()?,
            row.get::<_, i64>(6)?,
            row.get_ref(7)?.as_blob()?,
            row.get::<_, i64>(8)?,
        ))
    };
    let (subject, id, digest, source, kind, time, body, sum) =
        read().map_err(|error| wrong(&error))?;
    if sum != checksum(sequence, subject, &id, &digest, source, kind, time, body) {
        return Err(wrong(&"its checksum does not match"));
    }
    Ok(Record {
        sequence,
        subject: Subject::parse(subject).map_err(|error| wrong(&error))?,
        id: Uuid::from_bytes(id),
        digest: Digest::from_bytes(digest),
        attributes: Attributes {
            source: source.to_owned(),
            kind: kind.to_owned(),
            time: DateTime::from_timestamp_micros(time)
                .ok_or_else(|| wrong(&"its time is out of range"))?,
        },
        body: Bytes::copy_from_slice(body),
    })
}

fn corrupt(sequence: Option<Sequence>, reason: &dyn std::fmt::Display) -> LogError {
    LogError::Corrupt {
        sequence,
        reason: reason.to_string(),
    }
}

/// The first eight bytes of SHA-256 over every column, texts and bodies with their length before them.
#[allow(
    clippy::too_many_arguments,
    reason = "one argument a column, in the table's order"
)]
fn checksum(
    sequence: Sequence,
    subject: &str,
    id: &[u8; 16],
    digest: &[u8; 32],
    source: &str,
    kind: &str,
    time: i64,
    body: &[u8],
) -> i64 {
    let mut hash = Sha256::new();
    hash.update(sequence.to_le_bytes());
    hash.update(id);
    hash.update(digest);
    hash.update(time.to_le_bytes());
    for part in [subject.as_bytes(), source.as_bytes(), kind.as_bytes(), body] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    i64::from_le_bytes(first)
}

/// The first column, a sequence or 0.
fn position(row: &Row<'_>) -> rusqlite::Result<Sequence> {
    row.get::<_, i64>(0).map(i64::cast_unsigned)
}

/// SQLite's integers are signed; no log reaches the top of them.
fn integer(sequence: Sequence) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
