//! The words clerks use for states, kinds and confidence, and what they mean here.

use serde::{Deserialize, Serialize};

use super::columns::normal;

/// The state of an action in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogState {
    /// Nothing final was said.
    Open,
    /// Answered, and not yet closed.
    Answered,
    /// Closed.
    Closed,
    /// Taken back.
    Withdrawn,
}

/// The words for each state, in small letters. A mapping file adds to them.
pub const STATE_WORDS: [(LogState, &[&str]); 4] = [
    (
        LogState::Open,
        &[
            "open",
            "new",
            "ongoing",
            "on going",
            "in progress",
            "progressing",
            "outstanding",
            "pending",
            "not started",
            "started",
            "active",
            "live",
            "overdue",
            "awaiting response",
            "awaiting update",
            "on track",
            "delayed",
            "partially complete",
            "part complete",
            "carried forward",
        ],
    ),
    (
        LogState::Answered,
        &[
            "answered",
            "responded",
            "response received",
            "replied",
            "response provided",
            "information provided",
        ],
    ),
    (
        LogState::Closed,
        &[
            "closed",
            "complete",
            "completed",
            "done",
            "discharged",
            "resolved",
            "noted",
            "actioned",
            "implemented",
            "delivered",
        ],
    ),
    (
        LogState::Withdrawn,
        &[
            "withdrawn",
            "cancelled",
            "canceled",
            "superseded",
            "no longer required",
            "not pursued",
            "removed",
            "rejected",
        ],
    ),
];

/// The state a word stands for.
pub(crate) fn state(word: &str) -> Option<LogState> {
    let word = normal(word);
    let found = STATE_WORDS
        .iter()
        .find(|(_, words)| words.contains(&word.as_str()));
    found.map(|(state, _)| *state)
}

/// The kind of an action in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogKind {
    /// A question.
    Question,
    /// Something to be done.
    Action,
    /// A recommendation.
    Recommendation,
    /// A request for a report or for figures.
    InformationRequest,
    /// A promise made in an answer.
    Undertaking,
}

/// The kind a word stands for, in the singular or the plural.
pub(crate) fn kind(word: &str) -> Option<LogKind> {
    let word = normal(word);
    match word.strip_suffix('s').unwrap_or(&word) {
        "question" | "query" | "querie" | "q" | "point raised" | "question raised" => {
            Some(LogKind::Question)
        }
        "action" | "action point" | "task" | "a" | "resolution" | "decision" => {
            Some(LogKind::Action)
        }
        "recommendation" | "r" => Some(LogKind::Recommendation),
        "information request"
        | "request"
        | "request for information"
        | "information"
        | "report"
        | "data request" => Some(LogKind::InformationRequest),
        "undertaking" | "commitment" | "promise" => Some(LogKind::Undertaking),
        _ => None,
    }
}

/// Delivery confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogRag {
    /// Red.
    Red,
    /// Amber.
    Amber,
    /// Green.
    Green,
}

/// What a cell of confidence says. Blue and grey (complete, not started) say no confidence.
pub(crate) fn rag(word: &str) -> Option<Option<LogRag>> {
    match normal(word).as_str() {
        "red" | "r" => Some(Some(LogRag::Red)),
        "amber" | "a" | "yellow" => Some(Some(LogRag::Amber)),
        "green" | "g" => Some(Some(LogRag::Green)),
        "blue" | "b" | "grey" | "gray" | "complete" | "completed" | "closed" | "not started"
        | "n a" | "none" => Some(None),
        _ => None,
    }
}

/// Words that say that no date was agreed; they are kept as the reason.
pub(crate) fn says_no_date(words: &str) -> bool {
    matches!(
        normal(words).as_str(),
        "n a"
            | "na"
            | "none"
            | "tbc"
            | "tba"
            | "tbd"
            | "ongoing"
            | "on going"
            | "asap"
            | "not set"
            | "none agreed"
            | "no date"
            | "to be confirmed"
            | "to be agreed"
            | "next meeting"
            | "continuous"
            | "various"
            | "as required"
    )
}
