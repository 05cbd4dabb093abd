//! The register that most tests start from: one area, its bodies, nine groups, a year's meetings.

use crate::reference::{Pattern, Reference};
use crate::register::{BodyKind, Command, GroupDetails, Register, decide, evolve};
use crate::text::{Line, Slug, Text};
use chrono::NaiveDate;

/// A day as `2018-09-12`.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day as 2018-09-12")
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).expect("a good text")
}

pub(crate) fn line(text: &str) -> Line {
    Line::new(text).expect("a good line")
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::new(text).expect("a good slug")
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::new(text).expect("a good reference")
}

/// The day on which everything in [`standard`] was entered.
pub(crate) const ENTERED_ON: &str = "2017-04-01";

const BODIES: [(&str, &str, BodyKind); 6] = [
    ("pcp", "Police and Crime Panel", BodyKind::Panel),
    (
        "opcc",
        "Office of the Police and Crime Commissioner",
        BodyKind::CommissionerOffice,
    ),
    ("constabulary", "The Constabulary", BodyKind::Constabulary),
    (
        "ccssb",
        "Countywide Community Safety Strategic Board",
        BodyKind::Board,
    ),
    ("cjb", "Criminal Justice Board", BodyKind::Board),
    ("bcb", "Business Coordination Board", BodyKind::Board),
];

const GROUPS: [&str; 9] = [
    "Child Exploitation, Gang Activity and County Lines",
    "Criminal Justice Board Offender Sub-Group",
    "Domestic Abuse and Sexual Violence",
    "Drugs and Alcohol Misuse",
    "Organised Crime & Modern Slavery",
    "Mental Health",
    "Prevent",
    "Road Safety Partnership",
    "Youth Justice Management",
];

/// The details of a group with some lead bodies.
pub(crate) fn led_by(leads: &[&str]) -> GroupDetails {
    GroupDetails {
        aliases: vec![],
        lead_bodies: leads.iter().map(|lead| line(lead)).collect(),
        objectives: vec![text("Fewer people come to harm")],
    }
}

fn entries() -> Vec<Command> {
    let bodies = BODIES.map(|(id, name, kind)| Command::RegisterBody {
        id: slug(id),
        name: line(name),
        kind,
    });
    let groups = GROUPS.map(|name| Command::RegisterGroup {
        id: Slug::from_name(name).expect("letters"),
        name: line(name),
        board: slug("ccssb"),
        details: match name {
            "Drugs and Alcohol Misuse" => GroupDetails {
                aliases: vec![line("Drugs and Alcohol Delivery Group")],
                ..led_by(&["The Constabulary", "Director of Public Health"])
            },
            _ => led_by(&["The Constabulary"]),
        },
    });
    let meetings = ["2018-03-21", "2018-06-20", "2018-09-12", "2018-12-05"].map(|held| {
        Command::ArrangeMeeting {
            id: slug(&format!("pcp-{held}")),
            body: slug("pcp"),
            held_on: day(held),
            title: None,
        }
    });
    let series = Command::OpenSeries {
        id: slug("pcp-2018"),
        body: slug("pcp"),
        year: 2018,
        pattern: Pattern::new("PCP/{year}/{n:03}").expect("a good pattern"),
        title: None,
    };
    bodies
        .into_iter()
        .chain(groups)
        .chain(meetings)
        .chain([series])
        .collect()
}

/// Enters something that must be accepted.
pub(crate) fn enter(register: &mut Register, on: &str, command: &Command) {
    for event in decide(register, day(on), command).expect("an entry that fits") {
        evolve(register, day(on), &event);
    }
}

/// The standard register.
pub(crate) fn standard() -> Register {
    let mut register = Register::default();
    for command in entries() {
        enter(&mut register, ENTERED_ON, &command);
    }
    register
}
