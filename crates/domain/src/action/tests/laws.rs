//! What holds for every history and every command.

use super::choices::{Choices, command, event};
use super::harness::SUBJECT;
use crate::action::{Action, ActionEvent, Command, Context, decide, evolve, fold};
use crate::register::Register;
use crate::register::tests::fixture::{day, reference, standard};
use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;

static REGISTER: LazyLock<Register> = LazyLock::new(standard);

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..300)
}

fn history(bytes: &[u8]) -> Vec<(NaiveDate, ActionEvent)> {
    let mut choices = Choices(bytes);
    // Most histories begin as they should, so that there is something to change.
    let mut events = vec![];
    if choices.below(8) != 0 {
        events.push((day("2018-09-12"), event(&mut Choices(&[]))));
    }
    while !choices.done() {
        events.push((choices.day(), event(&mut choices)));
    }
    events
}

/// Statements are made, not set: the same words on the same day may be said again, since the
/// state keeps no words to know them by. A retry of one is caught by its request id.
fn is_statement(command: &Command) -> bool {
    match command {
        Command::RecordUpdate { .. } => true,
        Command::Triage { note, .. } => note.is_some(),
        Command::CorrectResponse {
            text, citations, ..
        } => text.is_some() || citations.is_some(),
        _ => false,
    }
}

fn begun() -> Option<Action> {
    let on = day("2018-09-12");
    evolve(None, on, &event(&mut Choices(&[])))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_repeated_command_records_nothing(bytes in bytes()) {
        let mut choices = Choices(&bytes);
        let mut state = if choices.below(4) == 0 { None } else { begun() };
        let mut on = day("2018-09-12");
        while !choices.done() {
            on = on.max(choices.day().min(on + chrono::Days::new(30)));
            let command = command(&mut choices);
            let context = Context { on, today: day("2030-01-01"), register: &REGISTER };
            let asked = |state: Option<&Action>| decide(&reference(SUBJECT), state, &command, context);
            let Ok(events) = asked(state.as_ref()) else { continue };
            let before = state.clone();
            for event in &events {
                state = evolve(state, on, event);
            }
            if let Some(action) = &state {
                prop_assert_eq!(action.due.first.is_some(), action.due.current.is_some());
                prop_assert!(action.due.current.is_some() || action.due.none_agreed.is_some());
            }
            if events.is_empty() {
                prop_assert_eq!(&before, &state);
            }
            if is_statement(&command) {
                prop_assert!(asked(state.as_ref()).is_ok(), "{:?}", command);
            } else {
                prop_assert_eq!(asked(state.as_ref()), Ok(vec![]), "{:?} on {:?}", command, before);
            }
        }
    }

    #[test]
    fn any_history_folds_and_a_slim_one_to_the_same(bytes in bytes()) {
        let history = history(&bytes);
        let mut full = fold(history.iter().map(|(on, event)| (*on, event)));
        if let Some(action) = &mut full {
            action.raised.due.slim();
        }
        let slim: Vec<_> = history.iter().map(|(on, event)| (*on, event.clone().slim())).collect();
        prop_assert_eq!(&full, &fold(slim.iter().map(|(on, event)| (*on, event))));
        if let Some(action) = full {
            prop_assert!(!action.parts.is_empty());
            let _ = (action.status(), action.coverage(), action.holder(), action.answered_on());
        }
    }

    #[test]
    fn slimming_twice_is_slimming_once(bytes in bytes()) {
        for (_, event) in history(&bytes) {
            let slim = event.clone().slim();
            prop_assert_eq!(slim.clone().slim(), slim.clone());
            prop_assert_eq!(slim.type_name(), event.type_name());
        }
    }

    #[test]
    fn once_overdue_overdue_until_something_happens(bytes in bytes(), days in 0u64..400) {
        let history = history(&bytes);
        if let Some(action) = fold(history.iter().map(|(on, event)| (*on, event))) {
            let as_at = day("2018-09-12") + chrono::Days::new(days);
            if action.overdue(as_at) {
                prop_assert!(action.overdue(as_at + chrono::Days::new(1)));
                prop_assert!(action.status().is_open());
            }
        }
    }
}
