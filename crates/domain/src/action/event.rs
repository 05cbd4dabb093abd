//! What can happen to an action.

use super::terms::{
    Citation, Coverage, Ground, Kind, LinkKind, Outcome, PartId, Protocol, Rag, Remit, ResponseId,
    ResponseKind, Sensitivity,
};
use crate::calendar::Quarter;
use crate::calendar::deadline::Deadline;
use crate::reference::Reference;
use crate::register::Party;
use crate::text::{Line, Slug, Text};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A meeting, with what was true of it when the action was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingRef {
    /// Identifier in the register.
    pub id: Slug,
    /// The day it was held.
    pub held_on: NaiveDate,
}

/// The text of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartText {
    /// Its letter.
    pub id: PartId,
    /// What it asks, verbatim.
    pub text: Text,
}

/// A due date with how it was reached, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueSet {
    /// Due by the end of a day.
    By(Deadline),
    /// No date was agreed.
    NoneAgreed {
        /// Why not.
        reason: Line,
    },
}

impl DueSet {
    /// The date, if there is one.
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            DueSet::By(deadline) => Some(deadline.due_on),
            DueSet::NoneAgreed { .. } => None,
        }
    }

    /// Leaves out the days that its account passed over, most of its size.
    pub(super) fn slim(&mut self) {
        if let DueSet::By(deadline) = self {
            deadline.explanation.skipped = Vec::new();
        }
    }
}

/// Where an action came from, when not straight from a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Promised in a response to another action.
    Undertaking {
        /// The action that was being answered.
        parent: Reference,
        /// The response that promises.
        response: ResponseId,
    },
    /// One of the pieces of an action that was split.
    Split {
        /// The action that was split.
        parent: Reference,
    },
}

/// How an action began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Its reference, for ever.
    pub reference: Reference,
    /// The series and number behind the reference; `None` for a reference kept from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered: Option<(Slug, u32)>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// What was asked, verbatim.
    pub text: Text,
    /// The heading under which it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Line>,
    /// The theme of the Police and Crime Plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Line>,
    /// The meeting, when it was raised at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingRef>,
    /// Minute or agenda item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<Line>,
    /// Of whom it is asked.
    pub asked_of: Party,
    /// Who raised it.
    pub raised_by: Party,
    /// The questions in it; empty when it is but one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartText>,
    /// When it is due.
    pub due: DueSet,
    /// What it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A piece of an action that was split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitChild {
    /// The action that carries the piece on.
    pub reference: Reference,
    /// The parts that went there; empty when the piece was written anew.
    pub parts: Vec<PartId>,
}

