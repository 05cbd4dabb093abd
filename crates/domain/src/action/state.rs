//! What the history of an action amounts to.

use super::event::Raised;
use super::terms::{
    Coverage, Ground, LinkKind, Outcome, PartId, Protocol, Rag, Remit, ResponseId, ResponseKind,
    Sensitivity, Status,
};
use crate::calendar::Quarter;
use crate::reference::Reference;
use crate::register::Party;
use crate::text::{Line, Text};
use chrono::NaiveDate;

/// A part and how far it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// Its letter.
    pub id: PartId,
    /// What it asks; the text of the whole action when that is but one question.
    pub text: Text,
    /// How far it was answered.
    pub coverage: Coverage,
    /// The response that said so; a correction of an earlier one does not outdo it.
    pub covered_by: Option<ResponseId>,
}

/// The due date. The first one is kept, so that reports can measure against both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The first date that was set.
    pub first: Option<NaiveDate>,
    /// The date now.
    pub current: Option<NaiveDate>,
    /// How often the Panel moved it. Clock stops are not moves.
    pub moves: u32,
    /// Why no date was agreed, when none was.
    pub none_agreed: Option<Line>,
}

/// Whether time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It does.
    Running,
    /// It does not, since this day.
    Paused(NaiveDate),
}

/// What triage said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageState {
    /// Whose matter it is.
    pub remit: Remit,
    /// The Order in force on the day.
    pub protocol: Protocol,
    /// Whether some of the answer is withheld.
    pub sensitivity: Sensitivity,
}

/// Who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The group or body.
    pub to: Party,
    /// Since when.
    pub since: NaiveDate,
    /// When they are to be done.
    pub due: Option<NaiveDate>,
    /// What they said.
    pub status: DelegationStatus,
}

/// What the group or body said to a delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegationStatus {
    /// Nothing yet.
    Offered,
    /// They took it.
    Accepted,
    /// They did not.
    Declined,
}

/// The latest word on progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The day of the update.
    pub on: NaiveDate,
    /// The quarter it reports on.
    pub period: Option<Quarter>,
    /// Delivery confidence.
    pub rag: Option<Rag>,
    /// When it is expected to be done.
    pub expected_on: Option<NaiveDate>,
}

/// A response, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseState {
    /// Identifier.
    pub id: ResponseId,
    /// Holding or substantive.
    pub kind: ResponseKind,
    /// The day it was sent.
    pub on: NaiveDate,
    /// How often it was corrected.
    pub corrections: u32,
    /// The other actions that the same response answers.
    pub also_answers: Vec<Reference>,
}

/// Why it is out of public view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestrictionState {
    /// The ground.
    pub ground: Ground,
    /// Since when.
    pub since: NaiveDate,
    /// When it is to be looked at again.
    pub review_on: NaiveDate,
    /// What the public is told.
    pub explanation: Text,
    /// A title that the public may see.
    pub public_title: Option<Line>,
}

/// How near its end it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// Nobody proposed to close it.
    Open,
    /// Its owner did.
    Proposed {
        /// As what.
        outcome: Outcome,
        /// When.
        on: NaiveDate,
    },
    /// The Panel agreed.
    Closed {
        /// As what.
        outcome: Outcome,
        /// When.
        on: NaiveDate,
    },
    /// Who raised it took it back.
    Withdrawn {
        /// When.
        on: NaiveDate,
    },
}

/// When something was last undone: what tells a repeated command from one that has nothing to undo.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Undone {
    /// The day it was last opened again.
    pub reopened_on: Option<NaiveDate>,
    /// The day its clock last ran again.
    pub resumed_on: Option<NaiveDate>,
    /// The day a restriction was last lifted.
    pub lifted_on: Option<NaiveDate>,
}

/// A tie to another action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkState {
    /// How they relate.
    pub kind: LinkKind,
    /// The other.
    pub other: Reference,
}

/// An action as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// How it began: reference, kind, text, topic, theme, meeting, who asks whom.
    pub raised: Raised,
    /// The day it was raised.
    pub raised_on: NaiveDate,
    /// Its parts, at least one.
    pub parts: Vec<PartState>,
    /// When it is due.
    pub due: Due,
    /// Whether time counts.
    pub clock: Clock,
    /// What triage said.
    pub triage: Option<TriageState>,
    /// Who has it.
    pub delegation: Option<Delegation>,
    /// The latest word on progress.
    pub progress: Option<Progress>,
    /// The responses, in the order they came.
    pub responses: Vec<ResponseState>,
    /// Why it is out of public view.
    pub restriction: Option<RestrictionState>,
    /// How near its end it is.
    pub closing: Closing,
    /// The action that took its place, when it was closed as superseded by one.
    pub superseded_by: Option<Reference>,
    /// The days on which something was last undone.
    pub undone: Undone,
    /// Ties to other actions.
    pub links: Vec<LinkState>,
    /// Actions that came out of it: undertakings, or the pieces of a split.
    pub children: Vec<Reference>,
    /// The day of the latest thing that happened to it.
    pub last_change_on: NaiveDate,
}

impl Action {
    /// Its reference.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.raised.reference
    }

    /// Where it stands, in the words of the pages.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.closing {
            Closing::Closed { .. } => return Status::Closed,
            Closing::Withdrawn { .. } => return Status::Withdrawn,
            Closing::Proposed { .. } => return Status::ProposedToClose,
            Closing::Open => {}
        }
        let settled =
            |p: &PartState| !matches!(p.coverage, Coverage::Pending | Coverage::NotAddressed);
        match self.responses.last() {
            None => Status::Open,
            Some(_) if self.parts.iter().all(settled) => Status::Answered,
            Some(_) if self.has_substantive_response() => Status::PartAnswered,
            Some(_) => Status::HoldingResponse,
        }
    }

    /// Whether a substantive response was sent.
    #[must_use]
    pub fn has_substantive_response(&self) -> bool {
        self.responses
            .iter()
            .any(|r| r.kind == ResponseKind::Substantive)
    }

    /// The day of the first substantive response.
    #[must_use]
    pub fn answered_on(&self) -> Option<NaiveDate> {
        self.responses
            .iter()
            .filter(|r| r.kind == ResponseKind::Substantive)
            .map(|r| r.on)
            .min()
    }

    /// The coverage of the whole: that of its parts when they agree, else answered in part.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let first = self.parts.first().map_or(Coverage::Pending, |p| p.coverage);
        if self.parts.iter().all(|p| p.coverage == first) {
            first
        } else {
            Coverage::AnsweredInPart
        }
    }

    /// Whether an answer is owed and late on a day: due until the end of the due day, not while
    /// the clock is stopped, and no longer once every part is settled or it is closed.
    #[must_use]
    pub fn overdue(&self, as_at: NaiveDate) -> bool {
        let owed = matches!(
            self.status(),
            Status::Open | Status::PartAnswered | Status::HoldingResponse
        );
        owed && self.clock == Clock::Running && self.due.current.is_some_and(|due| due < as_at)
    }

    /// The delivery group that has it now: one that declined has it no longer.
    #[must_use]
    pub fn holder(&self) -> Option<&Party> {
        self.delegation
            .as_ref()
            .filter(|d| d.status != DelegationStatus::Declined)
            .map(|d| &d.to)
    }
}
