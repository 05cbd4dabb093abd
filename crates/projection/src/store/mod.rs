//! One sled tree with everything a log amounts to at one checkpoint.
//!
//! A batch of messages is applied as one atomic write: checkpoint, rows, trails, indexes, request
//! ids. Questions hold the books' read lock, the follower takes the write lock for the moment of
//! the write, so that an answer is of one position. What is asked all the time and is small stays
//! in memory: registers, gates of restricted actions, parked subjects, areas.

mod apply;
mod building;
mod cells;
mod entries;
mod folder;
mod growing;
mod read;
mod requests;
mod runs;
mod take;
mod times;
pub(crate) mod trails;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};

use domain::reference::Reference;
use domain::register::Register;
use domain::text::Slug;
use event_log::{Incarnation, Sequence};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::error::StoreError;
use crate::keys;
use crate::seen::Gate;
use crate::status::Parked;
use crate::view::Views;

pub(crate) use apply::Applied;
pub(crate) use building::Building;
pub(crate) use cells::{json, kept_row, parse_lines as parse_return, parse_row, row as row_cell};
pub(crate) use folder::Folder;
pub(crate) use read::{fold_register, fold_return, parked_cell};

/// The version of everything stored: another one means a rebuild.
pub(crate) const VERSION: u32 = 6;

/// How often what was written is brought to the disk, in milliseconds. What a power cut takes is
/// read from the log again.
const FLUSH_MS: Option<u64> = Some(1_000);

/// Where a store stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    pub(crate) version: u32,
    pub(crate) incarnation: Incarnation,
    pub(crate) sequence: Sequence,
    /// The last message of the rebuild that made the store; 0 without one. Changes up to it are in no
    /// index, which would be a quarter of all that a rebuild writes.
    pub(crate) rebuilt_to: Sequence,
}

/// What stays in memory.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) areas: BTreeSet<Slug>,
    pub(crate) registers: HashMap<Slug, Register>,
    pub(crate) gates: HashMap<Slug, HashMap<Reference, Gate>>,
    pub(crate) parked: BTreeMap<String, Parked>,
}

impl Books {
    pub(crate) fn position(&self) -> Sequence {
        self.checkpoint.as_ref().map_or(0, |c| c.sequence)
    }

    pub(crate) fn rebuilt_to(&self) -> Sequence {
        self.checkpoint.as_ref().map_or(0, |c| c.rebuilt_to)
    }

    /// The checkpoint that comes after this one.
    fn checkpoint_at(&self, sequence: Sequence) -> Result<Checkpoint, StoreError> {
        let Some(was) = &self.checkpoint else {
            return Err(StoreError::Damaged {
                reason: "it is bound to no log".to_owned(),
            });
        };
        Ok(Checkpoint {
            version: VERSION,
            incarnation: was.incarnation.clone(),
            sequence,
            rebuilt_to: was.rebuilt_to,
        })
    }

    /// Takes in what messages up to a checkpoint changed.
    fn take_in(
        &mut self,
        checkpoint: Checkpoint,
        mut areas: BTreeSet<Slug>,
        mut parked: BTreeMap<String, Parked>,
        registers: HashMap<Slug, Register>,
    ) {
        self.checkpoint = Some(checkpoint);
        self.areas.append(&mut areas);
        self.parked.append(&mut parked);
        self.registers.extend(registers);
    }
}

pub(crate) struct Store {
    db: sled::Db,
    path: PathBuf,
    books: RwLock<Books>,
    writer: Mutex<apply::Writer>,
    /// What a question met that makes the store of no use.
    damage: watch::Sender<Option<String>>,
    pub(crate) views: Views,
}

impl Store {
    /// Opens the store of a folder, new or not, and reads the books.
    pub(crate) fn open(path: &Path, cache_bytes: u64, views: usize) -> Result<Self, StoreError> {
        let db = folder::open_sled(path, cache_bytes, FLUSH_MS)?;
        Self::on(db, path, views)
    }

    fn on(db: sled::Db, path: &Path, views: usize) -> Result<Self, StoreError> {
        let store = Self {
            db,
            path: path.to_owned(),
            books: RwLock::default(),
            writer: Mutex::default(),
            damage: watch::Sender::new(None),
            views: Views::new(views),
        };
        let books = store.read_books()?;
        *store.books.write().unwrap_or_else(PoisonError::into_inner) = books;
        Ok(store)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn books(&self) -> RwLockReadGuard<'_, Books> {
        self.books.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing is being written at this moment, so that nobody waits for the books.
    pub(crate) fn at_rest(&self) -> bool {
        !matches!(self.books.try_read(), Err(TryLockError::WouldBlock))
    }

    fn writer(&self) -> MutexGuard<'_, apply::Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes damage that a question met, for the follower to make the store anew.
    pub(crate) fn harmed(&self, reason: &str) {
        self.damage.send_if_modified(|known| {
            let first = known.is_none();
            known.get_or_insert_with(|| reason.to_owned());
            first
        });
    }

    /// Tells of damage that a question met.
    pub(crate) fn damage(&self) -> watch::Receiver<Option<String>> {
        self.damage.subscribe()
    }

    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        self.db.flush()?;
        Ok(())
    }

    /// Binds an empty store to a log.
    pub(crate) fn begin(&self, incarnation: &Incarnation) -> Result<(), StoreError> {
        let checkpoint = Checkpoint {
            version: VERSION,
            incarnation: incarnation.clone(),
            sequence: 0,
            rebuilt_to: 0,
        };
        self.db
            .insert(keys::CHECKPOINT, cells::json(&checkpoint)?)?;
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        books.checkpoint = Some(checkpoint);
        Ok(())
    }

    /// The entries of one kind, by key: for the verifier and the books.
    pub(crate) fn scan(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), StoreError>> + use<> {
        self.db
            .scan_prefix(prefix)
            .map(|entry| entry.map_err(StoreError::from))
    }
}
