//! Makes a plan out of what was found in a letter.

use chrono::NaiveDate;

use super::{
    LetterPlan, PlanItem, PlanKind, PlanPart, PlanRemit, PlanSensitivity, PlanUndertaking,
};
use crate::letter::{Coverage, Item, LetterProposal, Part, PartKind, Topic};

/// What the letter itself may not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanHeader {
    /// The day of the meeting.
    pub meeting_on: NaiveDate,
    /// The day of the answer.
    pub answered_on: NaiveDate,
    /// The body that was asked.
    pub asked_of: String,
}

const NOTED_ONLY: &str = "none agreed: noted only";
const NOT_SAID: &str = "none agreed: the letter names no date";

impl LetterPlan {
    /// Proposes a plan: everything asked is raised, statements are not, undertakings are raised as
    /// children, and noted actions are raised without a due date.
    #[must_use]
    pub fn propose(proposal: &LetterProposal, header: PlanHeader) -> Self {
        let answered = proposal
            .topics
            .iter()
            .flat_map(|topic| topic.items.iter().map(move |item| from_item(topic, item)));
        let noted = proposal.noted_actions.iter().map(|text| from_noted(text));
        let mut items: Vec<PlanItem> = answered.chain(noted).collect();
        for (at, item) in items.iter_mut().enumerate() {
            item.id = (at + 1).to_string();
        }
        Self {
            id: plan_id(proposal, &header),
            meeting_on: header.meeting_on,
            answered_on: header.answered_on,
            asked_of: header.asked_of,
            items,
        }
    }
}

/// The same letter with the same days has the same id: reading it again proposes the same plan.
fn plan_id(proposal: &LetterProposal, header: &PlanHeader) -> String {
    let days = (header.meeting_on, header.answered_on);
    let found = serde_json::to_vec(&(days, proposal)).unwrap_or_default();
    // FNV-1a of 64 bits (RFC 9923): stable wherever and whenever it is made.
    let hash = found.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn from_item(topic: &Topic, item: &Item) -> PlanItem {
    let any_question = item
        .parts
        .iter()
        .any(|part| part.kind == PartKind::Question);
    PlanItem {
        id: String::new(),
        raise: !item.statement_only,
        kind: if any_question || item.statement_only {
            PlanKind::Question
        } else if item.parts.iter().any(recommends) {
            PlanKind::Recommendation
        } else {
            PlanKind::InformationRequest
        },
        topic: topic.heading.clone(),
        due_on: None,
        no_due_reason: Some(NOT_SAID.to_owned()),
        remit: if item.operational {
            PlanRemit::Operational
        } else {
            PlanRemit::Undecided
        },
        sensitivity: PlanSensitivity::from(item.operationally_sensitive),
        parts: item.parts.iter().map(from_part).collect(),
        answer: item.answer.clone(),
        links: item.links.clone(),
        citations: item.citations.clone(),
        undertakings: item
            .undertakings
            .iter()
            .enumerate()
            .map(|(at, text)| PlanUndertaking {
                id: (at + 1).to_string(),
                raise: !item.statement_only,
                text: text.clone(),
            })
            .collect(),
    }
}

/// Recommendations are worded "That the Commissioner …" or "Recommendation 2: …".
fn recommends(part: &Part) -> bool {
    let words = part.text.to_lowercase();
    words.starts_with("that the ") || words.starts_with("recommendation")
}

fn from_part(part: &Part) -> PlanPart {
    PlanPart {
        text: part.text.clone(),
        kind: part.kind,
        repeats: part.repeats.map(|index| index + 1),
        coverage: part.coverage,
    }
}

fn from_noted(text: &str) -> PlanItem {
    PlanItem {
        id: String::new(),
        raise: true,
        kind: PlanKind::Action,
        topic: String::new(),
        due_on: None,
        no_due_reason: Some(NOTED_ONLY.to_owned()),
        remit: PlanRemit::Undecided,
        sensitivity: PlanSensitivity::None,
        parts: vec![PlanPart {
            text: text.to_owned(),
            kind: PartKind::Request,
            repeats: None,
            coverage: Coverage::Pending,
        }],
        answer: String::new(),
        links: Vec::new(),
        citations: Vec::new(),
        undertakings: Vec::new(),
    }
}
