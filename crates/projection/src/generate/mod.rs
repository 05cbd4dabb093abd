//! Plausible panels out of a seed, for tests and benchmarks: an endless, valid sequence of
//! messages, each decided by the domain's own rules.
//!
//! An action takes about ten messages from its meeting to its closure; most end closed; delivery
//! groups send returns each quarter, some late, some nil, some corrected. The same seed gives the
//! same bytes.

mod actions;
mod chance;
mod panel;
mod returns;
mod words;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use domain::aggregate::Address;
use domain::policy::Role;
use domain::stored::{self, Actor, DECISION_TYPE, Decision, Stored};
use domain::text::Slug;
use event_log::{Append, Attributes, Digest, Sequence, Subject};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashMap;
use uuid::Uuid;

use chance::Chance;
use panel::Panel;

/// One message that the generator made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Its subject.
    pub subject: Subject,
    /// Its message id.
    pub id: Uuid,
    /// The instant at which it is recorded.
    pub recorded_at: DateTime<Utc>,
    /// The last sequence of its subject, when the messages are appended in order to an empty log.
    pub expected: Sequence,
    /// The decision, as it is stored.
    pub body: Vec<u8>,
}

impl Generated {
    /// The append of this message.
    #[must_use]
    pub fn append(self) -> Append {
        Append {
            id: self.id,
            digest: Digest::of(&self.body),
            subject: self.subject,
            expected: self.expected,
            attributes: Attributes {
                source: "/generate".to_owned(),
                kind: DECISION_TYPE.to_owned(),
                time: self.recorded_at,
            },
            body: Bytes::from(self.body),
        }
    }
}

/// Makes messages. Endless: an [`Iterator`] that never answers `None` once an area is given.
pub struct Generator {
    chance: Chance,
    panels: Vec<Panel>,
    sequence: Sequence,
    lasts: HashMap<String, Sequence>,
    keeps_expectations: bool,
}

/// A decision before it is written down.
pub(crate) struct Draft {
    pub(crate) address: Address,
    pub(crate) on: NaiveDate,
    pub(crate) role: Role,
    /// As the program writes them, field for field: a map of JSON values would sort their names.
    pub(crate) events: Vec<Box<RawValue>>,
}

impl Draft {
    /// `None` when there is nothing to write.
    pub(crate) fn of<E: Stored>(
        address: Address,
        on: NaiveDate,
        role: Role,
        events: &[E],
    ) -> Option<Self> {
        let written: Result<Vec<_>, _> = events.iter().map(to_raw_value).collect();
        let events = written.ok().filter(|events| !events.is_empty())?;
        Some(Self {
            address,
            on,
            role,
            events,
        })
    }
}

impl Generator {
    /// A generator for areas, at some 200 messages a day: a million in fourteen years of panels.
    #[must_use]
    pub fn new(seed: u64, areas: &[Slug]) -> Self {
        Self::with_pace(seed, areas, 200)
    }

    /// A generator at another number of messages a day in each area.
    #[must_use]
    pub fn with_pace(seed: u64, areas: &[Slug], a_day: u32) -> Self {
        Self {
            chance: Chance::new(seed),
            panels: areas.iter().map(|area| Panel::new(area, a_day)).collect(),
            sequence: 0,
            lasts: HashMap::new(),
            keeps_expectations: true,
        }
    }

    /// Leaves out the expectations, and the memory that they take: for raw writes of many messages.
    #[must_use]
    pub fn without_expectations(mut self) -> Self {
        self.keeps_expectations = false;
        self
    }

    fn write(&mut self, draft: Draft, recorded_at: DateTime<Utc>) -> Option<Generated> {
        let Draft {
            address,
            on,
            role,
            events,
        } = draft;
        let body = serde_json::to_vec(&Decision {
            on,
            recorded_at,
            by: Actor {
                subject: format!("{}-1", role.as_str()),
                name: words::name(role).to_owned(),
                role,
                group: None,
            },
            rule: words::rule(role).to_owned(),
            events,
        })
        .ok()
        .filter(|body| body.len() <= stored::DECISION_LIMIT)?;
        let subject = Subject::parse(&address.to_string()).ok()?;
        self.sequence += 1;
        let expected = if self.keeps_expectations {
            self.lasts
                .insert(subject.as_str().to_owned(), self.sequence)
                .unwrap_or(0)
        } else {
            0
        };
        Some(Generated {
            subject,
            id: self.id(recorded_at),
            recorded_at,
            expected,
            body,
        })
    }

    /// As the program's own clients make them (version 7 of RFC 9562).
    fn id(&mut self, made_at: DateTime<Utc>) -> Uuid {
        let [random @ .., _, _, _, _, _, _] = self.chance.bytes();
        let millis = u64::try_from(made_at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl Iterator for Generator {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        // A step may come to nothing (a refusal, a day without news); many in a row do not.
        for _ in 0..10_000 {
            let which = self.chance.below(self.panels.len());
            let panel = self.panels.get_mut(which)?;
            let Some(draft) = panel.step(&mut self.chance) else {
                continue;
            };
            let recorded_at = panel.now(&mut self.chance);
            if let Some(generated) = self.write(draft, recorded_at) {
                return Some(generated);
            }
        }
        None
    }
}
