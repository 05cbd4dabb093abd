//! What clients asked for and what they were told, in the order in which it happened.

use api::v1;
use event_log::Sequence;
use std::sync::atomic::{AtomicU64, Ordering};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

/// A place in the order of everything that clients saw. Of two, the smaller was before.
pub type Tick = u64;

/// Hands out ticks.
#[derive(Debug, Default)]
pub struct Ticks(AtomicU64);

impl Ticks {
    /// The next one.
    pub fn next(&self) -> Tick {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Raise an action under the next number.
    Raise,
    /// Record progress.
    Update,
    /// Respond to one action.
    Respond,
    /// Respond to two at once: several messages.
    RespondTogether,
    /// Close.
    Close,
    /// Withdraw.
    Withdraw,
    /// Reopen.
    Reopen,
    /// Split in two: several messages.
    Split,
    /// Move the due date.
    Move,
}

/// One request with everything that its client learned, over all attempts.
#[derive(Clone, Debug)]
pub struct Op {
    /// The request id.
    pub id: Uuid,
    /// What was asked for.
    pub kind: Kind,
    /// The actions that the request names, the one that its own message goes to first; none to raise.
    pub references: Vec<String>,
    /// The position that the client had read, when it says so.
    pub etag: Option<Sequence>,
    /// When the first attempt began.
    pub begun: Tick,
    /// When the answer was there.
    pub ended: Tick,
    /// How often it was sent.
    pub attempts: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// Answers to the same request sent again later.
    pub again: Vec<Outcome>,
}

/// What the client knows in the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is on record.
    Acknowledged(Box<v1::Written>),
    /// It was refused: nothing is on record, or the refusal says what is.
    Refused {
        /// The word for programs.
        reason: String,
        /// The action that the refusal is about, when it names one.
        reference: String,
        /// What was recorded of a request of several messages before it was refused.
        recorded: String,
    },
    /// A defect, which no fault excuses.
    Fault(String),
    /// Nobody said, although it was sent again.
    Unknown,
}

/// What one attempt came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    /// There is an answer.
    Settled(Outcome),
    /// The same request must be sent again.
    Again(String),
}

impl Attempt {
    /// Reads the answer to one attempt.
    #[must_use]
    pub fn of(answer: Result<v1::Written, Status>) -> Self {
        let status = match answer {
            Ok(written) => return Self::Settled(Outcome::Acknowledged(Box::new(written))),
            Err(status) => status,
        };
        let info = status.get_details_error_info();
        let reason = info.as_ref().map_or("", |info| info.reason.as_str());
        let fact = |name: &str| {
            let told = info.as_ref().and_then(|info| info.metadata.get(name));
            told.cloned().unwrap_or_default()
        };
        match (status.code(), reason) {
            (Code::Internal | Code::DataLoss | Code::Unknown, _) | (_, "REQUEST_ID_REUSED") => {
                let said = format!("{:?} {reason}: {}", status.code(), status.message());
                Self::Settled(Outcome::Fault(said))
            }
            (Code::Aborted, "CHANGED_SINCE_READ") => Self::refused(reason, &fact),
            (
                Code::Unavailable
                | Code::DeadlineExceeded
                | Code::Cancelled
                | Code::Aborted
                | Code::ResourceExhausted,
                _,
            ) => Self::Again(format!("{:?} {reason}", status.code())),
            _ => Self::refused(reason, &fact),
        }
    }

    /// The same over a network: what tonic says of a broken connection is no answer of the service, which
    /// always gives a reason.
    #[must_use]
    pub fn of_network(answer: Result<v1::Written, Status>) -> Self {
        match answer {
            Err(status) if status.get_details_error_info().is_none() => {
                Self::Again(format!("{:?} without a reason", status.code()))
            }
            answer => Self::of(answer),
        }
    }

    fn refused(reason: &str, fact: &dyn Fn(&str) -> String) -> Self {
        Self::Settled(Outcome::Refused {
            reason: reason.to_owned(),
            reference: fact("reference"),
            recorded: fact("recorded"),
        })
    }
}
