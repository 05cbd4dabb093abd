//! The entries that one action has in the store beside its trail.

use std::collections::{BTreeMap, BTreeSet};

use domain::text::Slug;

use super::cells;
use crate::error::StoreError;
use crate::keys;
use crate::row::Row;
use crate::seen::Gate;

/// A key and its value.
pub(super) type Put = (Vec<u8>, Vec<u8>);

/// What stands in the store for the row of an action.
pub(super) struct Entries {
    /// The row itself.
    pub(super) row: Put,
    /// Under which keys an index has it, and what a page reads there.
    pub(super) index: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Who may read it, when that is not everybody.
    pub(super) gate: Option<Gate>,
}

impl Entries {
    /// With the keys that an index has of it.
    pub(super) fn of(
        area: &Slug,
        row: Row,
        keys: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<Self, StoreError> {
        let keys = keys.into_iter();
        let gate = Gate::of(&row);
        let key = keys::of_action(keys::ROW, area, &row.reference);
        let bytes = cells::row(row)?;
        let index = keys.map(|key| match key.first() {
            Some(&keys::OPEN) => (key, bytes.clone()),
            _ => (key, Vec::new()),
        });
        let index = index.collect();
        Ok(Self {
            row: (key, bytes),
            index,
            gate,
        })
    }
}

/// The keys of [`Entries::index`].
pub(super) fn indexed(area: &Slug, row: &Row) -> BTreeSet<Vec<u8>> {
    let mut keys: BTreeSet<Vec<u8>> = keys::open(area, row).into_iter().collect();
    keys.insert(keys::changed(area, row.position, &row.reference));
    keys
}
