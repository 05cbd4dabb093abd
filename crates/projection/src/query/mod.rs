//! The questions, one kind a file. All are synchronous and take a few milliseconds at most when
//! warm; the first question as of a past time folds that time once.

mod action;
mod at_once;
mod changes;
mod compare;
mod coverage;
mod list;
mod performance;
mod returns;
mod select;
mod watch;

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::policy::Principal;
use domain::reference::Reference;
use domain::text::Slug;
use event_log::Sequence;

use crate::as_of::{AsOf, Cut};
use crate::error::ReadError;
use crate::row::Row;
use crate::sort::{Cursor, Sort};
use crate::store::{Books, Store};

pub use action::ActionStory;
pub use changes::{ChangeKind, ChangedRow, Changes, Since};
pub use compare::{Difference, FieldChange};
pub use coverage::CoverageRow;
pub use list::{Counts, PAGE_LIMIT, Page};
pub use performance::Performance;
pub use returns::ReturnCell;
pub use watch::Change;

/// What every question says: where, from when, for whom.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The force area.
    pub area: &'a Slug,
    /// From which point of time it looks.
    pub as_of: AsOf,
    /// Today in London: when nothing else says on which day overdue is judged.
    pub today: NaiveDate,
    /// Who asks. Every answer, and every selection, order and number in it, is of what they may see.
    pub reader: &'a Principal,
}

impl<'a> Question<'a> {
    /// The question of the page after a cursor, which looks at the record as the first page did.
    fn of_page(
        &self,
        cursor: Option<&Cursor>,
        sort: Sort,
        head: Sequence,
    ) -> Result<Question<'a>, ReadError> {
        let Some(cursor) = cursor else {
            return Ok(*self);
        };
        let wrong = |field| ReadError::WrongCursor { field };
        if cursor.sort != sort {
            return Err(wrong("the order"));
        }
        if cursor.as_of != self.as_of {
            return Err(wrong("the point of time"));
        }
        if cursor.position >= head {
            return Ok(*self);
        }
        Ok(Question {
            as_of: self.as_of.known_to(cursor.position),
            ..*self
        })
    }

    /// Where a page ends whose last row this is, and that took in the log up to a position.
    fn end_of_page(
        &self,
        cursor: Option<&Cursor>,
        sort: Sort,
        position: Sequence,
        last: &Row,
    ) -> Cursor {
        let (as_of, position) = cursor.map_or((self.as_of, position), |c| (c.as_of, c.position));
        Cursor {
            sort,
            as_of,
            position,
            after: sort.key(last),
            reference: last.reference.clone(),
        }
    }

    /// The day on which overdue is judged.
    #[must_use]
    pub fn as_at(&self) -> NaiveDate {
        self.as_of.as_at(self.today)
    }

    fn hidden(&self, books: &Books) -> HashSet<Reference> {
        crate::view::hidden(books, self.area, self.reader)
    }

    /// A row as the reader may see it: judged by how the action stands now.
    fn seen(&self, books: &Books, row: Row) -> Row {
        let gates = books.gates.get(self.area);
        let gate = gates.and_then(|gates| gates.get(&row.reference));
        row.seen_through(gate, self.reader, self.area.as_str())
    }
}

/// How much of the log a point of time lets through.
fn cut(store: &Store, as_of: &AsOf) -> Result<Cut, ReadError> {
    let position = store.books().position();
    let mut known = u64::MAX;
    if let Some(instant) = as_of.known_at {
        let at = store.known_at(instant, position)?;
        // Where nothing later is known, messages of the same instant may still come.
        known = if at == position { known } else { at };
    }
    if let Some(wanted) = as_of.known_position {
        if wanted > position {
            return Err(ReadError::Beyond { wanted, position });
        }
        known = known.min(wanted);
    }
    Ok(Cut {
        known,
        true_on: as_of.true_on,
    })
}
