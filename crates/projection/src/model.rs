//! The read model: one folder, one follower, many questions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use event_log::{EventLog, Incarnation, Sequence};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::{ReadError, StoreError, WaitError};
use crate::follow;
use crate::status::{ReadStatus, Rebuilding};
use crate::store::{Folder, Store, VERSION};

/// How a [`ReadModel`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Most bytes of pages that the store keeps in memory.
    pub cache_bytes: u64,
    /// Most as-of views that are kept warm, those of the present not counted.
    pub views: usize,
    /// Bytes that a rebuild gathers before it writes them in order: more of them make it faster. It
    /// holds five such heaps at most, two of them states of actions.
    pub gather_bytes: usize,
    /// How many messages behind the log a store is rebuilt rather than brought up to date.
    pub rebuild_behind: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 48 << 20,
            views: 4,
            gather_bytes: 8 << 20,
            rebuild_behind: 100_000,
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

/// The read model of one log. Clones are handles onto the same one; the folder is free for another
/// owner when the last handle, and the last follower made from one, is dropped.
#[derive(Clone)]
pub struct ReadModel {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    // Before the folder, so that the store is closed when the folder is let go.
    store: RwLock<Option<Arc<Store>>>,
    pub(crate) folder: Folder,
    pub(crate) options: Options,
    pub(crate) position: watch::Sender<Sequence>,
    progress: Mutex<Progress>,
}

/// What the follower knows of how far it is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) head: Sequence,
    pub(crate) oldest_unapplied: Option<DateTime<Utc>>,
    pub(crate) rebuilding: Option<Rebuilding>,
    pub(crate) stopped: Option<String>,
    pub(crate) put_aside: Option<String>,
}

impl ReadModel {
    /// Opens the read model in a folder of its own, which is made when it is missing. A store that
    /// is damaged, or of another version, is put aside, and rebuilt by [`ReadModel::follow`].
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process holds it, [`StoreError::Folder`] when the folder
    /// cannot be used.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let folder = Folder::take(dir.as_ref())?;
        let (store, put_aside) = folder.newest(options.cache_bytes, options.views)?;
        let position = store.as_ref().map_or(0, |store| store.books().position());
        Ok(Self {
            inner: Arc::new(Inner {
                store: RwLock::new(store.map(Arc::new)),
                folder,
                options,
                position: watch::Sender::new(position),
                progress: Mutex::new(Progress {
                    head: position,
                    put_aside,
                    ..Progress::default()
                }),
            }),
        })
    }

    /// Follows a log until told to stop: catches up, then applies what comes. It waits and tries
    /// again while the log does not answer. A store of another log is put aside and rebuilt; where
    /// the log ends before the checkpoint, or has a gap, it stops, and [`ReadModel::status`] says
    /// why. One follower at a time.
    pub fn follow(
        &self,
        log: Arc<dyn EventLog>,
        shutdown: CancellationToken,
    ) -> impl Future<Output = ()> + Send + 'static {
        follow::run(self.clone(), log, shutdown)
    }

    /// The last message that was applied.
    #[must_use]
    pub fn position(&self) -> Sequence {
        *self.inner.position.borrow()
    }

    /// The log that is followed; `None` before the first contact.
    #[must_use]
    pub fn incarnation(&self) -> Option<Incarnation> {
        let store = self.inner.store()?;
        let books = store.books();
        books.checkpoint.as_ref().map(|c| c.incarnation.clone())
    }

    /// Tells of every new position.
    #[must_use]
    pub fn positions(&self) -> watch::Receiver<Sequence> {
        self.inner.position.subscribe()
    }

    /// How fresh it is at an instant.
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> ReadStatus {
        let parked = self.inner.store().map_or_else(Vec::new, |store| {
            store.books().parked.values().cloned().collect()
        });
        ReadStatus {
            parked,
            ..self.freshness(now)
        }
    }

    /// The same without what is parked, which every answer tells and which need not be listed for it.
    #[must_use]
    pub fn freshness(&self, now: DateTime<Utc>) -> ReadStatus {
        let position = self.position();
        let incarnation = self.incarnation();
        let progress = self.inner.progress();
        let lag_events = progress.head.saturating_sub(position);
        let since =
            |oldest: DateTime<Utc>| u64::try_from((now - oldest).num_seconds()).unwrap_or(0);
        ReadStatus {
            version: VERSION,
            incarnation,
            position,
            head: progress.head.max(position),
            lag_events,
            lag_seconds: match progress.oldest_unapplied {
                Some(oldest) if lag_events > 0 => since(oldest),
                _ => 0,
            },
            rebuilding: progress.rebuilding,
            stopped: progress.stopped.clone(),
            put_aside: progress.put_aside.clone(),
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
        let mut positions = self.inner.position.subscribe();
        loop {
            let position = *positions.borrow_and_update();
            if let Some(here) = self.incarnation() {
                if here != token.incarnation {
                    let wanted = token.incarnation.clone();
                    return Err(WaitError::OtherLog { wanted, here });
                }
                if position >= token.sequence {
                    return Ok(());
                }
            }
            if let Some(reason) = self.inner.progress().stopped.clone() {
                return Err(WaitError::Stopped { position, reason });
            }
            let changed = tokio::time::timeout_at(deadline, positions.changed());
            if !matches!(changed.await, Ok(Ok(()))) {
                return Err(WaitError::Timeout {
                    position: self.position(),
                    wanted: token.sequence,
                });
            }
        }
    }

    /// Puts a question to the store that answers. Damage that it meets, a panic of sled included,
    /// is an error here, and the follower is told to make the store anew.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&Store) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let store = self.store()?;
        let answer = catch_unwind(AssertUnwindSafe(|| question(&store)));
        let answer = answer.unwrap_or_else(|_| {
            let reason = "the store gave up on a question".to_owned();
            Err(StoreError::Damaged { reason }.into())
        });
        if let Err(ReadError::Store(StoreError::Damaged { reason })) = &answer {
            store.harmed(reason);
        }
        answer
    }

    /// The store that answers.
    fn store(&self) -> Result<Arc<Store>, ReadError> {
        self.inner.store().ok_or_else(|| {
            let progress = self.inner.progress();
            ReadError::Rebuilding {
                position: progress.rebuilding.map_or(0, |r| r.position),
                head: progress.head,
            }
        })
    }
}

impl Inner {
    pub(crate) fn store(&self) -> Option<Arc<Store>> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        store.as_ref().map(Arc::clone)
    }

    pub(crate) fn replace(&self, store: Option<Store>) -> Option<Arc<Store>> {
        let mut place = self.store.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, store.map(Arc::new))
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
