//! A file of an earlier release.

use std::sync::Arc;

use event_log::contract::Message;
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, LogError, Record};
use rusqlite::Connection;
use tempfile::TempDir;

/// What version 1 was, made of what version 2 holds.
const BACK_TO_1: &str = "
    BEGIN;
    DROP INDEX events_by_subject;
    ALTER TABLE events RENAME TO events_of_2;
    CREATE TABLE events (
        sequence INTEGER PRIMARY KEY,
        subject TEXT NOT NULL,
        id BLOB NOT NULL UNIQUE,
        digest BLOB NOT NULL,
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        time INTEGER NOT NULL,
        body BLOB NOT NULL,
        checksum INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX events_by_subject ON events (subject);
    INSERT INTO events
        SELECT sequence, s.subject, id, digest, source, kind, time, body, checksum
        FROM events_of_2 e JOIN subjects s ON s.number = e.subject
        JOIN origins o ON o.number = e.origin;
    DROP TABLE events_of_2;
    DROP TABLE subjects;
    DROP TABLE origins;
    PRAGMA user_version = 1;
    COMMIT;
";

async fn open(folder: &TempDir) -> Result<Arc<dyn EventLog>, LogError> {
    let log = EmbeddedLog::open(folder.path(), EmbeddedOptions::default()).await?;
    Ok(Arc::new(log))
}

fn file(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("events.db")).unwrap()
}

fn version(folder: &TempDir) -> i64 {
    let pragma = "PRAGMA user_version";
    file(folder)
        .query_row(pragma, [], |row| row.get(0))
        .unwrap()
}

/// A log of version 1, and what is in it.
async fn of_version_1() -> (TempDir, Vec<Record>) {
    let folder = TempDir::new().unwrap();
    let log = open(&folder).await.unwrap();
    for index in 0..40 {
        let message = Message::new(&format!("s{}", index % 7), &format!("m{index}"));
        let last = log.last_of(&message.append().subject).await.unwrap();
        let message = message.expects(last.map_or(0, |last| last.sequence));
        message.to(&log).await.unwrap();
    }
    let records = log.read_batch(0, 100).await.unwrap();
    assert_eq!(records.len(), 40);
    drop(log);
    file(&folder).execute_batch(BACK_TO_1).unwrap();
    assert_eq!(version(&folder), 1);
    (folder, records)
}

#[tokio::test]
async fn a_log_of_version_1_is_brought_up_to_date_and_goes_on() {
    let (folder, records) = of_version_1().await;
    let log = open(&folder).await.unwrap();
    assert_eq!(log.read_batch(0, 100).await.unwrap(), records);
    let last = records.last().unwrap();
    assert_eq!(log.find(last.id).await.unwrap().as_ref(), Some(last));
    let next = Message::new("s4", "next").expects(last.sequence);
    assert_eq!(last.subject, next.append().subject, "the last is of s4");
    assert_eq!(next.to(&log).await.unwrap().sequence, last.sequence + 1);
    drop(log);
    assert_eq!(version(&folder), 2);
    let log = EmbeddedLog::open(folder.path(), EmbeddedOptions::default());
    log.await.unwrap().check().await.unwrap();
}

#[tokio::test]
async fn a_damaged_log_of_version_1_is_left_as_it_is() {
    let (folder, _) = of_version_1().await;
    let changed = "UPDATE events SET body = x'7b7d' WHERE sequence = 9";
    file(&folder).execute_batch(changed).unwrap();
    let refused = open(&folder).await.err().unwrap().to_string();
    let said = "the log is corrupt at sequence 9: its checksum does not match";
    assert_eq!(refused, said);
    assert_eq!(version(&folder), 1);
    let subjects = "SELECT count(DISTINCT subject) FROM events";
    let left: i64 = file(&folder)
        .query_row(subjects, [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 7);
}
