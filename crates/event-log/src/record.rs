//! What goes into the log and what comes out of it.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AppendError, Digest, Subject};

/// A position in the whole log, counted from 1 without gaps. As an expectation or a checkpoint, 0
/// means "nothing yet".
pub type Sequence = u64;

/// The identity of one creation of a log. It stays the same over restarts; a log made anew has
/// another one, so that a checkpoint of the old log is never taken for one of the new.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incarnation(pub String);

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The [`kind`](Attributes::kind) of a record that this crate did not write: a message that somebody
/// put on the stream by other means, without an id, a digest or attributes that can be read, on a
/// subject that is none, or longer than the limits.
///
/// It is a record like any other, so that nobody stands still at it, and the same for every reader:
/// its id is a UUIDv5 of the log's incarnation and its sequence, its digest that of its body,
/// `source` says what is wrong with it, `time` is when the server stored it. A subject that is none
/// becomes `evt.foreign.<sequence>`. Whoever folds records parks the subject it stands on.
pub const FOREIGN: &str = "matters.foreign";

/// The namespace of the ids of foreign records.
const FOREIGN_IDS: Uuid = Uuid::from_u128(0x5f0c_6d1e_2b7a_4f43_9d58_0a61_c3e4_7b92);

/// The CloudEvents 1.0 context attributes of a message that are not fixed. `id` is the message id,
/// `specversion` is `1.0`, `datacontenttype` is `application/json`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attributes {
    /// `source`: who wrote the message, a URI reference.
    pub source: String,
    /// `type`: the kind of message.
    pub kind: String,
    /// `time`: the instant the message was recorded. Kept to the microsecond.
    pub time: DateTime<Utc>,
}

/// One message to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The message id: used once in the life of the log, over all subjects.
    pub id: Uuid,
    /// Whose sequence the message joins.
    pub subject: Subject,
    /// The last sequence of the subject that the decision was made on; 0: the subject must be empty.
    pub expected: Sequence,
    /// The digest of the command.
    pub digest: Digest,
    /// The CloudEvents attributes.
    pub attributes: Attributes,
    /// The message itself, JSON.
    pub body: Bytes,
}

impl Append {
    /// The answer to this append when its id already stands for `record`.
    pub(crate) fn answer_from(&self, record: &Record) -> Result<Appended, AppendError> {
        if record.subject == self.subject && record.digest == self.digest {
            Ok(Appended {
                sequence: record.sequence,
                duplicate: true,
            })
        } else {
            Err(AppendError::IdReused {
                id: self.id,
                sequence: record.sequence,
                subject: record.subject.clone(),
            })
        }
    }
}

/// One message of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its position in the whole log.
    pub sequence: Sequence,
    /// Whose sequence it belongs to.
    pub subject: Subject,
    /// Its message id.
    pub id: Uuid,
    /// The digest of the command that led to it.
    pub digest: Digest,
    /// The CloudEvents attributes.
    pub attributes: Attributes,
    /// The message itself, JSON.
    pub body: Bytes,
}

impl Record {
    /// Whether the message is not one of this crate's: see [`FOREIGN`].
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.attributes.kind == FOREIGN
    }
}

/// The id that stands for a foreign message.
pub(crate) fn foreign_id(incarnation: &Incarnation, sequence: Sequence) -> Uuid {
    let name = format!("{incarnation} {sequence}");
    Uuid::new_v5(&FOREIGN_IDS, name.as_bytes())
}

/// The answer to an append that is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Where it is.
    pub sequence: Sequence,
    /// True when an earlier append of the same message had put it there.
    pub duplicate: bool,
}
