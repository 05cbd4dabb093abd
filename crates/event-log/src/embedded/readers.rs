//! A small pool of read-only connections.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{database, unavailable};
use crate::LogError;

pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(folder: &Path, count: usize) -> Result<Self, LogError> {
        let idle = (0..count)
            .map(|_| database::reader(folder))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            idle: Mutex::new(idle),
            permits: Arc::new(Semaphore::new(count)),
        })
    }

    /// Waits for a connection. Hold the permit for as long as [`with`](Self::with) runs.
    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit, LogError> {
        Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|error| unavailable("a read", &error))
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
