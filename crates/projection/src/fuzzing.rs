//! Doors for the crate `fuzz` to what is stored and read by nobody else.

use crate::as_of::Cut;
use crate::error::StoreError;
use crate::row::Row;
use crate::store;
use crate::trail::{self, Entry};
use domain::action::ActionEvent;
use domain::stored::Decision;

/// A row, as it is stored.
///
/// # Errors
/// Never in practice: every row can be written.
pub fn row_of(row: &Row) -> Result<Vec<u8>, StoreError> {
    store::row_cell(row.clone())
}

/// Reads a stored row.
///
/// # Errors
/// When it is none.
pub fn row(bytes: &[u8]) -> Result<Row, StoreError> {
    store::parse_row(bytes)
}

/// A trail of a decision, as it is stored, unpacked.
///
/// # Errors
/// Never in practice: every event can be written.
pub fn trail_of(decision: &Decision<ActionEvent>) -> Result<Vec<u8>, StoreError> {
    let mut segment = Vec::new();
    for event in &decision.events {
        let entry = Entry {
            sequence: 7,
            recorded_at: decision.recorded_at,
            on: decision.on,
            from: event.true_from(decision.on),
            event: event.clone(),
        };
        trail::write(&entry, &mut segment)?;
    }
    Ok(segment)
}

/// Reads an unpacked trail, folds it by either of its two times, and writes it again.
///
/// # Errors
/// When it is none.
pub fn trail(segment: &[u8]) -> Result<Vec<u8>, StoreError> {
    let cut = |true_on| Cut {
        known: u64::MAX,
        true_on,
    };
    let mut entries = Vec::new();
    trail::read(segment, cut(None), &mut entries)?;
    for true_on in [None, Some(chrono::NaiveDate::MAX)] {
        let _ = trail::fold(entries.clone(), cut(true_on)).row(None);
    }
    let mut written = Vec::new();
    for entry in &entries {
        trail::write(entry, &mut written)?;
    }
    Ok(written)
}

/// A block of trails, as it is stored, unpacked: each with the key of its action.
///
/// # Errors
/// When one is longer than a block can say.
pub fn block_of<'a>(
    trails: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
) -> Result<Vec<u8>, StoreError> {
    let mut block = Vec::new();
    for trail in trails {
        store::trails::put(trail, &mut block)?;
    }
    Ok(block)
}

/// Reads an unpacked block, and writes it again.
///
/// # Errors
/// When it is none.
pub fn block(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let trails: Result<Vec<_>, _> = store::trails::unpacked(bytes).collect();
    block_of(trails?)
}
