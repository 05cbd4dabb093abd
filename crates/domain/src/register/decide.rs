//! What may be entered in the register, and why not.

use super::event::{BodyKind, GroupDetails, RegisterEvent};
use super::state::Register;
use crate::calendar::london::say_date;
use crate::calendar::returns::{ReturnDueError, ReturnDueRule};
use crate::reference::{Pattern, Series};
use crate::text::{Line, Slug};
use chrono::NaiveDate;

/// Something to enter. The day it holds from is given with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "fields are those of the event that each becomes"
)]
pub enum Command {
    RegisterBody {
        id: Slug,
        name: Line,
        kind: BodyKind,
    },
    RenameBody {
        id: Slug,
        name: Line,
    },
    EndBody {
        id: Slug,
        succeeded_by: Option<Slug>,
    },
    RegisterGroup {
        id: Slug,
        name: Line,
        board: Slug,
        details: GroupDetails,
    },
    RenameGroup {
        id: Slug,
        name: Line,
    },
    DetailGroup {
        id: Slug,
        details: GroupDetails,
    },
    EndGroup {
        id: Slug,
        succeeded_by: Option<Slug>,
    },
    OpenSeries {
        id: Slug,
        body: Slug,
        year: i32,
        pattern: Pattern,
        title: Option<Line>,
    },
    ArrangeMeeting {
        id: Slug,
        body: Slug,
        held_on: NaiveDate,
        title: Option<Line>,
    },
    ScheduleReturns {
        board: Slug,
        rule: ReturnDueRule,
    },
}

/// Why an entry was refused: a sentence with its facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's message says what it means")]
pub enum Rejection {
    #[error("{id} is registered already, as {as_what}; choose another identifier")]
    IdTaken { id: Slug, as_what: String },
    #[error("no body {id} is registered; register it first")]
    UnknownBody { id: Slug },
    #[error("no delivery group {id} is registered; register it first")]
    UnknownGroup { id: Slug },
    #[error("{id} ended on {}; it takes no more entries", say_date(*.until))]
    Ended { id: Slug, until: NaiveDate },
    #[error("{id} exists from {}; {} is before that", say_date(*.from), say_date(*.on))]
    BeforeItBegan {
        id: Slug,
        from: NaiveDate,
        on: NaiveDate,
    },
    #[error("a delivery group has one or two lead bodies; {count} are named")]
    LeadBodies { count: usize },
    #[error(
        "{pattern} would write references that series {other} writes too; make the patterns differ"
    )]
    SameReferences { pattern: String, other: Slug },
    #[error("{id} is not a board; only a board takes returns")]
    NotABoard { id: Slug },
    #[error(transparent)]
    Schedule(ReturnDueError),
    #[error("{id} cannot succeed itself")]
    SucceedsItself { id: Slug },
}

/// Decides what an entry leads to. No events: it stands already, exactly so.
///
/// # Errors
/// A [`Rejection`] when the entry contradicts the register.
pub fn decide(
    register: &Register,
    on: NaiveDate,
    command: &Command,
) -> Result<Vec<RegisterEvent>, Rejection> {
    match command {
        Command::RegisterBody { .. } | Command::RenameBody { .. } | Command::EndBody { .. } => {
            body(register, on, command)
        }
        Command::RegisterGroup { .. }
        | Command::RenameGroup { .. }
        | Command::DetailGroup { .. }
        | Command::EndGroup { .. } => group(register, on, command),
        Command::OpenSeries {
            id,
            body,
            year,
            pattern,
            title,
        } => {
            let series = Series {
                id: id.clone(),
                body: body.clone(),
                year: *year,
                pattern: pattern.clone(),
                title: title.clone(),
            };
            open_series(register, on, series)
        }
        Command::ArrangeMeeting {
            id,
            body,
            held_on,
            title,
        } => {
            known_body(register, body)?;
            if let Some(there) = register.meetings.get(id) {
                if there.body == *body && there.held_on == *held_on && there.title == *title {
                    return Ok(vec![]);
                }
                let as_what = format!(
                    "the meeting of {} on {}",
                    there.body,
                    say_date(there.held_on)
                );
                return Err(Rejection::IdTaken {
                    id: id.clone(),
                    as_what,
                });
            }
            live_body(register, body, *held_on)?;
            Ok(vec![RegisterEvent::MeetingArranged {
                id: id.clone(),
                body: body.clone(),
                held_on: *held_on,
                title: title.clone(),
            }])
        }
        Command::ScheduleReturns { board, rule } => {
            known_body(register, board)?;
            rule.check().map_err(Rejection::Schedule)?;
            match register.bodies.get(board) {
                Some(body) if body.kind != BodyKind::Board => {
                    Err(Rejection::NotABoard { id: board.clone() })
                }
                Some(body) if body.returns.as_ref() == Some(rule) => Ok(vec![]),
                _ => live_body(register, board, on).map(|()| {
                    vec![RegisterEvent::ReturnsScheduled {
                        board: board.clone(),
                        rule: *rule,
                    }]
                }),
            }
        }
    }
}

