//! How fresh the read model is, and what it could not read.

use event_log::{Incarnation, Sequence};
use serde::{Deserialize, Serialize};

/// An aggregate that stands still because one of its messages cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Parked {
    /// The subject in the log.
    pub subject: String,
    /// The first message that could not be applied; later ones of the subject wait behind it.
    pub sequence: Sequence,
    /// What is wrong with it.
    pub reason: String,
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilding {
    /// Messages read.
    pub position: Sequence,
    /// Messages in the log when it began.
    pub head: Sequence,
}

/// How fresh the read model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadStatus {
    /// The version of the stored form.
    pub version: u32,
    /// The log that is followed; `None` before the first contact.
    pub incarnation: Option<Incarnation>,
    /// The last message that was applied.
    pub position: Sequence,
    /// The last message of the log, as last heard.
    pub head: Sequence,
    /// Messages not applied yet.
    pub lag_events: u64,
    /// Seconds since the oldest message that is not applied yet was recorded; 0 when there is none.
    pub lag_seconds: u64,
    /// Set during a rebuild.
    pub rebuilding: Option<Rebuilding>,
    /// Why the log is not followed any more; `None` while it is.
    pub stopped: Option<String>,
    /// What was put aside at the start, and why; `None` when the store was found in order.
    pub put_aside: Option<String>,
    /// The aggregates that stand still, by subject.
    pub parked: Vec<Parked>,
}
