//! Bugs that are known and not mended: what they explain is told apart from what is new.

use super::{Evidence, Problem};
use crate::history::{Kind, Op, Outcome};

/// Requests that were told that they recorded nothing and are on record: of those of several messages,
/// bug 1 of the table in the crate's README. Nothing else excuses anything.
#[must_use]
pub fn told_too_early<'a>(evidence: &Evidence<'a>) -> Vec<&'a Op> {
    let told_nothing = |op: &&Op| match &op.outcome {
        Outcome::Acknowledged(written) => written.events.is_empty(),
        Outcome::Refused { .. } => true,
        Outcome::Fault(_) | Outcome::Unknown => false,
    };
    let recorded = |op: &&Op| evidence.records.iter().any(|r| r.id == op.id);
    let ops = evidence.ops.iter().filter(|op| op.attempts > 1);
    ops.filter(told_nothing).filter(recorded).collect()
}

/// The problems that those bugs do not explain.
#[must_use]
pub fn unexplained<'a>(problems: &'a [Problem], evidence: &Evidence<'_>) -> Vec<&'a Problem> {
    let early = told_too_early(evidence).into_iter();
    let early: Vec<&Op> = early.filter(|op| op.of_several()).collect();
    let known = |problem: &&Problem| match problem {
        Problem::RefusedYetRecorded { id, .. } | Problem::Mistold { id, .. } => {
            early.iter().any(|op| op.id == *id)
        }
        Problem::NotLinearizable { reference, .. } => {
            early.iter().any(|op| op.references.contains(reference))
        }
        _ => false,
    };
    problems.iter().filter(|problem| !known(problem)).collect()
}

impl Op {
    /// Whether it is recorded in several messages.
    #[must_use]
    pub fn of_several(&self) -> bool {
        matches!(self.kind, Kind::Split | Kind::RespondTogether)
    }
}
