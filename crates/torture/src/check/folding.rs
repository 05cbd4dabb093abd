//! The log folds: without a gap, without anything unreadable, and the replay of the read side comes to
//! the same actions as the fold of the write side.

use super::Problem;
use domain::action::{Action, ActionEvent, evolve};
use domain::aggregate::{Address, Aggregate};
use domain::returns::ReturnEvent;
use domain::stored::decode;
use domain::text::Slug;
use event_log::Record;
use projection::{AsOf, Replay};
use std::collections::BTreeMap;

pub(super) fn problems(records: &[Record]) -> Vec<Problem> {
    let diverged = |what: String| Problem::Diverged { what };
    let replay = match Replay::from_records(records) {
        Ok(replay) => replay,
        Err(gap) => return vec![diverged(gap.to_string())],
    };
    let parked = replay.parked().into_iter();
    let mut problems: Vec<Problem> = parked
        .map(|parked| diverged(format!("{} is parked: {}", parked.subject, parked.reason)))
        .collect();
    for (area, actions) in folded(records) {
        let rows = replay.rows(&area, &AsOf::default());
        let shown: BTreeMap<String, _> = rows
            .into_iter()
            .map(|row| (row.reference.to_string(), row))
            .collect();
        if shown.len() != actions.len() {
            let what = format!("{} actions, {} rows", actions.len(), shown.len());
            problems.push(diverged(what));
        }
        for (reference, (action, last)) in actions {
            let restricted = |there: bool| if there { "restricted" } else { "public" };
            let row = shown.get(&reference).map(|row| {
                let view = restricted(row.restriction.is_some());
                (row.status, row.position, view)
            });
            let folded = action.map(|action| {
                let view = restricted(action.restriction.is_some());
                (action.status(), last, view)
            });
            if row != folded {
                problems.push(diverged(format!(
                    "{reference}: {folded:?}, shown as {row:?}"
                )));
            }
        }
    }
    problems
}

/// Every action with the position of its last message, or of the last return that touched it.
type Actions = BTreeMap<String, (Option<Action>, u64)>;

fn folded(records: &[Record]) -> BTreeMap<Slug, Actions> {
    let mut areas: BTreeMap<Slug, Actions> = BTreeMap::new();
    for record in records {
        let Ok(address) = Address::parse(record.subject.as_str()) else {
            continue;
        };
        let actions = areas.entry(address.area).or_default();
        match address.aggregate {
            Aggregate::Action(reference) => {
                let Ok(decision) = decode::<ActionEvent>(&record.body) else {
                    continue;
                };
                let (action, last) = actions.entry(reference.to_string()).or_default();
                for event in &decision.events {
                    *action = evolve(action.take(), decision.on, event);
                }
                *last = record.sequence;
            }
            Aggregate::Return(_, quarter) => {
                let Ok(decision) = decode::<ReturnEvent>(&record.body) else {
                    continue;
                };
                let events = decision.events.iter();
                for (reference, event) in events.flat_map(|event| event.action_updates(quarter)) {
                    let (action, last) = actions.entry(reference.to_string()).or_default();
                    *action = evolve(action.take(), decision.on, &event);
                    *last = record.sequence;
                }
            }
            Aggregate::Register => {}
        }
    }
    areas
}
