//! Turns: within one process, writers of one subject go one after another, so that a conflict
//! can only come from another process.

use event_log::Subject;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use tokio::sync::{Mutex, MutexGuard};

/// How many subjects can be written at one time; others that share a place wait.
const PLACES: usize = 1024;

/// One place for every so many subjects.
pub(crate) struct Turns {
    places: Vec<Mutex<()>>,
    /// Without a secret of the process: the same writers meet in the same places in every run, and
    /// whoever made subjects meet would only wait for himself.
    hash: BuildHasherDefault<DefaultHasher>,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self {
            places: (0..PLACES).map(|_| Mutex::new(())).collect(),
            hash: BuildHasherDefault::default(),
        }
    }

    /// Waits for the turn of a subject; it lasts as long as the guard.
    pub(crate) async fn wait_for(&self, subject: &Subject) -> MutexGuard<'_, ()> {
        let hash = self.hash.hash_one(subject);
        let place = usize::try_from(hash % PLACES as u64).unwrap_or(0);
        self.places[place].lock().await
    }
}
