//! Turns: within one process, writers of one subject go one after another, so that a conflict
//! can only come from another process.

use event_log::Subject;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use tokio::sync::{Mutex, MutexGuard};

/// How many subjects can be written at one time; others that share a place wait.
const PLACES: usize = 1024;

/// One place for every so many subjects.
pub(crate) struct Turns {
    places: Vec<Mutex<()>>,
    hash: RandomState,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self {
            places: (0..PLACES).map(|_| Mutex::new(())).collect(),
            hash: RandomState::new(),
        }
    }

    /// Waits for the turn of a subject; it lasts as long as the guard.
    pub(crate) async fn wait_for(&self, subject: &Subject) -> MutexGuard<'_, ()> {
        let hash = self.hash.hash_one(subject);
        let place = usize::try_from(hash % PLACES as u64).unwrap_or(0);
        self.places[place].lock().await
    }
}
