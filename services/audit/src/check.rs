//! Checking a record: contiguity, every event, every row.

use api::message::decode_record;
use domain::text::Slug;
use event_log::{Record, Sequence};
use projection::verify::FirstDifference;
use projection::{AsOf, Replay};
use serde::Serialize;

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where in the log; 0 when it is about no single message.
    pub position: Sequence,
    /// What, in a sentence. It quotes nothing of what is stored.
    pub sentence: String,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Messages that were read.
    pub messages: u64,
    /// Events in them.
    pub events: u64,
    /// Rows of actions that they amount to.
    pub rows: u64,
    /// The last message that was read.
    pub position: Sequence,
    /// The first thing that is wrong; `None` when the record is sound.
    pub finding: Option<Finding>,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.finding.is_none()
    }

    /// Notes what is wrong, unless something was before.
    pub(crate) fn finds(&mut self, position: Sequence, sentence: impl Into<String>) {
        self.finding.get_or_insert_with(|| Finding {
            position,
            sentence: sentence.into(),
        });
    }

    /// Counts a record, and finds out whether its events can be read.
    pub(crate) fn record(&mut self, record: &Record) {
        self.messages += 1;
        match decode_record(record) {
            Ok(stored) => {
                let events = stored.happened.types().len();
                self.events += u64::try_from(events).unwrap_or(u64::MAX);
            }
            Err(cause) => {
                tracing::error!(
                    position = record.sequence,
                    cause,
                    "a message cannot be read"
                );
                let sentence = format!(
                    "the message at position {} on {} cannot be read",
                    record.sequence, record.subject
                );
                self.finds(record.sequence, sentence);
            }
        }
    }

    /// Counts the rows that a replay amounts to, and notes where it stands.
    pub(crate) fn rows_of(&mut self, replay: &Replay) {
        self.position = replay.position();
        let rows = |area: &Slug| replay.rows(area, &AsOf::NOW).len();
        let count: usize = replay.areas().iter().map(rows).sum();
        self.rows = u64::try_from(count).unwrap_or(u64::MAX);
    }

    /// Notes where a read model is not what the log says.
    pub(crate) fn differs(&mut self, difference: &FirstDifference) {
        self.finds(difference.position, difference.to_string());
    }
}
