//! The file a person edits between reading a letter and raising what it holds.
//!
//! The file is TOML. It says for each item of the letter whether it is raised, as what, with which
//! parts, and what it was answered. [`LetterPlan::to_toml`] writes it with an explanation at its
//! head; [`LetterPlan::from_toml`] reads it back and refuses what it does not know, by line.

mod propose;
mod read;
mod write;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use propose::PlanHeader;
pub use read::PlanError;

use crate::letter::{Citation, Coverage, PartKind, Sensitivity};

/// What is to be raised and answered, as a person left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterPlan {
    /// Names the plan for good: made once from the letter and its days, kept through every edit.
    pub id: String,
    /// The day of the meeting at which everything was raised.
    pub meeting_on: NaiveDate,
    /// The day of the answer: the date of the letter.
    pub answered_on: NaiveDate,
    /// The body that was asked.
    pub asked_of: String,
    /// The items, in the order of the letter; noted actions last.
    pub items: Vec<PlanItem>,
}

/// One action to raise, or a statement kept for the record of what the letter said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanItem {
    /// Names the item inside its plan for good, so that an edited plan can be applied again.
    pub id: String,
    /// Whether it is raised at all.
    pub raise: bool,
    /// The kind of action.
    pub kind: PlanKind,
    /// The topic, or empty.
    pub topic: String,
    /// The day by which it is due, if one was agreed.
    pub due_on: Option<NaiveDate>,
    /// Why no day was agreed; exactly one of this and `due_on` is given.
    pub no_due_reason: Option<String>,
    /// Whose business it is.
    pub remit: PlanRemit,
    /// Whether it is operationally sensitive, which is another mark than its remit.
    pub sensitivity: PlanSensitivity,
    /// The questions or requests. What is raised is their text, one after the other.
    pub parts: Vec<PlanPart>,
    /// The answer; empty when there is none, and then the action stays open.
    pub answer: String,
    /// Web addresses that the answer gives.
    pub links: Vec<String>,
    /// Papers that the answer cites.
    pub citations: Vec<Citation>,
    /// What the answer promises, each of which may be raised as a child of this action.
    pub undertakings: Vec<PlanUndertaking>,
}

impl PlanItem {
    /// What is raised: the text of the parts, one after the other, each repetition left out.
    #[must_use]
    pub fn text(&self) -> String {
        let fresh = self.parts.iter().filter(|part| part.repeats.is_none());
        fresh
            .map(|part| part.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// One question or request inside an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanPart {
    /// Its words.
    pub text: String,
    /// How it is asked.
    pub kind: PartKind,
    /// The number (from 1) of an earlier part of the same item that it repeats.
    pub repeats: Option<usize>,
    /// How far the answer covers it.
    pub coverage: Coverage,
}

/// A promise found in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanUndertaking {
    /// Names the undertaking inside its item for good.
    pub id: String,
    /// Whether it is raised as a child action.
    pub raise: bool,
    /// Its words.
    pub text: String,
}

/// The kind of action to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanKind {
    /// A question.
    Question,
    /// Something to be done.
    Action,
    /// A recommendation of the Panel.
    Recommendation,
    /// A request for a report or for figures.
    InformationRequest,
    /// A promise made.
    Undertaking,
}

/// Whose business an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanRemit {
    /// Not said yet: triage comes later.
    Undecided,
    /// The Commissioner's.
    Commissioner,
    /// The Chief Constable's: an operational matter.
    Operational,
    /// A partner body's.
    PartnerBody,
    /// Nobody's whom the Panel may ask.
    OutOfRemit,
}

/// How much is operationally sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanSensitivity {
    /// Nothing.
    None,
    /// Some of it.
    Partial,
    /// All of it.
    Full,
}

impl From<Option<Sensitivity>> for PlanSensitivity {
    fn from(found: Option<Sensitivity>) -> Self {
        match found {
            None => Self::None,
            Some(Sensitivity::Partial) => Self::Partial,
            Some(Sensitivity::Full) => Self::Full,
        }
    }
}
