//! The rules of quarterly returns: each step once and again, each refusal, and the matrix's words.

use super::*;
use crate::action::tests::Choices;
use crate::action::{evolve as evolve_action, fold as fold_actions};
use crate::register::tests::fixture::{day, line, reference, slug, text};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Write as _;

const DUE_ON: &str = "2019-02-28";

fn quarter() -> Quarter {
    "2018-19-q3".parse().expect("a quarter")
}

fn said(rag: Rag, recovery: Option<&str>) -> Said {
    Said {
        rag,
        narrative: text("Half of the lanterns are lit"),
        recovery: recovery.map(text),
        milestone: Some(line("Oil bought")),
        expected_on: Some(day("2019-05-01")),
        evidence: vec![],
    }
}

fn speaking_of(action: &str, said: Option<Said>) -> Content {
    Content {
        overall: Some(Rag::Green),
        updates: vec![ActionUpdate {
            reference: reference(action),
            said,
        }],
        ..Content::nil()
    }
}

fn green() -> Content {
    speaking_of("PCP/2018/014", Some(said(Rag::Green, None)))
}

fn submit(content: Content) -> Command {
    Command::Submit { content }
}

fn correct(content: Content) -> Command {
    Command::Correct {
        content,
        reason: text("Counted again"),
    }
}

fn ask(state: Option<&Return>, on: &str, command: &Command) -> Result<Vec<ReturnEvent>, Rejection> {
    let group = slug("prevent");
    let named = ["PCP/2018/014", "PCP/2018/015"].map(|text| Named {
        reference: reference(text),
        held_by: (text == "PCP/2018/014").then(|| group.clone()),
    });
    let context = Context {
        group: &group,
        quarter: quarter(),
        due_on: day(DUE_ON),
        on: day(on),
        today: day("2019-06-30"),
        named: &named,
    };
    decide(state, command, context)
}

/// Applies commands, each of which must be accepted and, asked again, record nothing.
fn after(commands: &[(&str, Command)]) -> Option<Return> {
    commands.iter().fold(None, |state, (on, command)| {
        let events = ask(state.as_ref(), on, command).expect("it is accepted");
        let state = events
            .iter()
            .fold(state, |state, event| evolve(state, day(on), event));
        assert_eq!(ask(state.as_ref(), on, command), Ok(vec![]), "{command:?}");
        state
    })
}

#[test]
fn a_return_is_drafted_sent_and_corrected() {
    let draft = Command::SaveDraft {
        content: Content::nil(),
    };
    let corrected = speaking_of("PCP/2018/014", Some(said(Rag::Amber, Some("More oil"))));
    let state = after(&[
        ("2018-12-01", draft),
        ("2019-01-20", submit(green())),
        ("2019-03-05", correct(corrected.clone())),
    ])
    .expect("a return");
    assert_eq!(state.content, corrected);
    assert_eq!(state.submitted, Some((day("2019-01-20"), day(DUE_ON))));
    assert_eq!(state.corrections, 1);
}

#[test]
fn the_words_of_the_matrix() {
    use ReturnStatus::*;
    let sent = |on| after(&[(on, submit(green()))]);
    let nil = after(&[("2019-01-20", submit(Content::nil()))]);
    let draft = after(&[("2018-12-01", Command::SaveDraft { content: green() })]);
    let rows = [
        (None, "2018-12-31", NotYetDue),
        (None, "2019-01-01", Due),
        (None, "2019-02-28", Due),
        (None, "2019-03-01", Missing),
        (draft, "2019-03-01", Missing),
        (sent("2019-02-28"), "2019-02-28", Received),
        (sent("2019-03-01"), "2019-03-01", ReceivedLate),
        (nil, "2019-01-20", Nil),
    ];
    for (state, as_at, status) in rows {
        let is = ReturnStatus::of(state.as_ref(), quarter(), day(DUE_ON), day(as_at));
        assert_eq!(is, status, "{as_at}");
    }
}

#[test]
fn nothing_to_report_on_every_action_is_a_nil_return() {
    let quiet = speaking_of("PCP/2018/014", None);
    assert!(!quiet.is_nil(), "it gives an overall position");
    let nil = Content {
        overall: None,
        ..quiet
    };
    assert!(nil.is_nil());
    let event = ReturnEvent::Submitted {
        content: nil,
        due_on: day(DUE_ON),
    };
    assert_eq!(event.action_updates(quarter()), []);
}

#[test]
fn what_a_return_says_of_an_action_is_progress_of_the_action() {
    let submitted = ReturnEvent::Submitted {
        content: green(),
        due_on: day(DUE_ON),
    };
    let updates = submitted.action_updates(quarter());
    let [(of, update)] = updates.as_slice() else {
        panic!("one action is spoken of: {updates:?}");
    };
    assert_eq!(*of, reference("PCP/2018/014"));
    assert_eq!(
        submitted.action_update(quarter(), of).as_ref(),
        Some(update)
    );
    let other = reference("PCP/2018/015");
    assert_eq!(submitted.action_update(quarter(), &other), None);
    let raised = crate::action::tests::event(&mut Choices(&[]));
    let begun = fold_actions([(day("2018-09-12"), &raised)]);
    let action = evolve_action(begun, day("2019-01-20"), update).expect("it was raised");
    let progress = action.progress.expect("progress");
    assert_eq!(
        (progress.period, progress.rag),
        (Some(quarter()), Some(Rag::Green))
    );
    let draft = ReturnEvent::Drafted { content: green() };
    assert_eq!(draft.action_updates(quarter()), []);
    assert_eq!(draft.action_update(quarter(), of), None);
}

