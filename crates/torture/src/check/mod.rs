//! Whether a history and a log agree: nothing lost, nothing doubled, nothing that nobody asked for,
//! every answer true, every action's history linearizable.

mod effect;
mod folding;
mod known;
mod linear;
mod model;
mod numbers;
mod presence;
mod reads;
mod told;
mod views;

#[cfg(test)]
mod tests;

use crate::history::Op;
use event_log::{Record, Sequence};
use std::fmt;
use uuid::Uuid;

pub use effect::{Effect, Held, Life, Mark};
pub use known::told_too_early;
pub use linear::{Entry, Stuck, linearize};
pub use model::{Sight, State, Step};
pub use reads::{Seen, misread};
pub use told::Told;

/// What is held against each other.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What clients asked for and were told.
    pub ops: &'a [Op],
    /// The whole log, in order.
    pub records: &'a [Record],
    /// How many records were there before the clients began.
    pub before: usize,
}

/// One thing that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Acknowledged and not in the log.
    Lost {
        /// The request.
        id: Uuid,
        /// Where it was said to be.
        position: Sequence,
    },
    /// In the log more than once.
    Doubled {
        /// The request.
        id: Uuid,
        /// Where.
        positions: Vec<Sequence>,
    },
    /// In the log, and nobody asked for it.
    Unsent {
        /// Where.
        position: Sequence,
        /// The message's id.
        id: Uuid,
    },
    /// In the log elsewhere, on another subject, or with other events than the answer says.
    Mistold {
        /// The request.
        id: Uuid,
        /// What differs.
        what: String,
    },
    /// The same request got another answer.
    AnswersDiffer {
        /// The request.
        id: Uuid,
        /// The two answers.
        what: String,
    },
    /// Refused, and yet in the log.
    RefusedYetRecorded {
        /// The request.
        id: Uuid,
        /// Where.
        position: Sequence,
        /// Why it was refused.
        reason: String,
    },
    /// Nobody ever said what became of it.
    Unresolved {
        /// The request.
        id: Uuid,
    },
    /// The service called it a defect.
    Fault {
        /// The request.
        id: Uuid,
        /// What it said.
        said: String,
    },
    /// No order of the requests on an action explains the answers.
    NotLinearizable {
        /// The action.
        reference: String,
        /// How far an explanation went.
        explained: String,
    },
    /// A number of the series is missing or was given out twice.
    Numbering {
        /// What is wrong.
        what: String,
    },
    /// A reader was shown what the log does not say, or less than was promised.
    Misread {
        /// What was shown.
        what: String,
    },
    /// Words that are restricted in one action are public in another.
    Leaked {
        /// Where.
        what: String,
    },
    /// The log itself is not as a log must be, or two folds of it differ.
    Diverged {
        /// What is wrong.
        what: String,
    },
}

impl Problem {
    /// The kind of problem in a word, for counting.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Lost { .. } => "lost",
            Self::Doubled { .. } => "doubled",
            Self::Unsent { .. } => "unsent",
            Self::Mistold { .. } => "mistold",
            Self::AnswersDiffer { .. } => "answers differ",
            Self::RefusedYetRecorded { .. } => "refused yet recorded",
            Self::Unresolved { .. } => "unresolved",
            Self::Fault { .. } => "fault",
            Self::NotLinearizable { .. } => "not linearizable",
            Self::Numbering { .. } => "numbering",
            Self::Misread { .. } => "misread",
            Self::Leaked { .. } => "leaked",
            Self::Diverged { .. } => "diverged",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.kind())?;
        match self {
            Self::Lost { id, position } => {
                write!(
                    f,
                    "{id} was acknowledged at {position} and is not in the log"
                )
            }
            Self::Doubled { id, positions } => write!(f, "{id} is in the log at {positions:?}"),
            Self::Unsent { position, id } => write!(f, "nobody sent {id}, at {position}"),
            Self::Mistold { id, what } | Self::AnswersDiffer { id, what } => {
                write!(f, "{id}: {what}")
            }
            Self::RefusedYetRecorded {
                id,
                position,
                reason,
            } => write!(
                f,
                "{id} was refused ({reason}) and is in the log at {position}"
            ),
            Self::Unresolved { id } => write!(f, "nobody said what became of {id}"),
            Self::Fault { id, said } => write!(f, "{id}: {said}"),
            Self::NotLinearizable {
                reference,
                explained,
            } => write!(f, "{reference}: {explained}"),
            Self::Numbering { what }
            | Self::Misread { what }
            | Self::Leaked { what }
            | Self::Diverged { what } => f.write_str(what),
        }
    }
}

/// Everything that is wrong; empty when nothing is.
#[must_use]
pub fn problems(evidence: &Evidence<'_>) -> Vec<Problem> {
    let told: Vec<Told> = evidence.records.iter().filter_map(Told::of).collect();
    let carried = presence::carried(evidence, &told);
    let mut problems = presence::problems(evidence, &told, &carried);
    problems.extend(numbers::problems(&told));
    problems.extend(folding::problems(evidence.records));
    problems.extend(views::problems(evidence.records));
    problems.extend(model::problems(evidence, &told, &carried));
    problems
}
