//! The order of a list, and where a page of it ended.

use domain::reference::Reference;
use event_log::Sequence;
use serde::{Deserialize, Serialize};

use crate::as_of::AsOf;
use crate::keys::natural;
use crate::row::Row;

/// By what a list is sorted. Ties are broken by reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// The due date; actions without one come last in either direction.
    #[default]
    Due,
    /// The reference: by series, then by number.
    Reference,
    /// The last message that touched it.
    LastChange,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether the last comes first.
    pub descending: bool,
}

impl Sort {
    /// The soonest due first.
    pub const DUE: Self = Self {
        by: SortBy::Due,
        descending: false,
    };
    /// The first reference first.
    pub const REFERENCE: Self = Self {
        by: SortBy::Reference,
        descending: false,
    };
    /// The newest change first.
    pub const NEWEST: Self = Self {
        by: SortBy::LastChange,
        descending: true,
    };

    /// The bytes by whose order rows stand in this order.
    #[must_use]
    pub fn key(self, row: &Row) -> Vec<u8> {
        self.key_of(&row.reference, row.due_on, row.position)
    }

    pub(crate) fn key_of(
        self,
        reference: &Reference,
        due: Option<chrono::NaiveDate>,
        position: u64,
    ) -> Vec<u8> {
        let mut key = Vec::with_capacity(48);
        let lead = self.lead(due, position).to_be_bytes();
        key.extend_from_slice(&lead[lead.len() - self.lead_bytes()..]);
        natural(reference, &mut key);
        if self.by == SortBy::Reference && self.descending {
            key.iter_mut().for_each(|byte| *byte = !*byte);
        }
        key
    }

    /// The beginning of a key, before the reference, as a number that keeps its order.
    pub(crate) fn lead(self, due: Option<chrono::NaiveDate>, position: u64) -> u64 {
        match self.by {
            SortBy::Due => {
                let days = crate::keys::day(due);
                let undated = days == crate::keys::UNDATED;
                u64::from(if self.descending && !undated {
                    !days & 0x7fff_ffff
                } else {
                    days
                })
            }
            SortBy::Reference => 0,
            SortBy::LastChange if self.descending => !position,
            SortBy::LastChange => position,
        }
    }

    /// The same of a key. One that is too short begins before every other.
    pub(crate) fn lead_of(self, key: &[u8]) -> u64 {
        let lead = key.get(..self.lead_bytes()).unwrap_or_default();
        lead.iter()
            .fold(0, |lead, byte| lead << 8 | u64::from(*byte))
    }

    fn lead_bytes(self) -> usize {
        match self.by {
            SortBy::Due => 4,
            SortBy::Reference => 0,
            SortBy::LastChange => 8,
        }
    }
}

/// Where a page ended: the next one begins after this row, wherever other rows have moved to
/// meanwhile. It carries the question it belongs to, and the services seal it into a page token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The order of the list.
    pub sort: Sort,
    /// From where the list looks: stays as it was on the first page.
    pub as_of: AsOf,
    /// The last message that the first page took in. The pages after it look at the record as it
    /// was then, so that a row that moves between two pages is neither missed nor shown twice.
    pub position: Sequence,
    /// The key of the last row that was shown.
    pub after: Vec<u8>,
    /// The reference of that row.
    pub reference: Reference,
}
