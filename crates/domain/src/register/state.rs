//! The register as it stands, folded from its events.

use super::event::{BodyKind, GroupDetails, RegisterEvent};
use crate::calendar::Quarter;
use crate::calendar::returns::ReturnDueRule;
use crate::reference::Series;
use crate::text::{Line, Slug};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of a thing over time, oldest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(Vec<(NaiveDate, Line)>);

impl Names {
    /// A first name, from a day on.
    #[must_use]
    pub fn new(from: NaiveDate, name: Line) -> Self {
        Self(vec![(from, name)])
    }

    fn rename(&mut self, from: NaiveDate, name: Line) {
        let at = self.0.partition_point(|(since, _)| *since <= from);
        self.0.insert(at, (from, name));
    }

    /// The name that was in use on a day; before the first, the first.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> &Line {
        let after = self.0.partition_point(|(since, _)| *since <= day);
        &self.0[after.saturating_sub(1)].1
    }

    /// The latest name.
    #[must_use]
    pub fn latest(&self) -> &Line {
        &self.0[self.0.len() - 1].1
    }

    fn any(&self, text: &str) -> bool {
        self.0.iter().any(|(_, name)| same(name.as_str(), text))
    }
}

/// Names are compared without regard to case, `&` against `and`, and spacing.
fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        text.replace('&', " and ")
            .split_whitespace()
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    plain(a) == plain(b)
}

/// A body of the partnership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Identifier.
    pub id: Slug,
    /// Its names over time.
    pub names: Names,
    /// What it is.
    pub kind: BodyKind,
    /// The last day of its life, if it ended.
    pub until: Option<NaiveDate>,
    /// The body that took its place.
    pub succeeded_by: Option<Slug>,
    /// When it wants its groups' returns.
    pub returns: Option<ReturnDueRule>,
}

impl Body {
    /// Whether it still existed on a day. Bodies have no beginning: most are older than any record.
    #[must_use]
    pub fn active_on(&self, day: NaiveDate) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

/// A delivery group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Identifier.
    pub id: Slug,
    /// Its names over time.
    pub names: Names,
    /// The board that owns it.
    pub board: Slug,
    /// Aliases, leads, objectives.
    pub details: GroupDetails,
    /// The day it was set up.
    pub from: NaiveDate,
    /// The last day of its life, if it ended.
    pub until: Option<NaiveDate>,
    /// The group that took its place.
    pub succeeded_by: Option<Slug>,
}

impl Group {
    fn is_called(&self, text: &str) -> bool {
        let alias = |alias: &Line| same(alias.as_str(), text);
        self.names.any(text) || self.details.aliases.iter().any(alias)
    }

    /// Whether it existed on a day.
    #[must_use]
    pub fn active_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A meeting of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Identifier: `pcp-2018-09-12`.
    pub id: Slug,
    /// Whose meeting it is.
    pub body: Slug,
    /// The day it is held.
    pub held_on: NaiveDate,
    /// What it is called, when not just the body and the day.
    pub title: Option<Line>,
}

/// A body or a delivery group, as somebody to whom an action can be delegated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Body or delivery group.
    pub kind: PartyKind,
    /// Identifier.
    pub id: Slug,
    /// The name on the day.
    pub name: Line,
}

/// Which of the two a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A body.
    Body,
    /// A delivery group.
    Group,
}

/// The register of one area.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// Bodies by identifier.
    pub bodies: BTreeMap<Slug, Body>,
    /// Delivery groups by identifier.
    pub groups: BTreeMap<Slug, Group>,
    /// Series by identifier.
    pub series: BTreeMap<Slug, Series>,
    /// Meetings by identifier.
    pub meetings: BTreeMap<Slug, Meeting>,
}

impl Register {
    /// A body by identifier or by any name it ever had.
    #[must_use]
    pub fn body(&self, text: &str) -> Option<&Body> {
        self.bodies
            .values()
            .find(|body| body.id.as_str() == text)
            .or_else(|| self.bodies.values().find(|body| body.names.any(text)))
    }

    /// A delivery group by identifier, by any name it ever had, or by an alias.
    #[must_use]
    pub fn group(&self, text: &str) -> Option<&Group> {
        self.groups
            .values()
            .find(|group| group.id.as_str() == text)
            .or_else(|| self.groups.values().find(|group| group.is_called(text)))
    }