fn known_body(register: &Register, id: &Slug) -> Result<(), Rejection> {
    if register.bodies.contains_key(id) {
        Ok(())
    } else {
        Err(Rejection::UnknownBody { id: id.clone() })
    }
}

/// A body that ended takes no entries for days after its last.
fn live_body(register: &Register, id: &Slug, on: NaiveDate) -> Result<(), Rejection> {
    match register.bodies.get(id).and_then(|body| body.until) {
        Some(until) if until < on => still(id, Some(until)),
        _ => Ok(()),
    }
}

/// Bodies and delivery groups share one space of identifiers, since an action can be delegated
/// to either by its identifier alone.
fn free_id(register: &Register, id: &Slug) -> Result<(), Rejection> {
    let name = register
        .bodies
        .get(id)
        .map(|body| &body.names)
        .or_else(|| register.groups.get(id).map(|group| &group.names));
    match name {
        None => Ok(()),
        Some(names) => Err(Rejection::IdTaken {
            id: id.clone(),
            as_what: names.latest().to_string(),
        }),
    }
}

fn successor(id: &Slug, next: Option<&Slug>, known: bool) -> Result<bool, Rejection> {
    if next == Some(id) {
        return Err(Rejection::SucceedsItself { id: id.clone() });
    }
    Ok(next.is_none() || known)
}

fn body(
    register: &Register,
    on: NaiveDate,
    command: &Command,
) -> Result<Vec<RegisterEvent>, Rejection> {
    if let Command::RegisterBody { id, name, kind } = command {
        if let Some(there) = register.bodies.get(id)
            && there.kind == *kind
            && there.names.on(on) == name
        {
            return Ok(vec![]);
        }
        free_id(register, id)?;
        let (id, name) = (id.clone(), name.clone());
        return Ok(vec![RegisterEvent::BodyRegistered {
            id,
            name,
            kind: *kind,
        }]);
    }
    let (Command::RenameBody { id, .. } | Command::EndBody { id, .. }) = command else {
        return Ok(vec![]);
    };
    let there = register
        .bodies
        .get(id)
        .ok_or_else(|| Rejection::UnknownBody { id: id.clone() })?;
    match command {
        Command::EndBody { succeeded_by, .. } => {
            if there.until == Some(on) && there.succeeded_by == *succeeded_by {
                return Ok(vec![]);
            }
            still(id, there.until)?;
            let known = succeeded_by
                .as_ref()
                .is_some_and(|s| register.bodies.contains_key(s));
            if !successor(id, succeeded_by.as_ref(), known)? {
                let id = succeeded_by.clone().unwrap_or_else(|| id.clone());
                return Err(Rejection::UnknownBody { id });
            }
            Ok(vec![RegisterEvent::BodyEnded {
                id: id.clone(),
                succeeded_by: succeeded_by.clone(),
            }])
        }
        Command::RenameBody { name, .. } if there.names.on(on) != name => {
            still(id, there.until)?;
            Ok(vec![RegisterEvent::BodyRenamed {
                id: id.clone(),
                name: name.clone(),
            }])
        }
        _ => Ok(vec![]),
    }
}