/// Something that happened to an action. The day it happened is kept with the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
#[allow(missing_docs, reason = "fields are named as in the domain page")]
pub enum ActionEvent {
    /// It was raised.
    #[serde(rename = "action.raised.v1")]
    Raised(Box<Raised>),
    /// The Commissioner's office said whose matter it is and whether it is sensitive.
    #[serde(rename = "action.triaged.v1")]
    Triaged {
        remit: Remit,
        protocol: Protocol,
        sensitivity: Sensitivity,
        note: Option<Text>,
    },
    /// It was given to a group or a body.
    #[serde(rename = "action.delegated.v1")]
    Delegated {
        to: Party,
        due: Option<NaiveDate>,
        note: Option<Text>,
    },
    /// Who it was given to took it.
    #[serde(rename = "action.delegation-accepted.v1")]
    DelegationAccepted { by: Party },
    /// Who it was given to did not take it.
    #[serde(rename = "action.delegation-declined.v1")]
    DelegationDeclined { by: Party, reason: Text },
    /// It went from one group or body to another.
    #[serde(rename = "action.transferred.v1")]
    Transferred {
        from: Party,
        to: Party,
        due: Option<NaiveDate>,
        reason: Text,
    },
    /// Progress was reported.
    #[serde(rename = "action.updated.v1")]
    Updated {
        period: Option<Quarter>,
        rag: Option<Rag>,
        narrative: Text,
        /// What will get it back on track, for Amber and Red.
        recovery: Option<Text>,
        milestone: Option<Line>,
        expected_on: Option<NaiveDate>,
        evidence: Vec<Citation>,
    },
    /// A response was sent.
    #[serde(rename = "action.responded.v1")]
    Responded {
        response: ResponseId,
        kind: ResponseKind,
        text: Text,
        /// Coverage of each part; of `a` when the action is but one question.
        coverage: BTreeMap<PartId, Coverage>,
        citations: Vec<Citation>,
        /// The other actions that the same response answers.
        also_answers: Vec<Reference>,
        /// When the full answer is promised, of a holding response.
        expected_on: Option<NaiveDate>,
    },
    /// A response was corrected; the first text stays where it was.
    #[serde(rename = "action.response-corrected.v1")]
    ResponseCorrected {
        response: ResponseId,
        /// The day of the response that is corrected: from then on the correction is true.
        responded_on: NaiveDate,
        text: Option<Text>,
        coverage: BTreeMap<PartId, Coverage>,
        citations: Option<Vec<Citation>>,
        reason: Text,
    },
    /// The Panel moved the due date.
    #[serde(rename = "action.due-date-moved.v1")]
    DueDateMoved {
        from: Option<NaiveDate>,
        to: Deadline,
        reason: Text,
    },
    /// The clock was stopped.
    #[serde(rename = "action.clock-paused.v1")]
    ClockPaused { reason: Text },
    /// The clock runs again; the due date is later by as many days as it stood.
    #[serde(rename = "action.clock-resumed.v1")]
    ClockResumed {
        paused_on: NaiveDate,
        days: u32,
        due: Option<NaiveDate>,
    },
    /// It was taken out of public view.
    #[serde(rename = "action.restricted.v1")]
    Restricted {
        ground: Ground,
        /// Why the public interest is served by it.
        reason: Text,
        review_on: NaiveDate,
        /// What the public is told.
        explanation: Text,
        /// A title that the public may see.
        public_title: Option<Line>,
        /// The actions that were restricted with it, since words of it stand there as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<Reference>,
    },
    /// It is in public view again.
    #[serde(rename = "action.restriction-lifted.v1")]
    RestrictionLifted { reason: Text },
    /// Its owner thinks it is done.
    #[serde(rename = "action.closure-proposed.v1")]
    ClosureProposed { outcome: Outcome, reason: Text },
    /// The Panel agreed that it is closed.
    #[serde(rename = "action.closed.v1")]
    Closed {
        outcome: Outcome,
        reason: Option<Text>,
        superseded_by: Option<Reference>,
    },
    /// It was opened again.
    #[serde(rename = "action.reopened.v1")]
    Reopened { reason: Text, due: Option<Deadline> },
    /// Who raised it took it back.
    #[serde(rename = "action.withdrawn.v1")]
    Withdrawn { reason: Text },
    /// It was tied to another action.
    #[serde(rename = "action.linked.v1")]
    Linked { kind: LinkKind, other: Reference },
    /// It was split into several, and is superseded by them.
    #[serde(rename = "action.split.v1")]
    Split { into: Vec<SplitChild>, reason: Text },
    /// A response to it promised something, which became an action of its own.
    #[serde(rename = "action.undertaking-given.v1")]
    UndertakingGiven {
        response: ResponseId,
        child: Reference,
    },
}

impl ActionEvent {
    /// The stored name of the event, version included.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            ActionEvent::Raised(_) => "action.raised.v1",
            ActionEvent::Triaged { .. } => "action.triaged.v1",
            ActionEvent::Delegated { .. } => "action.delegated.v1",
            ActionEvent::DelegationAccepted { .. } => "action.delegation-accepted.v1",
            ActionEvent::DelegationDeclined { .. } => "action.delegation-declined.v1",
            ActionEvent::Transferred { .. } => "action.transferred.v1",
            ActionEvent::Updated { .. } => "action.updated.v1",
            ActionEvent::Responded { .. } => "action.responded.v1",
            ActionEvent::ResponseCorrected { .. } => "action.response-corrected.v1",
            ActionEvent::DueDateMoved { .. } => "action.due-date-moved.v1",
            ActionEvent::ClockPaused { .. } => "action.clock-paused.v1",
            ActionEvent::ClockResumed { .. } => "action.clock-resumed.v1",
            ActionEvent::Restricted { .. } => "action.restricted.v1",
            ActionEvent::RestrictionLifted { .. } => "action.restriction-lifted.v1",
            ActionEvent::ClosureProposed { .. } => "action.closure-proposed.v1",
            ActionEvent::Closed { .. } => "action.closed.v1",
            ActionEvent::Reopened { .. } => "action.reopened.v1",
            ActionEvent::Withdrawn { .. } => "action.withdrawn.v1",
            ActionEvent::Linked { .. } => "action.linked.v1",
            ActionEvent::Split { .. } => "action.split.v1",
            ActionEvent::UndertakingGiven { .. } => "action.undertaking-given.v1",
        }
    }

    /// The day from which the event is true, given the day it happened: the same, but that a
    /// correction is true from the day of the response it corrects.
    #[must_use]
    pub fn true_from(&self, on: NaiveDate) -> NaiveDate {
        match self {
            ActionEvent::ResponseCorrected { responded_on, .. } => *responded_on,
            _ => on,
        }
    }
}
