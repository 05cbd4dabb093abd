//! What changed since a position, a day or a meeting.

use chrono::NaiveDate;
use domain::action::{ActionEvent, ResponseKind};
use domain::register::Register;
use domain::text::Slug;
use event_log::Sequence;
use serde::{Deserialize, Serialize};

use super::Question;
use super::list::PAGE_LIMIT;
use crate::as_of::Cut;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;
use crate::sort::{Cursor, Sort};
use crate::trail::Entry;
use crate::view::Facts;

/// From where changes are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A page of the actions that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The actions, the newest change first.
    pub rows: Vec<ChangedRow>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
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
    /// A page of the actions that changed and are selected by a filter, at most `page_size` (1 to
    /// [`PAGE_LIMIT`]).
    ///
    /// # Errors
    /// [`ReadError::UnknownMeeting`], [`ReadError::WrongCursor`] when the cursor is of another list or
    /// time, and when there is nothing to answer from.
    pub fn changed_since(
        &self,
        question: &Question<'_>,
        since: &Since,
        filter: &Filter,
        page_size: usize,
        cursor: Option<&Cursor>,
    ) -> Result<Changes, ReadError> {
        let asked = question;
        let question = &asked.of_page(cursor, Sort::NEWEST, self.position())?;
        let page_size = page_size.clamp(1, PAGE_LIMIT);
        let passed = cursor.map(|cursor| cursor.after.as_slice());
        let after = match since {
            Since::Position(position) => After::Message(*position),
            Since::Date(day) => After::Day(*day),
            Since::Meeting(id) => {
                let held_on = |register: &Register| register.meeting(id).map(|m| m.held_on);
                let held_on = self.with_register(question.area, &question.as_of, held_on)?;
                After::Day(held_on.ok_or_else(|| ReadError::UnknownMeeting {
                    meeting: id.to_string(),
                })?)
            }
        };
        let (mut rows, position) = self.ask(|store| {
            store.select(question, filter, |selected| {
                let key = |facts: &Facts| {
                    Sort::NEWEST.key_of(&facts.reference, facts.due_on, facts.position)
                };
                let mut since: Vec<_> = selected
                    .candidates()
                    .filter(|(_, facts)| match after {
                        After::Message(position) => facts.position > position,
                        After::Day(day) => facts.last_change_on > day,
                    })
                    .map(|(reference, facts)| (key(&facts), reference))
                    .filter(|(key, _)| passed.is_none_or(|passed| key.as_slice() > passed))
                    .collect();
                since.sort_unstable();
                let mut rows = Vec::new();
                for (_, reference) in since {
                    if rows.len() > page_size {
                        break;
                    }
                    let Some(row) = selected.row(reference)? else {
                        continue;
                    };
                    let cut = selected.cut;
                    let trail = store.trail(question.area, reference, cut)?;
                    let changes = kinds(trail.iter().filter(|e| after.passed_by(e, cut)), row.stub);
                    if !changes.is_empty() {
                        rows.push(ChangedRow { row, changes });
                    }
                }
                Ok((rows, selected.position()))
            })
        })?;
        let more = rows.len() > page_size;
        rows.truncate(page_size);
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| asked.end_of_page(cursor, Sort::NEWEST, position, &last.row));
        Ok(Changes { rows, next })
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
