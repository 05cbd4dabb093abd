//! What readers saw: an answer that names its position shows the log as it is up to there.

use super::effect::Life;
use super::{Problem, Told};
use event_log::{Record, Sequence};
use std::collections::HashMap;

/// One answer about one action.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The action.
    pub reference: String,
    /// The position that the reader had been promised to see.
    pub promised: Sequence,
    /// The position that the answer takes in.
    pub position: Sequence,
    /// The action's last message in the answer.
    pub last: Sequence,
    /// Whether the answer says that it is closed or withdrawn.
    pub closed: bool,
}

/// Every answer that is not what the log says, or older than was promised.
#[must_use]
pub fn misread(reads: &[Seen], records: &[Record]) -> Vec<Problem> {
    let mut actions: HashMap<String, Vec<(Sequence, bool)>> = HashMap::new();
    for told in records.iter().filter_map(Told::of) {
        for touched in told.touches {
            let steps = actions.entry(touched).or_default();
            let closed = steps.last().is_some_and(|(_, closed)| *closed);
            steps.push((told.position, closed));
        }
        if told.reference.is_empty() {
            continue;
        }
        let steps = actions.entry(told.reference).or_default();
        let closed = match told.effect.life {
            Life::Close => true,
            Life::Raise | Life::Reopen => false,
            _ => steps.last().is_some_and(|(_, closed)| *closed),
        };
        steps.push((told.position, closed));
    }
    let wrong = reads.iter().filter_map(|seen| {
        let steps = actions.get(&seen.reference);
        let until = steps.map_or(0, |s| s.partition_point(|(at, _)| *at <= seen.position));
        let there = steps
            .and_then(|steps| steps.get(until.checked_sub(1)?))
            .copied();
        let right = there == Some((seen.last, seen.closed)) && seen.position >= seen.promised;
        (!right).then(|| Problem::Misread {
            what: format!("{seen:?}; the log has {there:?}"),
        })
    });
    wrong.collect()
}
