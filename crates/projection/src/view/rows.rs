//! The rows of the past that were shown last: a list as of a day is looked at by many, again and again,
//! and each of its rows is folded from a trail.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::row::Row;

/// Most rows that a view keeps: some pages, half a megabyte.
const KEPT: usize = 256;

/// Rows by the place of their action.
#[derive(Debug, Default)]
pub(super) struct Rows(Mutex<HashMap<u32, Arc<Row>>>);

impl Rows {
    pub(super) fn get(&self, ordinal: u32) -> Option<Arc<Row>> {
        self.lock().get(&ordinal).map(Arc::clone)
    }

    pub(super) fn put(&self, ordinal: u32, row: Arc<Row>) {
        let mut rows = self.lock();
        if rows.len() >= KEPT {
            rows.clear();
        }
        rows.insert(ordinal, row);
    }

    /// Lets go of a row that is another one now.
    pub(super) fn forget(&mut self, ordinal: u32) {
        let rows = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        rows.remove(&ordinal);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Arc<Row>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
