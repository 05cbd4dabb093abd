//! The point of time from which a question looks.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::london;
use event_log::Sequence;
use serde::{Deserialize, Serialize};

/// What was true on a day, what was known at an instant or a position, or both. Nothing given is
/// the present.
///
/// *Known* cuts the log: the longest run of messages from the first one of which all were recorded
/// at or before the instant, so that it is a prefix even where clocks jumped. *True* then folds
/// only the events that are true from a day up to the date, in the order of that day; without it
/// events fold in the order they were recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AsOf {
    /// Only what was true by the end of this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_on: Option<NaiveDate>,
    /// Only what was recorded up to this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<DateTime<Utc>>,
    /// Only what stands in the log up to this sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_position: Option<Sequence>,
}

impl AsOf {
    /// The present.
    pub const NOW: Self = Self {
        true_on: None,
        known_at: None,
        known_position: None,
    };

    /// What was true on a day, by all that is known.
    #[must_use]
    pub fn true_on(date: NaiveDate) -> Self {
        Self {
            true_on: Some(date),
            ..Self::NOW
        }
    }

    /// What was known at an instant.
    #[must_use]
    pub fn known_at(instant: DateTime<Utc>) -> Self {
        Self {
            known_at: Some(instant),
            ..Self::NOW
        }
    }

    /// What was known with the message of a sequence.
    #[must_use]
    pub fn known_position(position: Sequence) -> Self {
        Self {
            known_position: Some(position),
            ..Self::NOW
        }
    }

    /// The same, of the record as it was known at a position, unless it asks of an earlier time
    /// already: what every page of a list after the first looks at.
    #[must_use]
    pub fn known_to(self, position: Sequence) -> Self {
        if self.known_at.is_some() || self.known_position.is_some() {
            return self;
        }
        Self {
            known_position: Some(position),
            ..self
        }
    }

    /// Whether it is the present.
    #[must_use]
    pub fn is_now(&self) -> bool {
        *self == Self::NOW
    }

    /// The day on which "overdue" is judged: the date of truth, else the civil day of what was
    /// known, else today.
    #[must_use]
    pub fn as_at(&self, today: NaiveDate) -> NaiveDate {
        self.true_on
            .or_else(|| self.known_at.map(london::civil_date))
            .unwrap_or(today)
    }
}

/// An [`AsOf`] with its cut found: how much of the log, and up to which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    /// Messages after this sequence are not known. `Sequence::MAX`: everything is.
    pub(crate) known: Sequence,
    /// Events true from later than this day are left out, and the rest fold by day.
    pub(crate) true_on: Option<NaiveDate>,
}

impl Cut {
    pub(crate) const NOW: Self = Self {
        known: Sequence::MAX,
        true_on: None,
    };
}
