//! What panels talk about.

use domain::policy::Role;
use domain::text::{Line, Text};

use super::chance::Chance;

pub(crate) const GROUPS: [(&str, &str); 6] = [
    ("road-safety-partnership", "Road Safety Partnership"),
    ("drugs-and-alcohol-misuse", "Drugs and Alcohol Misuse"),
    ("mental-health", "Mental Health"),
    ("youth-justice-management", "Youth Justice Management"),
    ("organised-crime", "Organised Crime & Modern Slavery"),
    ("prevent", "Prevent"),
];

pub(crate) const TOPICS: [&str; 8] = [
    "Offenders",
    "Crime",
    "Drug dealing",
    "Rural crime",
    "Road safety",
    "Reporting crime",
    "Response times",
    "Budget",
];

pub(crate) const THEMES: [&str; 4] = ["Victims", "Offenders", "Communities", "Transformation"];

const OPENINGS: [&str; 6] = [
    "What is being done about",
    "How many officers are working on",
    "When will the Panel hear of",
    "Could the Commissioner explain",
    "Is there a plan for",
    "What did it cost to deal with",
];
const MATTERS: [&str; 8] = [
    "hare coursing on the northern farms",
    "speeding through the villages",
    "the wait for calls to 101",
    "dealing near the bus station",
    "the grant to victim services",
    "repeat offenders on release",
    "thefts from building sites",
    "the use of body-worn video",
];
const ENDINGS: [&str; 6] = [
    "this year",
    "since the last meeting",
    "in the east of the county",
    "and who answers for it",
    "and how is it measured",
    "compared with other forces",
];

pub(crate) fn sentence(chance: &mut Chance) -> Option<Text> {
    let (opening, matter) = (chance.pick(&OPENINGS)?, chance.pick(&MATTERS)?);
    let (ending, number) = (chance.pick(&ENDINGS)?, chance.below(100_000));
    Text::new(&format!(
        "{opening} {matter} {ending}, as in minute {number}?"
    ))
    .ok()
}

pub(crate) fn line(text: &str) -> Option<Line> {
    Line::new(text).ok()
}

pub(crate) fn name(role: Role) -> &'static str {
    match role {
        Role::Clerk => "Pat Clerk",
        Role::Office => "Ola Office",
        Role::Group => "Glen Group",
        _ => "Alex Other",
    }
}

pub(crate) fn rule(role: Role) -> &'static str {
    match role {
        Role::Clerk => "panel-record",
        Role::Office => "commissioner-answers",
        Role::Group => "own-group",
        _ => "shared-record",
    }
}
