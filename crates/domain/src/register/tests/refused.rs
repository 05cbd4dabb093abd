//! Every refusal of the register, brought about once; what each says is read in one snapshot.

use super::fixture::{day, led_by, line, slug, standard};
use super::{end_group, rename_body, set_up};
use crate::calendar::returns::ReturnDueRule;
use crate::reference::Pattern;
use crate::register::{BodyKind, Command, Rejection, decide};
use std::fmt::Write as _;

macro_rules! variants {
    ($($name:ident),+ $(,)?) => {
        const ALL: &[&str] = &[$(stringify!($name)),+];
        fn name(rejection: &Rejection) -> &'static str {
            match rejection { $(Rejection::$name { .. } => stringify!($name),)+ }
        }
    };
}

variants![
    IdTaken,
    UnknownBody,
    UnknownGroup,
    Ended,
    BeforeItBegan,
    LeadBodies,
    SameReferences,
    NotABoard,
    Schedule,
    SucceedsItself,
];

fn body(id: &str, name: &str) -> Command {
    Command::RegisterBody {
        id: slug(id),
        name: line(name),
        kind: BodyKind::Partner,
    }
}

fn end_body(id: &str, succeeded_by: Option<&str>) -> Command {
    Command::EndBody {
        id: slug(id),
        succeeded_by: succeeded_by.map(slug),
    }
}

fn group(board: &str, leads: &[&str]) -> Command {
    Command::RegisterGroup {
        id: slug("lanterns"),
        name: line("Lanterns"),
        board: slug(board),
        details: led_by(leads),
    }
}

fn series(id: &str, body: &str, pattern: &str) -> Command {
    Command::OpenSeries {
        id: slug(id),
        body: slug(body),
        year: 2018,
        pattern: Pattern::new(pattern).unwrap(),
        title: None,
    }
}

fn meeting(id: &str, body: &str) -> Command {
    Command::ArrangeMeeting {
        id: slug(id),
        body: slug(body),
        held_on: day("2019-01-30"),
        title: None,
    }
}

fn returns(board: &str, months: u8) -> Command {
    Command::ScheduleReturns {
        board: slug(board),
        rule: ReturnDueRule::EndOfMonthAfter { months },
    }
}

fn cases() -> Vec<(&'static str, Command)> {
    let on = "2018-11-01";
    let details = Command::DetailGroup {
        id: slug("mental-health"),
        details: led_by(&["One", "Two", "Three"]),
    };
    let rename_group = |id| Command::RenameGroup {
        id: slug(id),
        name: line("Lanterns"),
    };
    vec![
        (on, body("pcp", "Another Panel")),
        (on, body("mental-health", "A body by the name of a group")),
        (on, set_up("bcb", "A group by the name of a body")),
        (on, series("pcp-2018", "pcp", "{n}/{year}/P")),
        (on, meeting("pcp-2018-09-12", "pcp")),
        (on, rename_body("fire", "Fire")),
        (on, end_body("bcb", Some("fire"))),
        (on, group("fire", &["One"])),
        (on, series("fire-2018", "fire", "F/{n}")),
        (on, meeting("fire-1", "fire")),
        (on, rename_group("fire")),
        (on, end_group("mental-health", Some("fire"))),
        (on, end_group("prevent", None)),
        (on, rename_group("prevent")),
        (on, rename_body("cjb", "Another name")),
        (on, group("cjb", &["One"])),
        (on, series("cjb-2018", "cjb", "CJB/{n}")),
        (on, meeting("cjb-1", "cjb")),
        (on, returns("cjb", 3)),
        ("2017-03-31", rename_group("mental-health")),
        (on, group("ccssb", &[])),
        (on, details),
        (on, series("again", "pcp", "PCP/{year}/{n}")),
        (on, returns("pcp", 2)),
        (on, returns("ccssb", 13)),
        (on, end_group("mental-health", Some("mental-health"))),
        (on, end_body("bcb", Some("bcb"))),
    ]
}

#[test]
fn every_refusal_says_what_is_so() {
    let mut register = standard();
    super::enter(&mut register, "2018-09-30", &end_group("prevent", None));
    super::enter(&mut register, "2018-09-30", &end_body("cjb", None));
    let mut said = String::new();
    let mut seen = Vec::new();
    for (on, command) in cases() {
        let rejection = decide(&register, day(on), &command).expect_err("it is refused");
        seen.push(name(&rejection));
        writeln!(said, "{}: {rejection}", name(&rejection)).unwrap();
    }
    let unseen: Vec<_> = ALL.iter().filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "no case brings about {unseen:?}");
    insta::assert_snapshot!(said);
}
