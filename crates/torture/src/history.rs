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
    /// Say whose matter it is.
    Triage,
    /// Give it to a group or a body.
    Delegate,
    /// Take on what was delegated.
    Accept,
    /// Do not take it on.
    Decline,
    /// Give it from one to another.
    Transfer,
    /// Correct a response.
    Correct,
    /// Stop the clock.
    Pause,
    /// Let the clock run again.
    Resume,
    /// Take it out of public view, and its kin with it: several messages where there are kin.
    Restrict,
    /// Put it back.
    Lift,
    /// Propose closure.
    Propose,
    /// Tie it to another.
    Link,
    /// Make an action of what a response promised: two messages.
    Undertake,
    /// Keep the draft of a return.
    SaveDraft,
    /// Send a return.
    Submit,
    /// Correct a return.
    CorrectReturn,
    /// Enter something in the register.
    Register,
}

/// One request with everything that its client learned, over all attempts.
#[derive(Clone, Debug)]
pub struct Op {
    /// The request id.
    pub id: Uuid,
    /// What was asked for.
    pub kind: Kind,
    /// The call of the contract that asked for it.
    pub rpc: &'static str,
    /// What the request speaks to, the one that its own message goes to first: references of actions, or
    /// the subject of a return or the register; none to raise under the next number.
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

impl Outcome {
    /// Whether it is a refusal that does not say what was recorded before.
    fn says_less(&self) -> bool {
        matches!(self, Self::Refused { recorded, .. } if recorded.is_empty())
    }
}

/// Whether two answers tell of the same record, but for which of them made it; what recorded nothing may be
/// decided twice.
fn told_alike(one: &v1::Written, two: &v1::Written) -> bool {
    let told = |of: &v1::Written| v1::Written {
        unchanged: true,
        ..of.clone()
    };
    one.events.is_empty() || two.events.is_empty() || told(one) == told(two)
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

    /// Reads the answers to a request that was sent twice at the same time. One may be refused and the other
    /// recorded, when the action changed between the two; what was recorded is told by both alike.
    #[must_use]
    pub fn of_twins(answers: Vec<Self>) -> Self {
        let (mut recorded, mut refused, mut again) = (Vec::new(), None, None);
        for answer in answers {
            match answer {
                Self::Settled(Outcome::Acknowledged(written)) => recorded.push(written),
                Self::Settled(outcome @ Outcome::Fault(_)) => return Self::Settled(outcome),
                // Of two refusals, the one that says what was recorded before.
                Self::Settled(outcome) if refused.as_ref().is_none_or(Outcome::says_less) => {
                    refused = Some(outcome);
                }
                Self::Settled(_) => {}
                Self::Again(why) => again = Some(why),
            }
        }
        // The one that was recorded now, if one was.
        recorded.sort_by_key(|written| (written.events.is_empty(), written.unchanged));
        let mut recorded = recorded.into_iter();
        match (recorded.next(), again, refused) {
            (Some(first), again, _) if again.is_none() || !first.events.is_empty() => {
                let second = recorded.find(|second| !told_alike(&first, second));
                Self::Settled(match second {
                    Some(second) => {
                        Outcome::Fault(format!("two answers to one request: {first:?}, {second:?}"))
                    }
                    None => Outcome::Acknowledged(first),
                })
            }
            // It may still be recorded by the other.
            (_, Some(why), _) => Self::Again(why),
            (_, None, Some(outcome)) => Self::Settled(outcome),
            (_, None, None) => Self::Again("no answer to a request of a stream".to_owned()),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(position: u64, events: &[&str]) -> Outcome {
        Outcome::Acknowledged(Box::new(v1::Written {
            position,
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            unchanged: events.is_empty(),
            ..Default::default()
        }))
    }

    fn refused(recorded: &str) -> Outcome {
        Outcome::Refused {
            reason: "ACTION_CLOSED".to_owned(),
            reference: String::new(),
            recorded: recorded.to_owned(),
        }
    }

    #[test]
    fn of_two_answers_to_one_request_the_one_that_binds_is_believed() {
        let twins = |one: Outcome, two: Option<Outcome>| {
            let two = two.map_or(Attempt::Again("no answer".to_owned()), Attempt::Settled);
            Attempt::of_twins(vec![Attempt::Settled(one), two])
        };
        let closed = || written(7, &["action.closed.v1"]);
        let settled = Attempt::Settled;
        // What was recorded stands, whatever the other was told.
        assert_eq!(twins(refused(""), Some(closed())), settled(closed()));
        assert_eq!(twins(written(5, &[]), Some(closed())), settled(closed()));
        assert_eq!(twins(closed(), None), settled(closed()));
        // A refusal, or that it stood already, says nothing of a twin that nobody answered.
        let unknown = Attempt::Again("no answer".to_owned());
        assert_eq!(twins(refused(""), None), unknown);
        assert_eq!(twins(written(5, &[]), None), unknown);
        // One may have been refused half way.
        let half = || refused("PCP/2018/007");
        assert_eq!(twins(half(), Some(refused(""))), settled(half()));
        assert_eq!(twins(refused(""), Some(half())), settled(half()));
        // Two records of one request there cannot be.
        let other = written(8, &["action.closed.v1"]);
        let fault = twins(closed(), Some(other));
        assert!(
            matches!(fault, Attempt::Settled(Outcome::Fault(_))),
            "{fault:?}"
        );
    }
}
