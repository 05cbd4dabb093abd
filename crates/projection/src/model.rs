//! The read model: one folder, one follower, many questions.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use event_log::{EventLog, Incarnation, Sequence};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::{StoreError, WaitError};
use crate::status::ReadStatus;

/// How a [`ReadModel`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Most bytes of pages that the store keeps in memory.
    pub cache_bytes: u64,
    /// Most as-of views that are kept warm.
    pub views: usize,
    /// Messages that a rebuild folds in memory before it writes their end states.
    pub chunk: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            views: 4,
            chunk: 50_000,
        }
    }
}

/// What a write gives its writer, so that a later read shows it: a position in one log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Which log.
    pub incarnation: Incarnation,
    /// The sequence of the write.
    pub sequence: Sequence,
}

/// The read model of one log. Clones are handles onto the same one.
#[derive(Clone)]
pub struct ReadModel {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) position: watch::Sender<Sequence>,
}

impl ReadModel {
    /// Opens the read model in a folder of its own, which is made when it is missing. A store that
    /// is damaged, or of another version, is put aside, and rebuilt by [`ReadModel::follow`].
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process holds it, [`StoreError::Folder`] when the folder
    /// cannot be used.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let _ = (dir.as_ref(), options);
        Ok(Self {
            inner: Arc::new(Inner {
                position: watch::Sender::new(0),
            }),
        })
    }

    /// Follows a log until told to stop: catches up, then applies what comes. It waits and tries
    /// again while the log does not answer. Where the checkpoint is not one of this log, or the
    /// log has a gap, it stops, and [`ReadModel::status`] says why.
    pub fn follow(
        &self,
        log: Arc<dyn EventLog>,
        shutdown: CancellationToken,
    ) -> impl Future<Output = ()> + Send + 'static {
        let _model = self.clone();
        async move {
            let _ = log.head().await;
            shutdown.cancelled().await;
        }
    }

    /// The last message that was applied.
    #[must_use]
    pub fn position(&self) -> Sequence {
        *self.inner.position.borrow()
    }

    /// The log that is followed; `None` before the first contact.
    #[must_use]
    pub fn incarnation(&self) -> Option<Incarnation> {
        None
    }

    /// Tells of every new position.
    #[must_use]
    pub fn positions(&self) -> watch::Receiver<Sequence> {
        self.inner.position.subscribe()
    }

    /// How fresh it is at an instant.
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> ReadStatus {
        let _ = now;
        ReadStatus {
            version: 1,
            incarnation: None,
            position: self.position(),
            head: 0,
            lag_events: 0,
            lag_seconds: 0,
            rebuilding: None,
            stopped: None,
            put_aside: None,
            parked: Vec::new(),
        }
    }

    /// Waits until the write of a token can be read.
    ///
    /// # Errors
    /// [`WaitError::Timeout`] at the deadline, [`WaitError::OtherLog`] for a token of another log,
    /// [`WaitError::Stopped`] when the log is not followed any more.
    pub async fn wait_for(
        &self,
        token: &Token,
        deadline: tokio::time::Instant,
    ) -> Result<(), WaitError> {
        let mut position = self.inner.position.subscribe();
        let reached = position.wait_for(|position| *position >= token.sequence);
        match tokio::time::timeout_at(deadline, reached).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(WaitError::Timeout {
                position: self.position(),
                wanted: token.sequence,
            }),
        }
    }
}
