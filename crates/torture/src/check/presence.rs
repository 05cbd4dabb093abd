//! Every message once, where its client was told, and none that nobody sent.

use super::{Evidence, Problem, Told};
use crate::history::{Kind, Op, Outcome};
use api::v1;
use event_log::{Record, Sequence};
use std::collections::{BTreeMap, HashSet};
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
            _ => {}
        }
        ids
    }
}

/// Where each id is.
type Places = BTreeMap<Uuid, Vec<Sequence>>;

pub(super) fn problems(evidence: &Evidence<'_>) -> Vec<Problem> {
    let mut places = Places::new();
    for record in evidence.records {
        places.entry(record.id).or_default().push(record.sequence);
    }
    let mut problems = Vec::new();
    let twice = places.iter().filter(|(_, at)| at.len() > 1);
    problems.extend(twice.map(|(id, positions)| Problem::Doubled {
        id: *id,
        positions: positions.clone(),
    }));
    let sent: HashSet<Uuid> = evidence.ops.iter().flat_map(Op::message_ids).collect();
    let new = evidence.records.iter().skip(evidence.before);
    problems.extend(
        new.filter(|r| !sent.contains(&r.id))
            .map(|r| Problem::Unsent {
                position: r.sequence,
                id: r.id,
            }),
    );
    for op in evidence.ops {
        problems.extend(outcome(op, &op.outcome, &places, evidence.records));
        problems.extend(op.again.iter().filter_map(|again| repeated(op, again)));
    }
    problems
}

fn outcome(op: &Op, outcome: &Outcome, places: &Places, records: &[Record]) -> Vec<Problem> {
    let id = op.id;
    match outcome {
        Outcome::Acknowledged(written) => acknowledged(op, written, places, records),
        Outcome::Refused {
            reason, recorded, ..
        } => {
            let mut ids = op.message_ids();
            if !recorded.is_empty() || op.attempts > 1 {
                // Its first messages may stand: the refusal says so, or an earlier attempt did them.
                ids.truncate(1);
            }
            let there = ids.iter().filter_map(|id| places.get(id)).flatten();
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

fn acknowledged(
    op: &Op,
    written: &v1::Written,
    places: &Places,
    records: &[Record],
) -> Vec<Problem> {
    let id = op.id;
    let position = written.position;
    let mistold = |what: String| vec![Problem::Mistold { id, what }];
    let Some(own) = places.get(&id).and_then(|at| at.first()) else {
        if !written.unchanged || !written.events.is_empty() {
            return vec![Problem::Lost { id, position }];
        }
        // A wish for what stands already: the position is that of the action's last message.
        return match record(records, position).and_then(Told::of) {
            Some(told) if told.reference == written.reference => vec![],
            _ => mistold(format!("{position} is no message of {}", written.reference)),
        };
    };
    let ids = op.message_ids().into_iter();
    let missing = ids.filter(|id| !places.contains_key(id));
    let missing: Vec<_> = missing.map(|id| Problem::Lost { id, position }).collect();
    if !missing.is_empty() {
        return missing;
    }
    if *own != position {
        return mistold(format!("told {position}, is at {own}"));
    }
    let Some(told) = record(records, position).and_then(Told::of) else {
        return mistold(format!("{position} is no message on an action"));
    };
    if told.reference != written.reference {
        return mistold(format!(
            "told {}, is on {}",
            written.reference, told.reference
        ));
    }
    if told.events != written.events {
        return mistold(format!("told {:?}, is {:?}", written.events, told.events));
    }
    vec![]
}

fn record(records: &[Record], position: Sequence) -> Option<&Record> {
    let at = usize::try_from(position).ok()?.checked_sub(1)?;
    records.get(at)
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
