//! The trail of an action: its slim events with both of their times, from which every as-of view
//! is folded.
//!
//! A trail is stored as lines of JSON, in segments that are only ever added, one for each batch
//! that touched the action. A later batch has later sequences, so segments read in key order are
//! the trail in the order of the log.

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{self, Action, ActionEvent};
use event_log::Sequence;
use serde::{Deserialize, Serialize};

use crate::as_of::Cut;
use crate::error::StoreError;
use crate::row::{ParkedCell, Row};

/// One event of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The message that carries it: of the action, or of a return that speaks of it.
    #[serde(rename = "s")]
    pub(crate) sequence: Sequence,
    /// The instant it was recorded.
    #[serde(rename = "t", with = "chrono::serde::ts_microseconds")]
    pub(crate) recorded_at: DateTime<Utc>,
    /// The day it happened.
    #[serde(rename = "d", with = "crate::dense::day_number")]
    pub(crate) on: NaiveDate,
    /// The day from which it is true.
    #[serde(rename = "f", with = "crate::dense::day_number")]
    pub(crate) from: NaiveDate,
    /// What happened, without its long texts.
    #[serde(rename = "e")]
    pub(crate) event: ActionEvent,
}

/// Adds an entry to a segment.
pub(crate) fn write(entry: &Entry, segment: &mut Vec<u8>) -> Result<(), StoreError> {
    serde_json::to_writer(&mut *segment, entry).map_err(damaged)?;
    segment.push(b'\n');
    Ok(())
}

/// Reads the entries of a segment that a cut lets through.
pub(crate) fn read(segment: &[u8], cut: Cut, into: &mut Vec<Entry>) -> Result<(), StoreError> {
    for line in segment.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let entry: Entry = serde_json::from_slice(line).map_err(damaged)?;
        if entry.sequence <= cut.known && cut.true_on.is_none_or(|date| entry.from <= date) {
            into.push(entry);
        }
    }
    Ok(())
}

fn damaged(error: serde_json::Error) -> StoreError {
    StoreError::Damaged {
        reason: format!("a trail: {error}"),
    }
}

/// An action folded, with the last message that touched it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) action: Option<Action>,
    pub(crate) position: Sequence,
    pub(crate) recorded_at: DateTime<Utc>,
}

impl Folded {
    /// Applies one entry, `on` being the day that the fold goes by.
    pub(crate) fn evolve(&mut self, entry: &Entry, on: NaiveDate) {
        action::step(&mut self.action, on, &entry.event);
        if entry.sequence >= self.position {
            self.position = entry.sequence;
            self.recorded_at = entry.recorded_at;
        }
    }

    /// Its row; `None` before it is raised.
    pub(crate) fn row(&self, parked: Option<&ParkedCell>) -> Option<Row> {
        let action = self.action.as_ref()?;
        let mut row = Row::from_action(action, self.position, self.recorded_at);
        if let Some(parked) = parked {
            row.position = row.position.max(parked.sequence);
            row.parked = Some(parked.clone());
        }
        Some(row)
    }
}

/// Folds the entries that a cut let through. Without a date they fold as they were recorded; with
/// one, in the order of the days from which they are true, each on that day, so that nothing in
/// the answer is later than the date.
pub(crate) fn fold(mut entries: Vec<Entry>, cut: Cut) -> Folded {
    let mut folded = Folded::default();
    if cut.true_on.is_some() {
        entries.sort_by_key(|entry| (entry.from, entry.sequence));
    }
    for entry in &entries {
        let on = if cut.true_on.is_some() {
            entry.from
        } else {
            entry.on
        };
        folded.evolve(entry, on);
    }
    folded
}
