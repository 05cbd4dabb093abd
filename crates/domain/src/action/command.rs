//! What can be asked of an action.

use super::event::{Origin, PartText};
use super::terms::{
    Citation, Coverage, Ground, Kind, LinkKind, Outcome, PartId, Rag, Remit, ResponseId,
    ResponseKind, Sensitivity,
};
use crate::calendar::Quarter;
use crate::calendar::deadline::DueRule;
use crate::reference::Reference;
use crate::text::{Line, Slug, Text};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A name as somebody typed it, to be looked up in the register: identifier, name or alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup(pub Line);

impl Lookup {
    /// What was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A new action. The reference was chosen by the caller: the next of its series, or one kept
/// from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are those of the event that it becomes")]
pub struct Raise {
    pub reference: Reference,
    pub numbered: Option<(Slug, u32)>,
    pub kind: Kind,
    pub text: Text,
    pub topic: Option<Line>,
    pub theme: Option<Line>,
    /// Identifier of the meeting in the register.
    pub meeting: Option<Slug>,
    pub minute: Option<Line>,
    pub asked_of: Lookup,
    pub raised_by: Lookup,
    pub parts: Vec<PartText>,
    pub due: DueRule,
    pub origin: Option<Origin>,
}

/// How a response disposes of one part.
pub type RespondPart = (PartId, Coverage);

/// Something that is asked of an action, on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "fields are those of the event that each becomes"
)]
pub enum Command {
    Raise(Box<Raise>),
    Triage {
        remit: Remit,
        sensitivity: Sensitivity,
        note: Option<Text>,
    },
    Delegate {
        to: Lookup,
        due: Option<NaiveDate>,
        note: Option<Text>,
    },
    AcceptDelegation,
    DeclineDelegation {
        reason: Text,
    },
    Transfer {
        to: Lookup,
        due: Option<NaiveDate>,
        reason: Text,
    },
    RecordUpdate {
        period: Option<Quarter>,
        rag: Option<Rag>,
        narrative: Text,
        recovery: Option<Text>,
        milestone: Option<Line>,
        expected_on: Option<NaiveDate>,
        evidence: Vec<Citation>,
    },
    Respond {
        response: ResponseId,
        kind: ResponseKind,
        text: Text,
        /// Empty for a substantive response: it answers every part that is not settled yet.
        coverage: BTreeMap<PartId, Coverage>,
        citations: Vec<Citation>,
        also_answers: Vec<Reference>,
        expected_on: Option<NaiveDate>,
    },
    CorrectResponse {
        response: ResponseId,
        text: Option<Text>,
        coverage: BTreeMap<PartId, Coverage>,
        citations: Option<Vec<Citation>>,
        reason: Text,
    },
    MoveDueDate {
        due: DueRule,
        reason: Text,
    },
    PauseClock {
        reason: Text,
    },
    ResumeClock,
    Restrict {
        ground: Ground,
        reason: Text,
        review_on: NaiveDate,
        explanation: Text,
        public_title: Option<Line>,
    },
    LiftRestriction {
        reason: Text,
    },
    ProposeClosure {
        outcome: Outcome,
        reason: Text,
    },
    Close {
        outcome: Outcome,
        reason: Option<Text>,
        superseded_by: Option<Reference>,
    },
    Reopen {
        reason: Text,
        due: Option<DueRule>,
    },
    Withdraw {
        reason: Text,
    },
    Link {
        kind: LinkKind,
        other: Reference,
    },
    Split {
        into: Vec<super::event::SplitChild>,
        reason: Text,
    },
    GiveUndertaking {
        response: ResponseId,
        child: Reference,
    },
}
