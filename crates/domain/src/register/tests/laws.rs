//! What holds for every register and every entry.

use super::fixture::{day, led_by, line, slug, standard};
use crate::action::tests::Choices;
use crate::calendar::returns::ReturnDueRule;
use crate::reference::{Pattern, Series};
use crate::register::{BodyKind, Command, RegisterEvent, decide, evolve, fold};
use crate::text::{Line, Slug};
use proptest::collection::vec;
use proptest::prelude::*;

fn id(c: &mut Choices<'_>) -> Slug {
    slug(c.one(&[
        "pcp",
        "ccssb",
        "prevent",
        "mental-health",
        "fire",
        "lanterns",
    ]))
}

fn name(c: &mut Choices<'_>) -> Line {
    line(c.one(&["Prevent", "Lanterns", "Fire & Rescue", "Panel"]))
}

fn rule(c: &mut Choices<'_>) -> ReturnDueRule {
    c.one(&[
        ReturnDueRule::EndOfMonthAfter { months: 2 },
        ReturnDueRule::DaysAfter { days: 42 },
        ReturnDueRule::DaysAfter { days: 0 },
    ])
}

fn series(c: &mut Choices<'_>) -> Series {
    let patterns = ["PCP/{year}/{n:03}", "{n}/{yy}", "F{n}"];
    Series {
        id: id(c),
        body: id(c),
        year: c.one(&[2018, 2019]),
        pattern: Pattern::new(c.one(&patterns)).unwrap(),
        title: c.maybe(name),
    }
}

/// Any entry at all.
pub(crate) fn event(c: &mut Choices<'_>) -> RegisterEvent {
    use RegisterEvent as E;
    let details = led_by(c.one(&[&["One"][..], &["One", "Two"]]));
    match c.below(10) {
        0 => E::BodyRegistered {
            id: id(c),
            name: name(c),
            kind: BodyKind::Board,
        },
        1 => E::BodyRenamed {
            id: id(c),
            name: name(c),
        },
        2 => E::BodyEnded {
            id: id(c),
            succeeded_by: c.maybe(id),
        },
        3 => E::GroupRegistered {
            id: id(c),
            name: name(c),
            board: id(c),
            details,
        },
        4 => E::GroupRenamed {
            id: id(c),
            name: name(c),
        },
        5 => E::GroupDetailed { id: id(c), details },
        6 => E::GroupEnded {
            id: id(c),
            succeeded_by: c.maybe(id),
        },
        7 => E::SeriesOpened { series: series(c) },
        8 => E::MeetingArranged {
            id: id(c),
            body: id(c),
            held_on: c.day(),
            title: c.maybe(name),
        },
        _ => E::ReturnsScheduled {
            board: id(c),
            rule: rule(c),
        },
    }
}

/// The entry that asks for an event.
fn command(event: RegisterEvent) -> Command {
    use RegisterEvent as E;
    match event {
        E::BodyRegistered { id, name, kind } => Command::RegisterBody { id, name, kind },
        E::BodyRenamed { id, name } => Command::RenameBody { id, name },
        E::BodyEnded { id, succeeded_by } => Command::EndBody { id, succeeded_by },
        E::GroupRegistered {
            id,
            name,
            board,
            details,
        } => Command::RegisterGroup {
            id,
            name,
            board,
            details,
        },
        E::GroupRenamed { id, name } => Command::RenameGroup { id, name },
        E::GroupDetailed { id, details } => Command::DetailGroup { id, details },
        E::GroupEnded { id, succeeded_by } => Command::EndGroup { id, succeeded_by },
        E::SeriesOpened { series } => Command::OpenSeries {
            id: series.id,
            body: series.body,
            year: series.year,
            pattern: series.pattern,
            title: series.title,
        },
        E::MeetingArranged {
            id,
            body,
            held_on,
            title,
        } => Command::ArrangeMeeting {
            id,
            body,
            held_on,
            title,
        },
        E::ReturnsScheduled { board, rule } => Command::ScheduleReturns { board, rule },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_repeated_entry_records_nothing(bytes in vec(any::<u8>(), 0..200)) {
        let mut register = standard();
        let mut choices = Choices(&bytes);
        while !choices.done() {
            let on = choices.day();
            let command = command(event(&mut choices));
            let Ok(events) = decide(&register, on, &command) else { continue };
            for event in &events {
                evolve(&mut register, on, event);
            }
            prop_assert_eq!(decide(&register, on, &command), Ok(vec![]), "{:?}", command);
        }
    }

    #[test]
    fn any_history_folds(bytes in vec(any::<u8>(), 0..200)) {
        let mut choices = Choices(&bytes);
        let mut history = vec![];
        while !choices.done() {
            history.push((choices.day(), event(&mut choices)));
        }
        let register = fold(history.iter().map(|(on, event)| (*on, event)));
        for text in ["prevent", "Lanterns", "pcp"] {
            let _ = register.party(text, day("2018-10-01"));
        }
        for group in register.groups.values() {
            let _ = (group.names.latest(), register.return_due_on(group, choices.quarter()));
        }
    }
}
