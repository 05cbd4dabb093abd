//! What an action, a return or the register is to its clients, as far as a history tells: whether it is
//! there and open, in public view, its clock running, taken on by somebody, and the position of its last
//! message. Every answer is a step of this machine or impossible.

use super::effect::{Effect, Held, Life, Mark};
use super::linear::{Entry, linearize};
use super::presence::{Carried, about};
use super::{Evidence, Problem, Told};
use crate::history::{Kind, Op, Outcome, Tick};
use event_log::Sequence;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Between two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// The last message; 0 before the first.
    pub last: Sequence,
    /// Whether it is closed or withdrawn; of a return, whether it was sent.
    pub closed: bool,
    /// Whether it is out of public view.
    pub restricted: bool,
    /// Whether its clock stands.
    pub paused: bool,
    /// Whether somebody took it on.
    pub held: Held,
}

/// What an answer that recorded nothing says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// It is closed; of a return, it was sent.
    Closed,
    /// It is open.
    Open,
    /// It was not sent, or is not there.
    NotSent,
    /// It is not there.
    Absent,
    /// It is there.
    There,
    /// Whether it is out of public view.
    Restricted(bool),
    /// Whether its clock stands.
    Paused(bool),
    /// Somebody took it on, or one of these.
    Held(&'static [Held]),
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
        match step {
            Step::Look(sight) => self.shows(sight).then_some(self),
            Step::Write(position, effect) => {
                let allowed = position > self.last && self.allows(effect.life);
                let lived = allowed.then_some(Self {
                    last: position,
                    closed: match effect.life {
                        Life::Close | Life::Send => true,
                        Life::Raise | Life::Keep | Life::Reopen | Life::Draft => false,
                        Life::Note | Life::Amend | Life::Enter => self.closed,
                    },
                    ..self
                })?;
                match effect.mark {
                    Some(mark) => lived.marked(mark),
                    None => Some(lived),
                }
            }
        }
    }

    fn shows(self, sight: Sight) -> bool {
        let there = self.last > 0;
        match sight {
            Sight::Closed => there && self.closed,
            Sight::Open => there && !self.closed,
            Sight::NotSent => !self.closed,
            Sight::Absent => !there,
            Sight::There => there,
            Sight::Restricted(so) => there && self.restricted == so,
            Sight::Paused(so) => there && self.paused == so,
            Sight::Held(any) => there && any.contains(&self.held),
            Sight::At(position) => self.last == position,
            Sight::After(position) => self.last > position,
        }
    }

    fn allows(self, life: Life) -> bool {
        let there = self.last > 0;
        match life {
            Life::Raise => !there,
            Life::Keep | Life::Close => there && !self.closed,
            Life::Note => there,
            Life::Reopen | Life::Amend => there && self.closed,
            Life::Draft | Life::Send => !self.closed,
            Life::Enter => true,
        }
    }

    fn marked(self, mark: Mark) -> Option<Self> {
        let asked = matches!(self.held, Held::Offered | Held::Accepted);
        let allowed = match mark {
            Mark::Restricted => !self.restricted,
            Mark::Lifted => self.restricted,
            Mark::Paused => !self.paused,
            Mark::Resumed => self.paused,
            // To the same holder by another day, where somebody has it.
            Mark::Delegated => true,
            Mark::Accepted | Mark::Declined => self.held == Held::Offered,
            Mark::Transferred => asked,
        };
        allowed.then_some(Self {
            restricted: match mark {
                Mark::Restricted => true,
                Mark::Lifted => false,
                _ => self.restricted,
            },
            paused: match mark {
                Mark::Paused => true,
                Mark::Resumed => false,
                _ => self.paused,
            },
            held: match mark {
                Mark::Delegated | Mark::Transferred => Held::Offered,
                Mark::Accepted => Held::Accepted,
                Mark::Declined => Held::Declined,
                _ => self.held,
            },
            ..self
        })
    }
}

/// Every action whose answers no order explains.
pub(super) fn problems(
    evidence: &Evidence<'_>,
    told: &[Told],
    carried: &Carried<'_>,
) -> Vec<Problem> {
    let mut by_action: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (reference, entry) in entries(evidence, told, carried) {
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
fn entries(evidence: &Evidence<'_>, told: &[Told], carried: &Carried<'_>) -> Vec<(String, Entry)> {
    let mut senders: HashMap<Uuid, &Op> = HashMap::new();
    for op in evidence.ops {
        senders.extend(op.message_ids().into_iter().map(|id| (id, op)));
    }
    senders.extend(carried);
    let mut entries = Vec::new();
    for told in told {
        // What nobody sent is reported by another check; here it happened at some time.
        let (begun, ended) = senders.get(&told.id).map_or((0, Tick::MAX), |op| {
            // A message that a refusal does not speak of may come later than the refusal.
            // And a restriction is carried on whenever it is found that it was not.
            let settled = matches!(op.outcome, Outcome::Acknowledged(_));
            let settled = settled && !carried.contains_key(&told.id);
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
        entries.push((told.about.clone(), entry));
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
            (about(op, written)?, step)
        }
        Outcome::Refused {
            reason, reference, ..
        } => {
            let named = if reference.is_empty() {
                op.references.first()?
            } else {
                reference
            };
            let sight = sight(op, reason)?;
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

/// What a refusal says of what it names.
fn sight(op: &Op, reason: &str) -> Option<Sight> {
    Some(match (reason, op.kind) {
        ("ACTION_CLOSED", _) => Sight::Closed,
        ("ACTION_OPEN", _) => Sight::Open,
        ("ACTION_UNKNOWN", _) => Sight::Absent,
        ("REFERENCE_TAKEN", Kind::Raise) => Sight::There,
        ("CHANGED_SINCE_READ", _) => Sight::After(op.etag?),
        ("RESTRICTION_DIFFERS", Kind::Restrict) => Sight::Restricted(true),
        ("RESTRICTION_DIFFERS", Kind::Lift) => Sight::Restricted(false),
        ("CLOCK_DIFFERS", Kind::Pause) => Sight::Paused(true),
        ("CLOCK_DIFFERS", Kind::Resume) => Sight::Paused(false),
        ("DELEGATION_DIFFERS", Kind::Delegate) => Sight::Held(&[Held::Offered, Held::Accepted]),
        ("DELEGATION_DIFFERS", Kind::Accept) => Sight::Held(&[Held::Nobody, Held::Declined]),
        ("DELEGATION_DIFFERS", Kind::Decline) => Sight::Held(&[Held::Nobody, Held::Accepted]),
        ("RETURN_DIFFERS", Kind::SaveDraft | Kind::Submit) => Sight::Closed,
        ("RETURN_DIFFERS", Kind::CorrectReturn) => Sight::NotSent,
        _ => return None,
    })
}
