//! Every id of the log and where it is: what the server forgets after two minutes.
//!
//! A small SQLite file per process, fed by a follower of its own. It holds nothing that the log does
//! not hold: another incarnation, a damaged file or a missing one is made again from the beginning.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::filter::Filter;
use super::follow;
use super::server::{Info, Server};
use crate::{Incarnation, LogError, Record, Sequence};

const FILE: &str = "ids.db";
const LOCK: &str = "ids.lock";

/// Between two attempts to write what could not be written.
const PAUSE: Duration = Duration::from_secs(1);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS place (incarnation TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS ids (id BLOB PRIMARY KEY, sequence INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
";

pub(super) struct Ids {
    reader: Arc<Mutex<Connection>>,
    filter: Arc<Filter>,
    progress: watch::Receiver<Result<Sequence, LogError>>,
    incarnation: Incarnation,
    /// When the leader's head was asked for that the index has reached since.
    fresh_at: Mutex<Option<Instant>>,
    refreshing: tokio::sync::Mutex<()>,
    feeder: JoinHandle<()>,
    _lock: File,
}

impl Ids {
    pub(super) async fn open(server: Arc<Server>, info: &Info) -> Result<Self, LogError> {
        let folder = server.options.id_index_dir.clone();
        let (incarnation, head) = (info.incarnation(), info.head);
        let known = incarnation.clone();
        let (lock, writer, reader, position, filter) = tokio::task::spawn_blocking(move || {
            let (lock, writer, reader, position) = open_files(&folder, &known, head)?;
            let filter = filled(&reader).map_err(|error| unavailable(&error))?;
            Ok::<_, LogError>((lock, writer, reader, position, Arc::new(filter)))
        })
        .await
        .map_err(|error| unavailable(&error))??;
        let writer = Writer {
            db: writer,
            filter: Arc::clone(&filter),
        };
        let (sender, progress) = watch::channel(Ok(position));
        let feeder = tokio::spawn(feed(server, incarnation.clone(), writer, position, sender));
        Ok(Self {
            reader: Arc::new(Mutex::new(reader)),
            filter,
            progress,
            incarnation,
            fresh_at: Mutex::new(None),
            refreshing: tokio::sync::Mutex::new(()),
            feeder,
            _lock: lock,
        })
    }

    /// Where this id is, as far as the index has come.
    pub(super) async fn look_up(&self, id: Uuid) -> Result<Option<Sequence>, LogError> {
        if !self.filter.may_hold(id) {
            return Ok(None);
        }
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || {
            let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader
                .prepare_cached("SELECT sequence FROM ids WHERE id = ?1")
                .and_then(|mut statement| {
                    statement
                        .query_row([id.as_bytes().as_slice()], |row| row.get::<_, i64>(0))
                        .optional()
                })
                .map(|sequence| sequence.map(i64::cast_unsigned))
        })
        .await
        .map_err(|error| unavailable(&error))?
        .map_err(|error| unavailable(&error))
    }

    /// Returns when the index knows every id that the server may have forgotten.
    pub(super) async fn refresh(&self, server: &Server) -> Result<(), LogError> {
        if !self.is_fresh(server) {
            // One asks for all who wait.
            let _one = self.refreshing.lock().await;
            if !self.is_fresh(server) {
                return self.catch_up(server).await;
            }
        }
        self.progress
            .borrow()
            .as_ref()
            .map(|_| ())
            .map_err(Clone::clone)
    }

    fn is_fresh(&self, server: &Server) -> bool {
        let fresh_at = *self.fresh_at.lock().unwrap_or_else(PoisonError::into_inner);
        fresh_at.is_some_and(|at| at.elapsed() < server.options.freshness())
    }

    /// Returns when the index knows every id that was in the log when this was called.
    pub(super) async fn catch_up(&self, server: &Server) -> Result<(), LogError> {
        let asked = Instant::now();
        let info = server.info().await?;
        if info.incarnation() != self.incarnation {
            return Err(LogError::IncarnationChanged {
                known: self.incarnation.clone(),
                found: info.incarnation(),
            });
        }
        let mut progress = self.progress.clone();
        let there = |progress: &Result<Sequence, LogError>| match progress {
            Ok(position) => *position >= info.head,
            Err(_) => true,
        };
        let limit = server.options.catch_up_timeout;
        let reached = tokio::time::timeout(limit, progress.wait_for(there)).await;
        match reached {
            Ok(Ok(reached)) => reached.clone()?,
            Ok(Err(_)) => return Err(unavailable(&"its follower has stopped")),
            Err(_) => {
                let reason = format!("not at {} after {} s", info.head, limit.as_secs());
                return Err(unavailable(&reason));
            }
        };
        *self.fresh_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(asked);
        Ok(())
    }
}

impl Drop for Ids {
    fn drop(&mut self) {
        self.feeder.abort();
    }
}

/// The record that an id stands for, read at the leader.
pub(super) async fn verified(
    server: &Server,
    id: Uuid,
    sequence: Sequence,
) -> Result<Record, LogError> {
    match server.record(sequence).await? {
        Some(record) if record.id == id => Ok(record),
        // The server takes it for a repetition until it forgets the foreign message's id.
        Some(other) if other.is_foreign() => Err(LogError::Unavailable {
            reason: format!("the foreign message at {sequence} holds the id {id} for a while"),
        }),
        Some(other) => Err(LogError::Corrupt {
            sequence: Some(sequence),
            reason: format!("message {id} was to be there, {} is", other.id),
        }),
        // A new leader may still be applying what it holds.
        None => Err(LogError::Unavailable {
            reason: format!("message {id} was to be at {sequence}, nothing is"),
        }),
    }
}

struct Writer {
    db: Connection,
    filter: Arc<Filter>,
}

async fn feed(
    server: Arc<Server>,
    incarnation: Incarnation,
    mut writer: Writer,
    position: Sequence,
    progress: watch::Sender<Result<Sequence, LogError>>,
) {
    let mut batches = follow::of(server, position, incarnation);
    while let Some(batch) = batches.next().await {
        let mut records = match batch {
            Ok(records) => records,
            Err(error) => return stopped(error, &progress),
        };
        // A full disk has room again some day; until then whoever asks is told.
        loop {
            let aside = (writer, records);
            let written = tokio::task::spawn_blocking(move || write_aside(aside)).await;
            let (writer_back, records_back, position) = match written {
                Ok(written) => written,
                Err(error) => return stopped(unavailable(&error), &progress),
            };
            (writer, records) = (writer_back, records_back);
            let failed = position.is_err();
            if let (Err(error), true) = (&position, progress.borrow().is_ok()) {
                tracing::error!(%error, "the index of ids cannot be written; trying again");
            }
            let _ = progress.send_replace(position);
            if !failed {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn stopped(error: LogError, progress: &watch::Sender<Result<Sequence, LogError>>) {
    tracing::error!(%error, "the index of ids has stopped");
    let _ = progress.send_replace(Err(error));
}

type Aside = (Writer, Vec<Record>);

fn write_aside((mut writer, records): Aside) -> (Writer, Vec<Record>, Result<Sequence, LogError>) {
    records
        .iter()
        .for_each(|record| writer.filter.add(record.id));
    let position = write(&mut writer.db, &records).map_err(|error| unavailable(&error));
    (writer, records, position)
}

fn write(db: &mut Connection, records: &[Record]) -> rusqlite::Result<Sequence> {
    let transaction = db.transaction()?;
    let mut position = 0;
    {
        // The first message with an id is the one it stands for.
        let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO ids VALUES (?1, ?2)")?;
        for record in records {
            position = record.sequence;
            insert.execute(params![
                record.id.as_bytes().as_slice(),
                position.cast_signed()
            ])?;
        }
    }
    transaction.execute("UPDATE place SET position = ?1", [position.cast_signed()])?;
    transaction.commit()?;
    Ok(position)
}

fn filled(db: &Connection) -> rusqlite::Result<Filter> {
    let count: i64 = db.query_row("SELECT count(*) FROM ids", [], |row| row.get(0))?;
    let filter = Filter::with_room_beside(usize::try_from(count).unwrap_or(0));
    let mut statement = db.prepare("SELECT id FROM ids")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        filter.add(Uuid::from_bytes(row.get(0)?));
    }
    Ok(filter)
}

type Files = (File, Connection, Connection, Sequence);

fn open_files(folder: &Path, incarnation: &Incarnation, head: Sequence) -> Result<Files, LogError> {
    fs::create_dir_all(folder).map_err(|error| unavailable(&error))?;
    let lock = File::create(folder.join(LOCK)).map_err(|error| unavailable(&error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(LogError::Locked {
                path: folder.to_owned(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(unavailable(&error)),
    }
    let opened = open_database(folder, incarnation, head).or_else(|error| {
        tracing::warn!(%error, "the index of ids is made again");
        for name in [FILE, "ids.db-wal", "ids.db-shm"] {
            match fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unavailable(&error));
                }
                _ => {}
            }
        }
        open_database(folder, incarnation, head).map_err(|error| unavailable(&error))
    })?;
    let (writer, position) = opened;
    let reader = Connection::open(folder.join(FILE)).map_err(|error| unavailable(&error))?;
    Ok((lock, writer, reader, position))
}

fn open_database(
    folder: &Path,
    incarnation: &Incarnation,
    head: Sequence,
) -> rusqlite::Result<(Connection, Sequence)> {
    let mut db = Connection::open(folder.join(FILE))?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.execute_batch(SCHEMA)?;
    let place: Option<(String, i64)> = db
        .query_row("SELECT incarnation, position FROM place", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match place {
        Some((known, position)) if known == incarnation.0 && position.cast_unsigned() <= head => {
            Ok((db, position.cast_unsigned()))
        }
        _ => {
            let transaction = db.transaction()?;
            transaction.execute_batch("DELETE FROM ids; DELETE FROM place;")?;
            transaction.execute("INSERT INTO place VALUES (?1, 0)", [&incarnation.0])?;
            transaction.commit()?;
            Ok((db, 0))
        }
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> LogError {
    LogError::Unavailable {
        reason: format!("the index of ids: {error}"),
    }
}