#[test]
fn a_correction_is_true_from_the_day_the_return_was_sent() {
    let corrected = ReturnEvent::Corrected {
        content: green(),
        submitted_on: day("2019-01-20"),
        reason: text("Counted again"),
    };
    assert_eq!(corrected.true_from(day("2019-03-05")), day("2019-01-20"));
}

macro_rules! variants {
    ($($name:ident),+ $(,)?) => {
        const ALL: &[&str] = &[$(stringify!($name)),+];
        fn name(rejection: &Rejection) -> &'static str {
            match rejection { $(Rejection::$name { .. } => stringify!($name),)+ }
        }
    };
}

variants![
    InFuture,
    BeforeQuarter,
    QuarterNotOver,
    SentAlready,
    NotSent,
    CorrectedBeforeSent,
    NotOurs,
    NamedTwice,
    Update,
    NoOverall,
    TooMany,
];

#[test]
fn every_refusal_says_what_is_so() {
    let sent = || after(&[("2019-01-20", submit(green()))]);
    let other = speaking_of("PCP/2018/014", None);
    let mut twice = green();
    twice.updates.extend(green().updates);
    let mut many = green();
    many.updates = (0..=UPDATES_LIMIT).flat_map(|_| green().updates).collect();
    let unsaid = Content {
        overall: None,
        ..green()
    };
    let draft = Command::SaveDraft { content: green() };
    let red = speaking_of("PCP/2018/014", Some(said(Rag::Red, None)));
    let rows = [
        (None, "2019-07-01", submit(green())),
        (None, "2018-09-30", draft.clone()),
        (None, "2018-12-31", submit(green())),
        (sent(), "2019-01-21", draft),
        (sent(), "2019-01-21", submit(other.clone())),
        (None, "2019-01-21", correct(green())),
        (sent(), "2019-01-19", correct(other)),
        (
            None,
            "2019-01-21",
            submit(speaking_of("PCP/2018/015", None)),
        ),
        (
            None,
            "2019-01-21",
            submit(speaking_of("PCP/2018/099", None)),
        ),
        (None, "2019-01-21", submit(twice)),
        (None, "2019-01-21", submit(red)),
        (None, "2019-01-21", submit(unsaid)),
        (None, "2019-01-21", submit(many)),
    ];
    let mut said = String::new();
    let mut seen = Vec::new();
    for (state, on, command) in rows {
        let rejection = ask(state.as_ref(), on, &command).expect_err("it is refused");
        seen.push(name(&rejection));
        writeln!(said, "{}: {rejection}", name(&rejection)).unwrap();
    }
    let unseen: Vec<_> = ALL.iter().filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "no case brings about {unseen:?}");
    insta::assert_snapshot!(said);
}

fn content(c: &mut Choices<'_>) -> Content {
    let said = |c: &mut Choices<'_>| Said {
        rag: c.one(Rag::ALL),
        narrative: c.words(),
        recovery: c.maybe(Choices::words),
        milestone: None,
        expected_on: c.maybe(Choices::day),
        evidence: c.some(1, Choices::citation),
    };
    Content {
        overall: c.maybe(|c| c.one(Rag::ALL)),
        position: c.maybe(Choices::words),
        updates: c.some(2, |c| ActionUpdate {
            reference: c.reference(),
            said: c.maybe(said),
        }),
        risks: c.maybe(Choices::words),
        help_needed: c.maybe(Choices::words),
    }
}

/// Any event of a return at all.
pub(crate) fn event(c: &mut Choices<'_>) -> ReturnEvent {
    let content = content(c);
    match c.below(3) {
        0 => ReturnEvent::Drafted { content },
        1 => ReturnEvent::Submitted {
            content,
            due_on: c.day(),
        },
        _ => ReturnEvent::Corrected {
            content,
            submitted_on: c.day(),
            reason: c.words(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_repeated_command_records_nothing_and_any_history_folds(bytes in vec(any::<u8>(), 0..150)) {
        let mut choices = Choices(&bytes);
        let (mut state, mut history) = (None, vec![]);
        while !choices.done() {
            let event = event(&mut choices);
            let command = match event.clone() {
                ReturnEvent::Drafted { content } => Command::SaveDraft { content },
                ReturnEvent::Submitted { content, .. } => Command::Submit { content },
                ReturnEvent::Corrected { content, reason, .. } => Command::Correct { content, reason },
            };
            let on = choices.day().to_string();
            history.push((day(&on), event));
            let Ok(events) = ask(state.as_ref(), &on, &command) else { continue };
            for event in &events {
                state = evolve(state, day(&on), event);
            }
            prop_assert_eq!(ask(state.as_ref(), &on, &command), Ok(vec![]), "{:?}", command);
        }
        let folded = fold(history.iter().map(|(on, event)| (*on, event)));
        let _ = ReturnStatus::of(folded.as_ref(), quarter(), day(DUE_ON), day(DUE_ON));
    }
}
