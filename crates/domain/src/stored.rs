//! What one message of the log holds: a decision, all of its events together.
//!
//! The stored form is JSON with explicit, versioned type names. What was stored once must decode
//! for ever: golden files of every version are kept under `tests/golden`.

use crate::action::ActionEvent;
use crate::policy::Role;
use crate::register::RegisterEvent;
use crate::returns::ReturnEvent;
use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

mod fast;

/// Most bytes of one stored decision (256 KiB, also the limit of the log's messages).
pub const DECISION_LIMIT: usize = 256 * 1024;

/// The CloudEvents type of every message.
pub const DECISION_TYPE: &str = "uk.matters-arising.decision.v1";

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Stable identifier.
    pub subject: String,
    /// Name for people.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// For which delivery group, in the role of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// A decision: what happened, on which day, recorded when, by whom, under which rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision<E> {
    /// The day it happened: a civil date in London.
    pub on: NaiveDate,
    /// The instant it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who did it.
    pub by: Actor,
    /// The rule of the policy that allowed it.
    pub rule: String,
    /// What happened, in order; at least one event.
    pub events: Vec<E>,
}

/// What of a decision those need who only fold it: the day and the events. The rest is checked as
/// for a [`Decision`] and not kept, which halves the work of reading a long log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened<E> {
    /// The day it happened: a civil date in London.
    pub on: NaiveDate,
    /// What happened, in order; at least one event.
    pub events: Vec<E>,
}

/// A [`Decision`] whose strings stay where they are.
#[derive(Deserialize)]
#[serde(bound(deserialize = "E: Deserialize<'de>"))]
#[expect(dead_code, reason = "these fields are read to be checked")]
struct Lean<'a, E> {
    #[serde(deserialize_with = "fast::day")]
    on: NaiveDate,
    #[serde(deserialize_with = "fast::instant")]
    recorded_at: DateTime<Utc>,
    #[serde(borrow)]
    by: LeanActor<'a>,
    #[serde(borrow)]
    rule: Cow<'a, str>,
    events: Vec<E>,
}

/// An [`Actor`] whose strings stay where they are.
#[derive(Deserialize)]
#[expect(dead_code, reason = "these fields are read to be checked")]
struct LeanActor<'a> {
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    role: Role,
    #[serde(borrow, default)]
    group: Option<Cow<'a, str>>,
}

/// Why stored bytes could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored decision cannot be read: {reason}")]
pub struct DecodeError {
    /// What is wrong with it.
    pub reason: String,
}

/// An event that can be stored: one of the three aggregates'.
pub trait Stored: Serialize + DeserializeOwned {
    /// The stored name of the event, version included.
    fn type_name(&self) -> &'static str;
}

impl Stored for ActionEvent {
    fn type_name(&self) -> &'static str {
        self.type_name()
    }
}

impl Stored for ReturnEvent {
    fn type_name(&self) -> &'static str {
        self.type_name()
    }
}

impl Stored for RegisterEvent {
    fn type_name(&self) -> &'static str {
        match self {
            RegisterEvent::BodyRegistered { .. } => "register.body-registered.v1",
            RegisterEvent::BodyRenamed { .. } => "register.body-renamed.v1",
            RegisterEvent::BodyEnded { .. } => "register.body-ended.v1",
            RegisterEvent::GroupRegistered { .. } => "register.group-registered.v1",
            RegisterEvent::GroupRenamed { .. } => "register.group-renamed.v1",
            RegisterEvent::GroupDetailed { .. } => "register.group-detailed.v1",
            RegisterEvent::GroupEnded { .. } => "register.group-ended.v1",
            RegisterEvent::SeriesOpened { .. } => "register.series-opened.v1",
            RegisterEvent::MeetingArranged { .. } => "register.meeting-arranged.v1",
            RegisterEvent::ReturnsScheduled { .. } => "register.returns-scheduled.v1",
        }
    }
}

/// Brings an event that an earlier release stored into today's form: its type name and data in,
/// today's out. Pure. `None` for a type that no release ever stored.
type Upcaster = fn(serde_json::Value) -> Option<serde_json::Value>;

/// Every superseded stored type and its upcaster. Empty while version 1 is the only one.
const UPCASTERS: &[(&str, Upcaster)] = &[];

/// Writes a decision.
///
/// # Errors
/// Only when a text cannot be written as JSON, which checked texts always can.
pub fn encode<E: Stored>(decision: &Decision<E>) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(decision)
}

/// Reads a decision of today's or any earlier version.
///
/// # Errors
/// When the bytes are not JSON, have no event, or have an event of a type or version that this
/// release does not know.
pub fn decode<E: Stored>(bytes: &[u8]) -> Result<Decision<E>, DecodeError> {
    decode_with(bytes, UPCASTERS)
}

/// Reads the day and the events of a decision. What [`decode`] reads this reads, and nothing else.
///
/// # Errors
/// As [`decode`].
pub fn decode_events<E: Stored>(bytes: &[u8]) -> Result<Happened<E>, DecodeError> {
    match serde_json::from_slice::<Lean<'_, E>>(bytes) {
        Ok(Lean { on, events, .. }) if !events.is_empty() => Ok(Happened { on, events }),
        _ => decode(bytes).map(|Decision { on, events, .. }| Happened { on, events }),
    }
}

fn decode_with<E: Stored>(
    bytes: &[u8],
    upcasters: &[(&str, Upcaster)],
) -> Result<Decision<E>, DecodeError> {
    let decision: Decision<E> = match serde_json::from_slice(bytes) {
        Ok(decision) => decision,
        Err(error) => older(bytes, upcasters)
            .and_then(|value| serde_json::from_value(value).ok())
            .ok_or_else(|| DecodeError {
                reason: error.to_string(),
            })?,
    };
    if decision.events.is_empty() {
        return Err(DecodeError {
            reason: "it has no events".into(),
        });
    }
    Ok(decision)
}

/// The decision with its superseded events brought into today's form; `None` when it has none.
fn older(bytes: &[u8], upcasters: &[(&str, Upcaster)]) -> Option<serde_json::Value> {
    let mut decision: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let mut found = false;
    for event in decision.get_mut("events")?.as_array_mut()? {
        let name = event.get("type")?.as_str()?;
        if let Some((_, upcast)) = upcasters.iter().find(|(old, _)| *old == name) {
            *event = upcast(event.take())?;
            found = true;
        }
    }
    found.then_some(decision)
}

#[cfg(test)]
mod tests;
