//! Words are public wherever they stand or nowhere: what a restriction must reach, it reached.

use super::Problem;
use domain::action::{Action, ActionEvent, evolve};
use domain::aggregate::{Address, Aggregate};
use domain::reference::Reference;
use domain::stored::decode;
use event_log::Record;
use std::collections::BTreeMap;

/// An action and whether its restriction was ever lifted: who lifts decides about every word of it.
#[derive(Default)]
struct Seen {
    action: Option<Action>,
    lifted: bool,
}

/// Actions in public view that hold words of one that is not, and of which nobody ever lifted a
/// restriction.
pub(super) fn problems(records: &[Record]) -> Vec<Problem> {
    let mut actions: BTreeMap<Reference, Seen> = BTreeMap::new();
    for record in records {
        let address = Address::parse(record.subject.as_str());
        let Ok(Aggregate::Action(reference)) = address.map(|address| address.aggregate) else {
            continue;
        };
        let Ok(decision) = decode::<ActionEvent>(&record.body) else {
            continue;
        };
        let seen = actions.entry(reference).or_default();
        for event in &decision.events {
            seen.lifted |= matches!(event, ActionEvent::RestrictionLifted { .. });
            seen.action = evolve(seen.action.take(), decision.on, event);
        }
    }
    let restricted = actions.values().filter_map(|seen| seen.action.as_ref());
    let restricted = restricted.filter(|action| action.restriction.is_some());
    let mut problems = Vec::new();
    for action in restricted {
        let responses = action.responses.iter();
        let answered =
            responses.flat_map(|r| r.also_answers.iter().map(|other| (other, Some(r.id))));
        let children = action.children.iter().map(|child| (child, None));
        for (other, response) in children.chain(answered) {
            let Some(Seen {
                action: Some(there),
                lifted,
            }) = actions.get(other)
            else {
                continue;
            };
            // One that is named beside a response may not have it: the request came half way.
            let holds = response.is_none_or(|id| there.responses.iter().any(|r| r.id == id));
            if holds && there.restriction.is_none() && !lifted {
                problems.push(Problem::Leaked {
                    what: format!(
                        "{} is restricted, and {other}, which holds words of it, is public",
                        action.reference()
                    ),
                });
            }
        }
    }
    problems
}
