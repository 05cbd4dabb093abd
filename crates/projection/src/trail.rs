//! The trail of an action: its slim events with both of their times, from which every as-of view
//! is folded.
//!
//! A trail is stored in a block with others, if a rebuild wrote it, and in segments that are only ever
//! added, one for each batch that touched the action (`store/trails.rs`). A later batch has later
//! sequences, so the block and then the segments in key order are the trail in the order of the log.
//! Entries are CBOR (RFC 8949) without names: fields and variants stand by their numbers, so a change of
//! their order needs a new [`VERSION`](crate::store::VERSION).

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{self, Action, ActionEvent};
use event_log::Sequence;
use serde::{Deserialize, Serialize};
use serde_cbor_2::ser::IoWrite;
use serde_cbor_2::{Deserializer, Serializer};

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
    let mut to = Serializer::new(IoWrite::new(segment)).packed_format();
    entry.serialize(&mut to).map_err(damaged)
}

/// Reads the entries of a segment that a cut lets through.
pub(crate) fn read(segment: &[u8], cut: Cut, into: &mut Vec<Entry>) -> Result<(), StoreError> {
    for entry in Deserializer::from_slice(segment).into_iter::<Entry>() {
        let entry = entry.map_err(damaged)?;
        if entry.sequence <= cut.known && cut.true_on.is_none_or(|date| entry.from <= date) {
            into.push(entry);
        }
    }
    Ok(())
}

fn damaged(error: serde_cbor_2::Error) -> StoreError {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::stored::{Decision, decode};

    use super::*;

    /// An entry for each event of every stored version that the domain keeps an example of.
    fn entries() -> Vec<Entry> {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden");
        let mut files: Vec<_> = std::fs::read_dir(golden)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| {
                path.file_name()
                    .unwrap()
                    .to_string_lossy()
                    .starts_with("action.")
            })
            .collect();
        files.sort();
        assert!(files.len() >= 20, "only {} examples", files.len());
        let mut entries = Vec::new();
        for file in files {
            let bytes = std::fs::read(file).unwrap();
            let decision: Decision<ActionEvent> = decode(&bytes).unwrap();
            for event in decision.events {
                entries.push(Entry {
                    sequence: entries.len() as Sequence + 1,
                    recorded_at: decision.recorded_at,
                    on: decision.on,
                    from: event.true_from(decision.on),
                    event: event.slim(),
                });
            }
        }
        entries
    }

    fn written(entries: &[Entry]) -> Vec<u8> {
        let mut segment = Vec::new();
        for entry in entries {
            write(entry, &mut segment).unwrap();
        }
        segment
    }

    #[test]
    fn what_is_kept_is_read_back_as_far_as_a_cut_lets_it() {
        let entries = entries();
        let segment = written(&entries);
        for known in 0..=entries.len() {
            let cut = Cut {
                known: known as Sequence,
                true_on: None,
            };
            let mut found = Vec::new();
            read(&segment, cut, &mut found).unwrap();
            assert_eq!(found, entries[..known]);
        }
    }

    #[test]
    fn entries_are_kept_as_this_version_says() {
        let sum = uuid::Uuid::new_v5(&uuid::Uuid::nil(), &written(&entries())).to_string();
        assert_eq!(
            (crate::store::VERSION, sum.as_str()),
            (6, "3eb39bf4-03d3-5955-90cf-aa4013dc5a95"),
            "stored trails look otherwise than they did: raise VERSION, so that they are built anew"
        );
    }

    #[test]
    fn what_is_no_trail_is_damage() {
        let entries = entries();
        let segment = written(&entries);
        let whole = written(&entries[..entries.len() - 1]).len();
        for end in whole + 1..segment.len() {
            assert!(read(&segment[..end], Cut::NOW, &mut Vec::new()).is_err());
        }
    }
}
