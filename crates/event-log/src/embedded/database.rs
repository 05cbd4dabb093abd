//! The file itself: made, opened, locked, checked.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::rows::{self, fault};
use super::{unavailable, upgrade};
use crate::limits::MAX_BATCH;
use crate::{Incarnation, LogError, Sequence};

const FILE: &str = "events.db";
const LOCK: &str = "events.lock";

/// "MATL" in ASCII, in the header of the file: tells the log from any other SQLite file.
const APPLICATION: i64 = 0x4d41_544c;
pub(super) const VERSION: i64 = 2;

/// Pages of write-ahead log after which the writer folds it into the file: 16 MiB.
const CHECKPOINT_PAGES: u32 = 4_000;

pub(super) const SCHEMA: &str = "
    CREATE TABLE subjects (number INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE origins (
        number INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (source, kind)
    ) STRICT;
    CREATE TABLE events (
        sequence INTEGER PRIMARY KEY,
        subject INTEGER NOT NULL,
        id BLOB NOT NULL UNIQUE,
        digest BLOB NOT NULL,
        origin INTEGER NOT NULL,
        time INTEGER NOT NULL,
        body BLOB NOT NULL,
        checksum INTEGER NOT NULL
    ) STRICT;
    -- Every index of SQLite ends in the row's key, so this one is ordered by (subject, sequence).
    CREATE INDEX events_by_subject ON events (subject);
";

pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) incarnation: Incarnation,
    pub(super) head: Sequence,
}

/// Takes the folder for this process. The lock goes with the file handle, however the process ends.
pub(super) fn lock(folder: &Path, create: bool) -> Result<File, LogError> {
    let here = |error: &dyn std::fmt::Display| unavailable(&folder.display().to_string(), error);
    if create {
        fs::create_dir_all(folder).map_err(|error| here(&error))?;
    } else if !folder.join(FILE).exists() {
        return Err(LogError::NotProvisioned {
            name: format!("in {}", folder.display()),
        });
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))
        .map_err(|error| here(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LogError::Locked {
            path: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(here(&error)),
    }
}

/// Opens the file for the writer; makes it first when it is missing and may be made.
pub(super) fn open(folder: &Path, create: bool) -> Result<Opened, LogError> {
    let mut connection = Connection::open(folder.join(FILE)).map_err(fault)?;
    settle(&connection)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(fault)?;
    let version = match tables {
        0 => VERSION,
        _ => recognise(&connection)?,
    };
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
             PRAGMA journal_size_limit = 67108864;"
        ))
        .map_err(fault)?;
    if tables == 0 {
        if !create {
            return Err(LogError::NotProvisioned {
                name: format!("in {}", folder.display()),
            });
        }
        make(&mut connection)?;
        sync_folders(folder)?;
    }
    if version < VERSION {
        upgrade::from_1(&mut connection)?;
    }
    let incarnation = connection
        .query_row("SELECT incarnation FROM log", [], |row| row.get(0))
        .map_err(fault)?;
    let head = rows::head(&connection)?;
    // The end is what a crash could have hurt: read it before promising anything.
    rows::by_sequence(&connection, head)?;
    Ok(Opened {
        connection,
        incarnation: Incarnation(incarnation),
        head,
    })
}

pub(super) fn reader(folder: &Path) -> Result<Connection, LogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join(FILE), flags).map_err(fault)?;
    settle(&connection)?;
    Ok(connection)
}

/// What holds for every connection. The plan of a statement never depends on its values: otherwise
/// SQLite, as it is built here, parses and plans a kept statement anew whenever it is given others,
/// which took longer than reading the record.
fn settle(connection: &Connection) -> Result<(), LogError> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(fault)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(fault)
}

/// Reads everything: SQLite's structure, then every record in order.
pub(super) fn check(db: &Connection) -> Result<(), LogError> {
    let said: String = db
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(fault)?;
    if said != "ok" {
        return Err(LogError::Corrupt {
            sequence: None,
            reason: format!("SQLite says: {said}"),
        });
    }
    read_all(db).map(|_| ())
}

/// Reads every record in order: how many they are.
pub(super) fn read_all(db: &Connection) -> Result<Sequence, LogError> {
    let mut after = 0;
    while let Some(last) = rows::batch(db, after, MAX_BATCH)?.last() {
        after = last.sequence;
    }
    Ok(after)
}

/// The version of a log that this program reads or brings up to date.
fn recognise(connection: &Connection) -> Result<i64, LogError> {
    let pragma = |name| {
        connection
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
            .map_err(fault)
    };
    if pragma("application_id")? != APPLICATION {
        return Err(LogError::Corrupt {
            sequence: None,
            reason: format!("{FILE} is an SQLite file of another program"),
        });
    }
    let version = pragma("user_version")?;
    if !(1..=VERSION).contains(&version) {
        return Err(LogError::Version {
            what: FILE.to_owned(),
            found: version.to_string(),
            needed: VERSION.to_string(),
        });
    }
    Ok(version)
}

fn make(connection: &mut Connection) -> Result<(), LogError> {
    #[allow(
        clippy::disallowed_methods,
        reason = "the identity of a creation must differ from every other; nobody replays it"
    )]
    let incarnation = Uuid::new_v4().to_string();
    let transaction = connection.transaction().map_err(fault)?;
    transaction
        .execute_batch("CREATE TABLE log (incarnation TEXT NOT NULL) STRICT;")
        .and_then(|()| transaction.execute_batch(SCHEMA))
        .map_err(fault)?;
    transaction
        .execute("INSERT INTO log VALUES (?1)", [incarnation])
        .map_err(fault)?;
    transaction
        .execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        ))
        .map_err(fault)?;
    transaction.commit().map_err(fault)
}

/// A file is only as durable as its names: the folder's entry for it, and the parent's for the folder.
fn sync_folders(folder: &Path) -> Result<(), LogError> {
    for folder in folder
        .canonicalize()
        .iter()
        .flat_map(|f| f.ancestors().take(2))
    {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| unavailable(&folder.display().to_string(), &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_kept_statement_is_planned_once() {
        let folder = tempfile::TempDir::new().unwrap();
        let writer = open(folder.path(), true).unwrap().connection;
        let reader = reader(folder.path()).unwrap();
        for db in [&writer, &reader] {
            for sequence in 1..=20 {
                assert_eq!(rows::by_sequence(db, sequence), Ok(None));
                assert_eq!(rows::by_id(db, Uuid::from_u128(sequence.into())), Ok(None));
            }
            for statement in rows::kept(db).unwrap() {
                assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
            }
        }
    }
}
