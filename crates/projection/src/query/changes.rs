//! What changed since a position, a day or a meeting.

use chrono::NaiveDate;
use domain::action::{ActionEvent, ResponseKind};
use domain::text::Slug;
use event_log::Sequence;
use serde::{Deserialize, Serialize};

use super::Question;
use crate::as_of::Cut;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;
use crate::trail::Entry;

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
        let after =
            match since {
                Since::Position(position) => After::Message(*position),
                Since::Date(day) => After::Day(*day),
                Since::Meeting(id) => {
                    let register = self.register(question.area, &question.as_of)?;
                    let meeting = register.meeting(id);
                    After::Day(meeting.map(|m| m.held_on).ok_or_else(|| {
                        ReadError::UnknownMeeting {
                            meeting: id.to_string(),
                        }
                    })?)
                }
            };
        self.ask(|store| {
            store.select(question, filter, |books, cut, facts| {
                let mut since: Vec<_> = facts
                    .iter()
                    .filter(|facts| match after {
                        After::Message(position) => facts.position > position,
                        After::Day(day) => facts.last_change_on > day,
                    })
                    .map(|facts| (facts.position, &facts.reference))
                    .collect();
                since.sort_unstable_by(|a, b| b.cmp(a));
                let mut rows = Vec::new();
                for (_, reference) in since {
                    if rows.len() == limit {
                        break;
                    }
                    let Some(row) = store.row_at(books, question.area, reference, cut)? else {
                        continue;
                    };
                    let row = question.seen(books, row);
                    let trail = store.trail(question.area, reference, cut)?;
                    let changes = kinds(trail.iter().filter(|e| after.passed_by(e, cut)), row.stub);
                    if !changes.is_empty() {
                        rows.push(ChangedRow { row, changes });
                    }
                }
                Ok(rows)
            })
        })
    }
}

#[derive(Clone, Copy)]
enum After {
    Message(Sequence),
    Day(NaiveDate),
}

impl After {
    /// Of what was true on a day, changes count by the day from which they are true.
    fn passed_by(self, entry: &Entry, cut: Cut) -> bool {
        match self {
            After::Message(position) => entry.sequence > position,
            After::Day(day) if cut.true_on.is_some() => entry.from > day,
            After::Day(day) => entry.on > day,
        }
    }
}

/// What entries amount to, each kind once. Of a stub only what its row shows anyway.
pub(super) fn kinds<'a>(entries: impl Iterator<Item = &'a Entry>, stub: bool) -> Vec<ChangeKind> {
    let mut kinds: Vec<ChangeKind> = entries.map(|entry| ChangeKind::of(&entry.event)).collect();
    kinds.retain(|kind| !stub || kind.is_public());
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

impl ChangeKind {
    fn of(event: &ActionEvent) -> Self {
        match event {
            ActionEvent::Raised(_) => ChangeKind::Raised,
            ActionEvent::Triaged { .. } => ChangeKind::Triaged,
            ActionEvent::Delegated { .. }
            | ActionEvent::DelegationAccepted { .. }
            | ActionEvent::DelegationDeclined { .. }
            | ActionEvent::Transferred { .. } => ChangeKind::Delegated,
            ActionEvent::Updated { .. } => ChangeKind::Updated,
            ActionEvent::Responded { kind, .. } => match kind {
                ResponseKind::Holding => ChangeKind::Held,
                ResponseKind::Substantive => ChangeKind::Answered,
            },
            ActionEvent::ResponseCorrected { .. } => ChangeKind::Corrected,
            ActionEvent::DueDateMoved { .. } => ChangeKind::Moved,
            ActionEvent::ClockPaused { .. } => ChangeKind::Paused,
            ActionEvent::ClockResumed { .. } => ChangeKind::Resumed,
            ActionEvent::Restricted { .. } => ChangeKind::Restricted,
            ActionEvent::RestrictionLifted { .. } => ChangeKind::Lifted,
            ActionEvent::ClosureProposed { .. } => ChangeKind::Proposed,
            ActionEvent::Closed { .. } => ChangeKind::Closed,
            ActionEvent::Reopened { .. } => ChangeKind::Reopened,
            ActionEvent::Withdrawn { .. } => ChangeKind::Withdrawn,
            ActionEvent::Linked { .. } | ActionEvent::UndertakingGiven { .. } => ChangeKind::Linked,
            ActionEvent::Split { .. } => ChangeKind::Split,
        }
    }

    /// Whether a stub shows it by its state or dates.
    fn is_public(self) -> bool {
        !matches!(
            self,
            ChangeKind::Triaged
                | ChangeKind::Delegated
                | ChangeKind::Updated
                | ChangeKind::Linked
                | ChangeKind::Split
        )
    }
}
