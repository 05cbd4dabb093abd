//! The questions, one kind a file. All are synchronous and take a few milliseconds at most when
//! warm; the first question as of a past time folds that time once.

mod action;
mod changes;
mod compare;
mod coverage;
mod list;
mod performance;
mod returns;
mod watch;

use chrono::NaiveDate;
use domain::policy::Principal;
use domain::text::Slug;

use crate::as_of::AsOf;

pub use action::ActionStory;
pub use changes::{ChangeKind, ChangedRow, Since};
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

impl Question<'_> {
    /// The day on which overdue is judged.
    #[must_use]
    pub fn as_at(&self) -> NaiveDate {
        self.as_of.as_at(self.today)
    }
}
