//! The log of one machine: one SQLite file, one writer thread, one owner process.
//!
//! A message is acknowledged when its transaction is on disk (write-ahead log, `synchronous=FULL`).
//! Appends that wait together share one transaction and one fsync, each with its own expectation and
//! its own answer. The measurements behind the choice of SQLite stand in the crate's README.

mod database;
mod follow;
mod readers;
mod rows;
mod upgrade;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use async_trait::async_trait;
use futures::stream::BoxStream;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use crate::limits;
use crate::{
    Append, AppendError, Appended, EventLog, Incarnation, LogError, Record, Sequence, Subject,
};
use readers::Readers;
use writer::Job;

/// How an [`EmbeddedLog`] is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedOptions {
    /// Make the log when the folder has none. Without it a missing log is
    /// [`LogError::NotProvisioned`].
    pub create: bool,
    /// Most appends in one transaction.
    pub group: usize,
    /// Most appends that wait for the writer; further callers wait for room.
    pub queue: usize,
    /// Most reads at one time.
    pub readers: usize,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self {
            create: true,
            group: 256,
            queue: 512,
            readers: 4,
        }
    }
}

/// A log in a folder of this machine. Clones are handles onto the same log; the folder is free for
/// another owner when the last handle, and the last follower made from one, is dropped.
#[derive(Clone)]
pub struct EmbeddedLog {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    incarnation: Incarnation,
    readers: Readers,
    head: watch::Receiver<Sequence>,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    _lock: File,
}

impl EmbeddedLog {
    /// Opens the log in this folder, and makes both when they are missing and the options say so.
    ///
    /// # Errors
    /// [`LogError::Locked`] when another process holds it, [`LogError::NotProvisioned`],
    /// [`LogError::Corrupt`], [`LogError::Version`], [`LogError::Option`], or
    /// [`LogError::Unavailable`] when the folder cannot be used.
    pub async fn open(
        folder: impl Into<PathBuf>,
        options: EmbeddedOptions,
    ) -> Result<Self, LogError> {
        let folder = folder.into();
        tokio::task::spawn_blocking(move || Self::open_blocking(&folder, &options))
            .await
            .map_err(|error| unavailable("opening the log", &error))?
    }

    fn open_blocking(folder: &Path, options: &EmbeddedOptions) -> Result<Self, LogError> {
        for (field, value) in [
            ("group", options.group),
            ("queue", options.queue),
            ("readers", options.readers),
        ] {
            if value == 0 {
                return Err(LogError::Option {
                    field,
                    reason: "it must be at least 1".to_owned(),
                });
            }
        }
        let lock = database::lock(folder, options.create)?;
        let opened = database::open(folder, options.create)?;
        let readers = Readers::open(folder, options.readers)?;
        let (head_sender, head) = watch::channel(opened.head);
        let (jobs, waiting) = mpsc::channel(options.queue);
        let group = options.group;
        let connection = opened.connection;
        let writer = std::thread::Builder::new()
            .name("event-log-writer".to_owned())
            .spawn(move || writer::run(connection, waiting, &head_sender, group))
            .map_err(|error| unavailable("starting the writer", &error))?;
        Ok(Self {
            inner: Arc::new(Inner {
                folder: folder.to_owned(),
                incarnation: opened.incarnation,
                readers,
                head,
                jobs: Some(jobs),
                writer: Some(writer),
                _lock: lock,
            }),
        })
    }

    /// The folder the log is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Checks the whole file: SQLite's own structure, contiguity, the checksum of every record.
    /// Takes about as long as reading every record.
    ///
    /// # Errors
    /// [`LogError::Corrupt`] or [`LogError::Gap`] with the first thing that is wrong.
    pub async fn check(&self) -> Result<(), LogError> {
        self.read_with(database::check).await
    }

    async fn read_with<T, F>(&self, read: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let permit = inner.readers.permit().await?;
        tokio::task::spawn_blocking(move || {
            let answer = inner.readers.with(read);
            drop(permit);
            answer
        })
        .await
        .map_err(|error| unavailable("a read", &error))?
    }
}

#[async_trait]
impl EventLog for EmbeddedLog {
    async fn incarnation(&self) -> Result<Incarnation, LogError> {
        Ok(self.inner.incarnation.clone())
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        limits::check(&append)?;
        let stopped = || AppendError::Unavailable {
            reason: "the writer has stopped".to_owned(),
        };
        let (answer, answered) = oneshot::channel();
        let jobs = self.inner.jobs.as_ref().ok_or_else(stopped)?;
        // Once it is in the queue the message is written whether or not this future lives.
        jobs.send(Job { append, answer })
            .await
            .map_err(|_| stopped())?;
        answered.await.unwrap_or_else(|_| {
            Err(AppendError::OutcomeUnknown {
                reason: "the writer stopped before it answered".to_owned(),
            })
        })
    }

    async fn find(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        self.read_with(move |db| rows::by_id(db, id)).await
    }

    async fn read(&self, sequence: Sequence) -> Result<Option<Record>, LogError> {
        self.read_with(move |db| rows::by_sequence(db, sequence))
            .await
    }

    async fn read_many(&self, sequences: &[Sequence]) -> Result<Vec<Option<Record>>, LogError> {
        let sequences = sequences.to_vec();
        let many = self.inner.readers.permit_many().await?;
        self.read_with(move |db| {
            let _held = many;
            let read = sequences.iter().map(|at| rows::by_sequence(db, *at));
            read.collect()
        })
        .await
    }

    async fn read_subject(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Vec<Record>, LogError> {
        let subject = subject.clone();
        self.read_with(move |db| rows::of_subject(db, &subject, after))
            .await
    }

    async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError> {
        let subject = subject.clone();
        self.read_with(move |db| rows::last_of(db, &subject)).await
    }

    async fn head(&self) -> Result<Sequence, LogError> {
        // Not what the writer has told so far: a commit can be read a moment before.
        self.read_with(rows::head).await
    }

    async fn read_batch(&self, after: Sequence, limit: usize) -> Result<Vec<Record>, LogError> {
        self.read_with(move |db| rows::batch(db, after, limit))
            .await
    }

    fn follow(&self, after: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
        follow::from(self.clone(), after, self.inner.head.clone())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // The lock must outlive the writer, or a second owner could write beside it.
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the event log's writer had panicked");
        }
    }
}

fn unavailable(what: &str, error: &dyn std::fmt::Display) -> LogError {
    LogError::Unavailable {
        reason: format!("{what}: {error}"),
    }
}
