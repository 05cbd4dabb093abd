//! Requests whose answer came too early, which is what the first bugs of the README's table led to.

use super::Evidence;
use crate::history::{Kind, Op, Outcome};

/// Requests that were told that they recorded nothing and are on record.
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

impl Op {
    /// Whether it may be recorded in several messages.
    #[must_use]
    pub fn of_several(&self) -> bool {
        use Kind::{RespondTogether, Restrict, Split, Undertake};
        matches!(self.kind, Split | RespondTogether | Restrict | Undertake)
    }
}
