//! What an action is to its clients, as far as a history tells: whether it is there and open, and the
//! position of its last message. Every answer is a step of this machine or impossible.

use super::linear::{Entry, linearize};
use super::{Evidence, Problem, Told};
use crate::history::{Op, Outcome, Tick};
use event_log::Sequence;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// An action between two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// The last message; 0 before the first.
    pub last: Sequence,
    /// Whether it is closed or withdrawn.
    pub closed: bool,
}

/// What a message does to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It is there from now on.
    Raise,
    /// It stays open.
    Keep,
    /// It is closed, withdrawn or split.
    Close,
    /// It is open again.
    Reopen,
}

impl Effect {
    /// Of the events of one message, by their stored types.
    #[must_use]
    pub fn of(events: &[String]) -> Self {
        let has = |name: &str| events.iter().any(|event| event == name);
        if has("action.raised.v1") {
            Self::Raise
        } else if has("action.closed.v1") || has("action.withdrawn.v1") {
            Self::Close
        } else if has("action.reopened.v1") {
            Self::Reopen
        } else {
            Self::Keep
        }
    }
}

/// What an answer that recorded nothing says of the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// It is closed.
    Closed,
    /// It is open.
    Open,
    /// It is not there.
    Absent,
    /// Its last message is this one.
    At(Sequence),
    /// Its last message is a later one.
    After(Sequence),
}

/// What one answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A message at a position.
    Write(Sequence, Effect),
    /// Nothing was recorded.
    Look(Sight),
}

impl State {
    /// The state after a step; `None` when the step cannot be taken here.
    #[must_use]
    pub fn after(self, step: Step) -> Option<Self> {
        let there = self.last > 0;
        let open = there && !self.closed;
        let (position, effect) = match step {
            Step::Write(position, effect) => (position, effect),
            Step::Look(sight) => {
                let so = match sight {
                    Sight::Closed => there && self.closed,
                    Sight::Open => open,
                    Sight::Absent => !there,
                    Sight::At(position) => self.last == position,
                    Sight::After(position) => self.last > position,
                };
                return so.then_some(self);
            }
        };
        let allowed = match effect {
            Effect::Raise => !there,
            Effect::Keep | Effect::Close => open,
            Effect::Reopen => there && self.closed,
        };
        (allowed && position > self.last).then_some(Self {
            last: position,
            closed: effect == Effect::Close,
        })
    }
}

/// Every action whose answers no order explains.
pub(super) fn problems(evidence: &Evidence<'_>) -> Vec<Problem> {
    let mut by_action: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (reference, entry) in entries(evidence) {
        by_action.entry(reference).or_default().push(entry);
    }
    let stuck = by_action.into_iter().filter_map(|(reference, entries)| {
        let stuck = linearize(&entries).err()?;
        Some(Problem::NotLinearizable {
            reference,
            explained: stuck.to_string(),
        })
    });
    stuck.collect()
}

/// What each answer and each message says of each action.
fn entries(evidence: &Evidence<'_>) -> Vec<(String, Entry)> {
    let told: Vec<Told> = evidence.records.iter().filter_map(Told::of).collect();
    let mut senders: HashMap<Uuid, &Op> = HashMap::new();
    for op in evidence.ops {
        senders.extend(op.message_ids().into_iter().map(|id| (id, op)));
    }
    let mut entries = Vec::new();
    for told in told {
        // What nobody sent is reported by another check; here it happened at some time.
        let (begun, ended) = senders.get(&told.id).map_or((0, Tick::MAX), |op| {
            // A message that a refusal does not speak of may come later than the refusal.
            let settled = matches!(op.outcome, Outcome::Acknowledged(_));
            (op.begun, if settled { op.ended } else { Tick::MAX })
        });
        let step = Step::Write(told.position, told.effect);
        let what = format!("{} {:?}", told.id, told.effect);
        let entry = Entry {
            begun,
            ended,
            step,
            what,
        };
        entries.push((told.reference, entry));
    }
    for op in evidence.ops {
        entries.extend(looks(op, evidence));
    }
    entries
}

/// What an answer says of an action without a message of its own. An answer that was promised and is
/// not in the log is a write at the promised position, which no order will explain beside the others.
fn looks(op: &Op, evidence: &Evidence<'_>) -> Option<(String, Entry)> {
    let (reference, step) = match &op.outcome {
        Outcome::Acknowledged(written) => {
            let at = usize::try_from(written.position).ok()?.checked_sub(1)?;
            let own = evidence.records.get(at).is_some_and(|r| r.id == op.id);
            let step = match (own, written.events.is_empty()) {
                (true, _) => return None,
                (false, true) => Step::Look(Sight::At(written.position)),
                (false, false) => Step::Write(written.position, Effect::of(&written.events)),
            };
            (written.reference.clone(), step)
        }
        Outcome::Refused {
            reason, reference, ..
        } => {
            let named = if reference.is_empty() {
                op.references.first()?
            } else {
                reference
            };
            let sight = match (reason.as_str(), op.etag) {
                ("ACTION_CLOSED", _) => Sight::Closed,
                ("ACTION_OPEN", _) => Sight::Open,
                ("ACTION_UNKNOWN", _) => Sight::Absent,
                ("CHANGED_SINCE_READ", Some(etag)) => Sight::After(etag),
                _ => return None,
            };
            (named.clone(), Step::Look(sight))
        }
        Outcome::Fault(_) | Outcome::Unknown => return None,
    };
    let what = format!("{} {:?}", op.id, op.kind);
    // An answer speaks of the last attempt, which may have begun long after the first.
    let entry = Entry {
        begun: op.begun,
        ended: op.ended,
        step,
        what,
    };
    Some((reference, entry))
}
