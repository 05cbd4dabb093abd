//! Which actions a restriction reaches, and which links lead back.

use super::examples::*;
use crate::action::{
    ANCESTRY_LIMIT, Action, ActionEvent, Ancestry, Command, Ground, KIN_LIMIT, Kin, LinkKind,
    Reach, Rejection, evolve, may_correct, same_view,
};
use crate::reference::Reference;
use crate::register::tests::fixture::{day, reference, text};
use std::collections::BTreeMap;

/// A record in which each action has children and shares responses.
fn record(rows: &[(&str, &[&str], &[&str])]) -> BTreeMap<Reference, Action> {
    let of = |(name, children, shared): &(&str, &[&str], &[&str])| {
        let mut raised = raised();
        raised.reference = reference(name);
        let mut events = vec![ActionEvent::Raised(Box::new(raised))];
        let also: Vec<_> = shared.iter().map(|other| reference(other)).collect();
        if !also.is_empty() {
            events.push(answered(1, also));
        }
        events.extend(children.iter().map(|child| ActionEvent::UndertakingGiven {
            response: response(1),
            child: reference(child),
        }));
        let action = events
            .iter()
            .fold(None, |state, event| evolve(state, day(RAISED_ON), event));
        (reference(name), action.unwrap())
    };
    rows.iter().map(of).collect()
}

fn answered(id: u128, also_answers: Vec<Reference>) -> ActionEvent {
    let Command::Respond {
        response,
        kind,
        text,
        coverage,
        citations,
        ..
    } = respond(id, &[])
    else {
        unreachable!("a response");
    };
    ActionEvent::Responded {
        response,
        kind,
        text,
        coverage,
        citations,
        also_answers,
        expected_on: None,
    }
}

fn restricted(action: &Action) -> Action {
    let event = ActionEvent::Restricted {
        ground: Ground::LegalAdvice,
        reason: text("It is advice"),
        review_on: day("2019-10-01"),
        explanation: text("An answer is held back for now"),
        public_title: None,
        also: vec![],
    };
    evolve(Some(action.clone()), day(RAISED_ON), &event).unwrap()
}

fn reached(record: &BTreeMap<Reference, Action>, from: &str) -> Result<Vec<String>, Rejection> {
    let mut reach = Reach::of(&record[&reference(from)]);
    let mut reached = vec![];
    while let Some(kin) = reach.nearest()? {
        if let Some(action) = record.get(kin.reference()) {
            reach.take(&kin, action);
        }
        reached.push(match &kin {
            Kin::Child(reference) => format!("child {reference}"),
            Kin::Answered(reference) => format!("answered {reference}"),
        });
    }
    Ok(reached)
}

/// Whether linking the first to the second leads back; every other is linked as the pairs say.
fn leads_back(links: &[(&str, &str)], from: &str, to: &str) -> Result<(), Rejection> {
    let mut record = record(&[]);
    for (name, other) in links {
        let action = record
            .entry(reference(name))
            .or_insert_with(|| self::record(&[(name, &[], &[])])[&reference(name)].clone());
        let event = ActionEvent::Linked {
            kind: LinkKind::Parent,
            other: reference(other),
        };
        *action = evolve(Some(action.clone()), day(RAISED_ON), &event).unwrap();
    }
    let mut ancestry = Ancestry::of(&reference(from), LinkKind::Parent, &reference(to));
    while let Some(next) = ancestry.nearest()? {
        if let Some(action) = record.get(&next) {
            ancestry.take(action);
        }
    }
    Ok(())
}

/// Each refusal that takes more than one action, once.
pub(super) fn refusals() -> Vec<Rejection> {
    let record = record(&[("Q1", &[], &["Q2"]), ("Q2", &[], &["Q1"]), ("Q3", &[], &[])]);
    let [one, two, three] = ["Q1", "Q2", "Q3"].map(|name| &record[&reference(name)]);
    let two = &restricted(two);
    let names: Vec<String> = (0..=ANCESTRY_LIMIT).map(|n| format!("N{n}")).collect();
    let children: Vec<&str> = names.iter().map(String::as_str).collect();
    let links: Vec<_> = children.windows(2).map(|two| (two[0], two[1])).collect();
    let many = self::record(&[("Q9", &children[..=KIN_LIMIT], &[])]);
    vec![
        same_view([one, two, three]).unwrap_err(),
        may_correct(one, response(1), [two]).unwrap_err(),
        reached(&many, "Q9").unwrap_err(),
        leads_back(&[("Q2", "Q3"), ("Q2", "Q4"), ("Q3", "Q1")], "Q1", "Q2").unwrap_err(),
        leads_back(&links, "Q1", "N0").unwrap_err(),
    ]
}

#[test]
fn a_restriction_reaches_all_that_holds_words_of_it_each_once() {
    let record = record(&[
        ("Q1", &["Q2", "Q3"], &["Q4", "Q5"]),
        ("Q2", &["Q6"], &[]),
        ("Q3", &[], &[]),
        ("Q4", &["Q7"], &["Q1", "Q5"]),
        ("Q5", &[], &["Q1", "Q4"]),
        ("Q6", &[], &["Q3"]),
        ("Q7", &[], &[]),
        ("Q8", &["Q1"], &[]),
    ]);
    let expected = [
        "child Q2",
        "child Q3",
        "answered Q4",
        "answered Q5",
        "child Q6",
        "answered Q7",
    ];
    assert_eq!(reached(&record, "Q1").unwrap(), expected);
    // Not what it came from, which was public before it was.
    assert_eq!(reached(&record, "Q7"), Ok(vec![]));
    assert_eq!(reached(&record, "Q2").unwrap(), ["child Q6", "answered Q3"]);
}

#[test]
fn one_response_and_its_corrections_stay_on_one_side() {
    let record = record(&[("Q1", &[], &["Q2"]), ("Q2", &[], &["Q1"])]);
    let [one, two] = ["Q1", "Q2"].map(|name| &record[&reference(name)]);
    let (hidden_one, hidden_two) = (&restricted(one), &restricted(two));
    assert_eq!(same_view([one, two]), Ok(()));
    assert_eq!(same_view([hidden_one, hidden_two]), Ok(()));
    assert_eq!(may_correct(one, response(1), [two]), Ok(()));
    assert_eq!(may_correct(hidden_one, response(1), [two]), Ok(()));
    assert_eq!(may_correct(hidden_one, response(1), [hidden_two]), Ok(()));
}

#[test]
fn links_that_do_not_lead_back_are_no_circle() {
    let links = [("Q2", "Q3"), ("Q3", "Q4"), ("Q2", "Q4"), ("Q5", "Q5")];
    assert_eq!(leads_back(&links, "Q1", "Q2"), Ok(()));
    assert_eq!(leads_back(&links, "Q1", "Q5"), Ok(()));
}
