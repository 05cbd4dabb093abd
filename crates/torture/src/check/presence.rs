//! Every message once, where its client was told, and none that nobody sent.

use super::effect::Mark;
use super::{Evidence, Problem, Told};
use crate::history::{Kind, Op, Outcome};
use api::v1;
use event_log::{Record, Sequence};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

impl Op {
    /// The ids under which this request may write: its own, and those that follow from it.
    #[must_use]
    pub fn message_ids(&self) -> Vec<Uuid> {
        let derived = |what: &str| Uuid::new_v5(&self.id, what.as_bytes());
        let mut ids = vec![self.id];
        match self.kind {
            Kind::RespondTogether => {
                ids.extend(self.references.iter().skip(1).map(|other| derived(other)));
            }
            Kind::Split => ids.extend(["piece/0", "piece/1"].map(derived)),
            Kind::Undertake => ids.push(derived("undertaking")),
            _ => {}
        }
        ids
    }
}

/// What an answer is about: an action, or what the request named.
pub(super) fn about(op: &Op, written: &v1::Written) -> Option<String> {
    match written.reference.as_str() {
        "" => op.references.first().cloned(),
        reference => Some(reference.to_owned()),
    }
}

/// The requests that carried a restriction on to another action, by the ids of those messages.
pub(super) type Carried<'a> = HashMap<Uuid, &'a Op>;

/// Finds them: to whom a restriction is carried is for the record to say, so the ids are not known
/// beforehand.
pub(super) fn carried<'a>(evidence: &Evidence<'a>, told: &[Told]) -> Carried<'a> {
    let carrying: Vec<&Op> = evidence.ops.iter().filter(|op| op.of_several()).collect();
    // An id that follows from another is of version 5; a client's own is not.
    let follows = |told: &&Told| told.id.get_version_num() == 5;
    let restricted = told.iter().filter(restricts).filter(follows);
    restricted
        .filter_map(|told| {
            let what = format!("restrict/{}", told.reference);
            let by = |op: &&&Op| Uuid::new_v5(&op.id, what.as_bytes()) == told.id;
            carrying.iter().find(by).map(|op| (told.id, *op))
        })
        .collect()
}

fn restricts(told: &&Told) -> bool {
    told.effect.mark == Some(Mark::Restricted)
}

/// Where each id is.
type Places = BTreeMap<Uuid, Vec<Sequence>>;

/// The log, as answers are held against it.
struct Index<'a> {
    places: Places,
    told: HashMap<Sequence, &'a Told>,
    /// Where each action was restricted first.
    restricted: HashMap<&'a str, Sequence>,
}

impl<'a> Index<'a> {
    fn of(records: &[Record], told: &'a [Told]) -> Self {
        let mut places = Places::new();
        for record in records {
            places.entry(record.id).or_default().push(record.sequence);
        }
        // The last to be put in is the first of the log.
        let restricted = told.iter().filter(restricts).rev();
        Self {
            places,
            told: told.iter().map(|told| (told.position, told)).collect(),
            restricted: restricted
                .map(|told| (told.reference.as_str(), told.position))
                .collect(),
        }
    }
}

pub(super) fn problems(
    evidence: &Evidence<'_>,
    told: &[Told],
    carried: &Carried<'_>,
) -> Vec<Problem> {
    let index = Index::of(evidence.records, told);
    let mut problems = Vec::new();
    let twice = index.places.iter().filter(|(_, at)| at.len() > 1);
    problems.extend(twice.map(|(id, positions)| Problem::Doubled {
        id: *id,
        positions: positions.clone(),
    }));
    let mut sent: HashSet<Uuid> = evidence.ops.iter().flat_map(Op::message_ids).collect();
    sent.extend(carried.keys());
    let new = evidence.records.iter().skip(evidence.before);
    problems.extend(
        new.filter(|r| !sent.contains(&r.id))
            .map(|r| Problem::Unsent {
                position: r.sequence,
                id: r.id,
            }),
    );
    for op in evidence.ops {
        problems.extend(outcome(op, &op.outcome, &index));
        problems.extend(op.again.iter().filter_map(|again| repeated(op, again)));
    }
    problems
}

fn outcome(op: &Op, outcome: &Outcome, index: &Index<'_>) -> Vec<Problem> {
    let id = op.id;
    match outcome {
        Outcome::Acknowledged(written) => acknowledged(op, written, index),
        Outcome::Refused {
            reason, recorded, ..
        } => {
            let mut ids = op.message_ids();
            if !recorded.is_empty() || op.attempts > 1 {
                // Its first messages may stand: the refusal says so, or an earlier attempt did them.
                ids.truncate(1);
            }
            let there = ids.iter().filter_map(|id| index.places.get(id)).flatten();
            there
                .map(|position| Problem::RefusedYetRecorded {
                    id,
                    position: *position,
                    reason: reason.clone(),
                })
                .collect()
        }
        Outcome::Fault(said) => vec![Problem::Fault {
            id,
            said: said.clone(),
        }],
        Outcome::Unknown => vec![Problem::Unresolved { id }],
    }
}

fn acknowledged(op: &Op, written: &v1::Written, index: &Index<'_>) -> Vec<Problem> {
    let id = op.id;
    let position = written.position;
    let mistold = |what: String| vec![Problem::Mistold { id, what }];
    let Some(own) = index.places.get(&id).and_then(|at| at.first()) else {
        if !written.unchanged || !written.events.is_empty() {
            return vec![Problem::Lost { id, position }];
        }
        // A wish for what stands already: the position is that of the action's last message.
        return match index.told.get(&position) {
            Some(told) if Some(&told.about) == about(op, written).as_ref() => vec![],
            _ => mistold(format!(
                "{position} is no message of {:?}",
                about(op, written)
            )),
        };
    };
    let ids = op.message_ids().into_iter();
    let missing = ids.filter(|id| !index.places.contains_key(id));
    let missing: Vec<_> = missing.map(|id| Problem::Lost { id, position }).collect();
    if !missing.is_empty() {
        return missing;
    }
    if *own != position {
        return mistold(format!("told {position}, is at {own}"));
    }
    let Some(told) = index.told.get(&position) else {
        return mistold(format!("{position} cannot be read"));
    };
    if told.reference != written.reference || Some(&told.about) != about(op, written).as_ref() {
        return mistold(format!(
            "told {:?}, is on {}",
            about(op, written),
            told.about
        ));
    }
    if told.events != written.events {
        return mistold(format!("told {:?}, is {:?}", written.events, told.events));
    }
    let public = written.also_restricted.iter().find(|also| {
        let first = index.restricted.get(also.as_str());
        first.is_none_or(|first| *first > position)
    });
    match public {
        Some(also) => mistold(format!("{also} was told to be restricted and was not")),
        None => vec![],
    }
}

/// The same request, sent again after its answer, is answered the same.
fn repeated(op: &Op, again: &Outcome) -> Option<Problem> {
    let same = match (&op.outcome, again) {
        (Outcome::Acknowledged(first), Outcome::Acknowledged(second)) => {
            // What was recorded is told again; what recorded nothing is a new wish each time.
            let recorded = !first.events.is_empty();
            !recorded
                || v1::Written {
                    unchanged: true,
                    ..(**first).clone()
                } == **second
        }
        // What was refused, or stood already, may be allowed by now.
        (Outcome::Refused { .. }, _) => true,
        (Outcome::Acknowledged(first), _) => first.events.is_empty(),
        _ => true,
    };
    (!same).then(|| Problem::AnswersDiffer {
        id: op.id,
        what: format!("{:?}, then {again:?}", op.outcome),
    })
}