fn still(id: &Slug, until: Option<NaiveDate>) -> Result<(), Rejection> {
    match until {
        Some(until) => Err(Rejection::Ended {
            id: id.clone(),
            until,
        }),
        None => Ok(()),
    }
}

fn leads(details: &GroupDetails) -> Result<(), Rejection> {
    match details.lead_bodies.len() {
        1 | 2 => Ok(()),
        count => Err(Rejection::LeadBodies { count }),
    }
}

fn group(
    register: &Register,
    on: NaiveDate,
    command: &Command,
) -> Result<Vec<RegisterEvent>, Rejection> {
    if let Command::RegisterGroup {
        id,
        name,
        board,
        details,
    } = command
    {
        leads(details)?;
        known_body(register, board)?;
        if let Some(there) = register.groups.get(id)
            && (&there.board, &there.details, there.names.on(on)) == (board, details, name)
        {
            return Ok(vec![]);
        }
        free_id(register, id)?;
        live_body(register, board, on)?;
        return Ok(vec![RegisterEvent::GroupRegistered {
            id: id.clone(),
            name: name.clone(),
            board: board.clone(),
            details: details.clone(),
        }]);
    }
    let (Command::RenameGroup { id, .. }
    | Command::DetailGroup { id, .. }
    | Command::EndGroup { id, .. }) = command
    else {
        return Ok(vec![]);
    };
    let there = register
        .groups
        .get(id)
        .ok_or_else(|| Rejection::UnknownGroup { id: id.clone() })?;
    if on < there.from {
        return Err(Rejection::BeforeItBegan {
            id: id.clone(),
            from: there.from,
            on,
        });
    }
    match command {
        Command::EndGroup { succeeded_by, .. } => {
            if there.until == Some(on) && there.succeeded_by == *succeeded_by {
                return Ok(vec![]);
            }
            still(id, there.until)?;
            let known = succeeded_by
                .as_ref()
                .is_some_and(|s| register.groups.contains_key(s));
            if !successor(id, succeeded_by.as_ref(), known)? {
                let id = succeeded_by.clone().unwrap_or_else(|| id.clone());
                return Err(Rejection::UnknownGroup { id });
            }
            Ok(vec![RegisterEvent::GroupEnded {
                id: id.clone(),
                succeeded_by: succeeded_by.clone(),
            }])
        }
        Command::RenameGroup { name, .. } if there.names.on(on) != name => {
            still(id, there.until)?;
            Ok(vec![RegisterEvent::GroupRenamed {
                id: id.clone(),
                name: name.clone(),
            }])
        }
        Command::DetailGroup { details, .. } if there.details != *details => {
            leads(details)?;
            still(id, there.until)?;
            Ok(vec![RegisterEvent::GroupDetailed {
                id: id.clone(),
                details: details.clone(),
            }])
        }
        _ => Ok(vec![]),
    }
}

fn open_series(
    register: &Register,
    on: NaiveDate,
    series: Series,
) -> Result<Vec<RegisterEvent>, Rejection> {
    known_body(register, &series.body)?;
    if let Some(there) = register.series.get(&series.id) {
        if *there == series {
            return Ok(vec![]);
        }
        let as_what = format!("the series {} of {}", there.pattern.as_str(), there.year);
        return Err(Rejection::IdTaken {
            id: series.id,
            as_what,
        });
    }
    live_body(register, &series.body, on)?;
    // Two series may never write one reference.
    let meets = |other: &&Series| {
        let (here, there) = (series.year, other.year);
        series.pattern.meets(here, &other.pattern, there)
    };
    if let Some(other) = register.series.values().find(meets) {
        return Err(Rejection::SameReferences {
            pattern: series.pattern.as_str().to_owned(),
            other: other.id.clone(),
        });
    }
    Ok(vec![RegisterEvent::SeriesOpened { series }])
}
