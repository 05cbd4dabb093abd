//! The register: what requests speak of, and entries that clients fight over.

use super::{AREA, Asking, By, GROUPS, Message, SERIES, Wishes, write};
use crate::chance::Chance;
use crate::history::Kind;
use api::v1;
use domain::policy::Role;
use uuid::Uuid;

/// The board of the groups.
const BOARD: &str = "board";

/// What the register begins with.
#[derive(Clone, Debug)]
pub struct Register {
    /// The bodies, and the board when there are groups.
    pub bodies: Vec<v1::RegisterBodyRequest>,
    /// The delivery groups.
    pub groups: Vec<v1::RegisterGroupRequest>,
    /// The series.
    pub series: v1::OpenSeriesRequest,
    /// The meeting.
    pub meeting: v1::ArrangeMeetingRequest,
}

impl Register {
    /// How many messages it makes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bodies.len() + self.groups.len() + 2
    }
}

/// The register that the requests speak of: two bodies, a series, a meeting; a board and its groups where
/// there are returns.
#[must_use]
pub fn register_requests(wishes: Wishes) -> Register {
    let id = |of: &str| Uuid::new_v5(&Uuid::NAMESPACE_OID, of.as_bytes());
    let body = |name: &str, said: &str, kind: v1::BodyKind| v1::RegisterBodyRequest {
        write: Some(write(id(name), "2017-04-01")),
        id: name.to_owned(),
        name: said.to_owned(),
        kind: kind.into(),
    };
    let mut bodies = vec![
        body("pcp", "Police and Crime Panel", v1::BodyKind::Panel),
        body(
            "opcc",
            "Office of the Commissioner",
            v1::BodyKind::CommissionerOffice,
        ),
    ];
    let mut groups = vec![];
    if wishes == Wishes::Every {
        bodies.push(body(BOARD, "Board of Lanterns", v1::BodyKind::Board));
        bodies.push(body("body-0", "Guild of Wicks", v1::BodyKind::Partner));
        groups = [GROUPS[0], GROUPS[1], "group-0"]
            .map(|group| v1::RegisterGroupRequest {
                write: Some(write(id(group), "2017-04-01")),
                id: group.to_owned(),
                name: format!("Group of {group}"),
                board: BOARD.to_owned(),
                details: Some(details("")),
            })
            .to_vec();
    }
    let series = v1::OpenSeriesRequest {
        write: Some(write(id("series"), "2018-01-02")),
        id: SERIES.to_owned(),
        body: "pcp".to_owned(),
        year: 2018,
        pattern: "PCP/{year}/{n:03}".to_owned(),
        title: String::new(),
    };
    let meeting = v1::ArrangeMeetingRequest {
        write: Some(write(id("meeting"), "2018-01-02")),
        id: "september".to_owned(),
        body: "pcp".to_owned(),
        held_on: "2018-09-12".to_owned(),
        title: String::new(),
    };
    Register {
        bodies,
        groups,
        series,
        meeting,
    }
}

fn details(objective: &str) -> v1::GroupDetails {
    v1::GroupDetails {
        aliases: vec![],
        lead_bodies: vec!["opcc".to_owned()],
        objectives: Some(objective.to_owned())
            .filter(|said| !said.is_empty())
            .into_iter()
            .collect(),
    }
}

/// An entry under one of a few identifiers, so that many ask for the same one.
pub(super) fn entry(chance: &mut Chance, id: Uuid) -> Asking {
    let one = chance.below(3);
    let body = format!("body-{one}");
    let group = format!("group-{one}");
    let name = format!(
        "{} of {id}",
        if one.is_multiple_of(2) {
            "Wick"
        } else {
            "Glass"
        }
    );
    let write = |on: &str| Some(write(id, on));
    let message = match chance.below(10) {
        0 | 1 => Message::RegisterBody(v1::RegisterBodyRequest {
            write: write("2017-06-01"),
            id: body,
            name,
            kind: v1::BodyKind::Partner.into(),
        }),
        2 => Message::RenameBody(v1::RenameBodyRequest {
            write: write("2018-06-01"),
            id: body,
            name,
        }),
        3 => Message::EndBody(v1::EndBodyRequest {
            write: write("2018-11-09"),
            id: body,
            succeeded_by: String::new(),
        }),
        4 => Message::RegisterGroup(v1::RegisterGroupRequest {
            write: write("2017-06-01"),
            id: group,
            name,
            board: BOARD.to_owned(),
            details: Some(details("")),
        }),
        5 => Message::RenameGroup(v1::RenameGroupRequest {
            write: write("2018-06-01"),
            id: group,
            name,
        }),
        6 => Message::DetailGroup(v1::DetailGroupRequest {
            write: write("2018-06-01"),
            id: group,
            details: Some(details(&format!("Light all of {id}."))),
        }),
        7 => Message::EndGroup(v1::EndGroupRequest {
            write: write("2018-11-09"),
            id: group,
            succeeded_by: String::new(),
        }),
        8 => match chance.below(2) {
            0 => Message::OpenSeries(v1::OpenSeriesRequest {
                write: write("2018-01-02"),
                id: format!("series-{one}"),
                body: "pcp".to_owned(),
                year: 2018,
                pattern: format!("S{one}/{{year}}/{{n:03}}"),
                title: String::new(),
            }),
            _ => Message::ArrangeMeeting(v1::ArrangeMeetingRequest {
                write: write("2018-01-02"),
                id: format!("meeting-{one}"),
                body: "pcp".to_owned(),
                held_on: format!("2018-12-{}", 10 + one),
                title: String::new(),
            }),
        },
        _ => Message::ScheduleReturns(v1::ScheduleReturnsRequest {
            write: write("2017-04-01"),
            board: BOARD.to_owned(),
            rule: Some(v1::ReturnDueRule {
                rule: Some(v1::return_due_rule::Rule::DaysAfter(
                    u32::try_from(30 + one).unwrap_or(30),
                )),
            }),
        }),
    };
    Asking {
        id,
        kind: Kind::Register,
        references: vec![format!("evt.{AREA}.register")],
        etag: None,
        message,
        by: By::Role(Role::Clerk),
    }
}