    /// A delivery group or else a body, under its name on a day. Where a successor took over the
    /// name, it is the one that existed on that day.
    #[must_use]
    pub fn party(&self, text: &str, day: NaiveDate) -> Option<Party> {
        let group = self
            .groups
            .values()
            .filter(|_| self.groups.keys().all(|id| id.as_str() != text))
            .find(|group| group.is_called(text) && group.active_on(day))
            .or_else(|| self.group(text));
        if let Some(group) = group {
            let name = group.names.on(day).clone();
            return Some(Party {
                kind: PartyKind::Group,
                id: group.id.clone(),
                name,
            });
        }
        let body = self
            .bodies
            .values()
            .filter(|_| self.bodies.keys().all(|id| id.as_str() != text))
            .find(|body| body.names.any(text) && body.active_on(day))
            .or_else(|| self.body(text))?;
        let name = body.names.on(day).clone();
        Some(Party {
            kind: PartyKind::Body,
            id: body.id.clone(),
            name,
        })
    }

    /// A meeting by identifier.
    #[must_use]
    pub fn meeting(&self, id: &Slug) -> Option<&Meeting> {
        self.meetings.get(id)
    }

    /// The first meeting of a body after a day.
    #[must_use]
    pub fn next_meeting(&self, body: &Slug, after: NaiveDate) -> Option<&Meeting> {
        self.meetings
            .values()
            .filter(|meeting| meeting.body == *body && meeting.held_on > after)
            .min_by_key(|meeting| meeting.held_on)
    }

    /// When a group's return for a quarter is due, by its board's rule or the default.
    #[must_use]
    pub fn return_due_on(&self, group: &Group, quarter: Quarter) -> NaiveDate {
        let rule = self
            .bodies
            .get(&group.board)
            .and_then(|board| board.returns);
        rule.unwrap_or_default().due_on(quarter)
    }
}

/// Applies one event. Total: an event that does not fit the state changes nothing.
pub fn evolve(register: &mut Register, on: NaiveDate, event: &RegisterEvent) {
    match event {
        RegisterEvent::BodyRegistered { id, name, kind } => {
            register.bodies.entry(id.clone()).or_insert_with(|| Body {
                id: id.clone(),
                names: Names::new(on, name.clone()),
                kind: *kind,
                until: None,
                succeeded_by: None,
                returns: None,
            });
        }
        RegisterEvent::BodyRenamed { id, name } => {
            if let Some(body) = register.bodies.get_mut(id) {
                body.names.rename(on, name.clone());
            }
        }
        RegisterEvent::BodyEnded { id, succeeded_by } => {
            if let Some(body) = register.bodies.get_mut(id) {
                body.until = Some(on);
                body.succeeded_by.clone_from(succeeded_by);
            }
        }
        RegisterEvent::SeriesOpened { series } => {
            register
                .series
                .entry(series.id.clone())
                .or_insert_with(|| series.clone());
        }
        RegisterEvent::MeetingArranged {
            id,
            body,
            held_on,
            title,
        } => {
            register
                .meetings
                .entry(id.clone())
                .or_insert_with(|| Meeting {
                    id: id.clone(),
                    body: body.clone(),
                    held_on: *held_on,
                    title: title.clone(),
                });
        }
        RegisterEvent::ReturnsScheduled { board, rule } => {
            if let Some(body) = register.bodies.get_mut(board) {
                body.returns = Some(*rule);
            }
        }
        RegisterEvent::GroupRegistered { .. }
        | RegisterEvent::GroupRenamed { .. }
        | RegisterEvent::GroupDetailed { .. }
        | RegisterEvent::GroupEnded { .. } => evolve_group(register, on, event),
    }
}

fn evolve_group(register: &mut Register, on: NaiveDate, event: &RegisterEvent) {
    match event {
        RegisterEvent::GroupRegistered {
            id,
            name,
            board,
            details,
        } => {
            register.groups.entry(id.clone()).or_insert_with(|| Group {
                id: id.clone(),
                names: Names::new(on, name.clone()),
                board: board.clone(),
                details: details.clone(),
                from: on,
                until: None,
                succeeded_by: None,
            });
        }
        RegisterEvent::GroupRenamed { id, name } => {
            if let Some(group) = register.groups.get_mut(id) {
                group.names.rename(on, name.clone());
            }
        }
        RegisterEvent::GroupDetailed { id, details } => {
            if let Some(group) = register.groups.get_mut(id) {
                group.details = details.clone();
            }
        }
        RegisterEvent::GroupEnded { id, succeeded_by } => {
            if let Some(group) = register.groups.get_mut(id) {
                group.until = Some(on);
                group.succeeded_by.clone_from(succeeded_by);
            }
        }
        _ => {}
    }
}

/// Folds a history, oldest first.
#[must_use]
pub fn fold<'a>(events: impl IntoIterator<Item = (NaiveDate, &'a RegisterEvent)>) -> Register {
    let mut register = Register::default();
    for (on, event) in events {
        evolve(&mut register, on, event);
    }
    register
}
