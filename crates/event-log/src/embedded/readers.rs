//! A small pool of read-only connections.
//!
//! Stories are asked for by whoever reads, and a thousand of them may wait; the write side and the read
//! model read a record now and then, and everybody waits for them. So reads of many records have half of
//! the connections and no more. Before, under overload, a write waited behind every story that was asked
//! for, several times, and passed its deadline.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{database, unavailable};
use crate::LogError;

pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    /// For reads of many records, which take one of `permits` besides.
    many: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(folder: &Path, count: usize) -> Result<Self, LogError> {
        let idle = (0..count)
            .map(|_| database::reader(folder))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            idle: Mutex::new(idle),
            permits: Arc::new(Semaphore::new(count)),
            many: Arc::new(Semaphore::new(count.div_ceil(2))),
        })
    }

    /// Waits for a connection. Hold the permit for as long as [`with`](Self::with) runs.
    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit, LogError> {
        acquire(&self.permits).await
    }

    /// Waits until few enough read many records. Hold it until the records are read; it is taken before
    /// the [`permit`](Self::permit).
    pub(super) async fn permit_many(&self) -> Result<OwnedSemaphorePermit, LogError> {
        acquire(&self.many).await
    }

    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let taken = self.lock().pop();
        let Some(connection) = taken else {
            return Err(unavailable("a read", &"no connection is idle"));
        };
        let answer = read(&connection);
        self.lock().push(connection);
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn acquire(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, LogError> {
    Arc::clone(of)
        .acquire_owned()
        .await
        .map_err(|error| unavailable("a read", &error))
}
