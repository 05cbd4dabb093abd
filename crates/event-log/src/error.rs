//! Everything that can go wrong, each with its facts.

use std::fmt;
use std::path::PathBuf;

use uuid::Uuid;

use crate::{Incarnation, Sequence, Subject};

/// What a conflict was noticed by: who watches a log wants to know whether writers meet now and then, or
/// a cluster is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictCode {
    /// The embedded log compared the expectation with its index.
    Expectation,
    /// JetStream: wrong last sequence (10071).
    WrongLastSequence,
    /// JetStream, in a cluster: another message of the subject was in flight (10164).
    SubjectInFlight,
    /// JetStream: a message of this id was in process (10158), and another took the place it expected.
    IdInFlight,
    /// The server said nothing of the kind, or nothing at all: the subject was read and had moved on.
    FoundByReading,
}

impl ConflictCode {
    /// Every code.
    pub const ALL: [Self; 5] = [
        Self::Expectation,
        Self::WrongLastSequence,
        Self::SubjectInFlight,
        Self::IdInFlight,
        Self::FoundByReading,
    ];

    /// A word for figures; of JetStream's own codes their numbers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expectation => "expectation",
            Self::WrongLastSequence => "10071",
            Self::SubjectInFlight => "10164",
            Self::IdInFlight => "10158",
            Self::FoundByReading => "found_by_reading",
        }
    }
}

/// Why an append gave no sequence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The subject has moved on: another message stands where this one expected the end. Nothing was
    /// written. Read the subject again and decide again.
    #[error(
        "conflict on {subject}: the last sequence was expected to be {expected}, it is {}",
        Known(actual)
    )]
    Conflict {
        /// The subject.
        subject: Subject,
        /// What the append expected.
        expected: Sequence,
        /// The subject's last sequence, when it is known.
        actual: Option<Sequence>,
        /// What it was noticed by.
        code: ConflictCode,
    },
    /// The id stands for another message already (other subject or other command). Nothing was written.
    #[error("id {id} is already used by another message, at sequence {sequence} on {subject}")]
    IdReused {
        /// The id.
        id: Uuid,
        /// Where the other message is.
        sequence: Sequence,
        /// The other message's subject.
        subject: Subject,
    },
    /// The body or an attribute is longer than the log takes. Nothing was written.
    #[error("the message's {field} is {bytes} bytes long; at most {limit} are allowed")]
    TooLarge {
        /// Which part is too long: `body`, `source` or `kind`.
        field: &'static str,
        /// Its length.
        bytes: usize,
        /// The longest allowed.
        limit: usize,
    },
    /// The log did not say in time whether the message was written. Retrying the same message is safe.
    #[error("the outcome of the append is unknown, retry with the same id: {reason}")]
    OutcomeUnknown {
        /// What happened.
        reason: String,
    },
    /// The log takes no message now (disk full, read-only, no leader, drift). Certainly nothing was
    /// written.
    #[error("the log is unavailable, nothing was written: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}

/// Why a read, a start or a follower failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// There is no log yet. It is made deliberately, never by a start.
    #[error("there is no log {name}; provision it first")]
    NotProvisioned {
        /// The stream's name or the folder.
        name: String,
    },
    /// Another process holds the embedded log.
    #[error("the log in {} is held by another process; stop it, or use its server", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The stream's configuration is not the one that protects the log.
    #[error(
        "the stream {stream} is not configured as the log must be: {}",
        Listed(fields)
    )]
    Drift {
        /// The stream.
        stream: String,
        /// Each field that differs.
        fields: Vec<DriftField>,
    },
    /// What was read is not what was written.
    #[error("the log is corrupt{}: {reason}", AtSequence(sequence))]
    Corrupt {
        /// The damaged record, when a single one is.
        sequence: Option<Sequence>,
        /// What is wrong with it.
        reason: String,
    },
    /// A sequence is missing.
    #[error("the log has a gap: sequence {expected} was expected, {found} came")]
    Gap {
        /// The next sequence in order.
        expected: Sequence,
        /// The one that came.
        found: Sequence,
    },
    /// The position asked for lies beyond the end of the log: it belongs to another log, or the log
    /// lost its end.
    #[error("position {after} is beyond the end of the log, {head}")]
    BeyondHead {
        /// The position asked for.
        after: Sequence,
        /// The log's last sequence.
        head: Sequence,
    },
    /// The log was made anew under the reader.
    #[error("the log was created anew: it was {known}, it is {found}")]
    IncarnationChanged {
        /// The incarnation met first.
        known: Incarnation,
        /// The incarnation met now.
        found: Incarnation,
    },
    /// The server or the file is of a version that is not supported.
    #[error("{what} is version {found}; {needed} is needed")]
    Version {
        /// What is of the wrong version.
        what: String,
        /// The version met.
        found: String,
        /// The versions supported.
        needed: String,
    },
    /// An option that cannot be right.
    #[error("{field}: {reason}")]
    Option {
        /// The option's name.
        field: &'static str,
        /// What would be right.
        reason: String,
    },
    /// No answer now; a later attempt may succeed.
    #[error("the log is unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}

/// One field of a stream's configuration that differs from what protects the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftField {
    /// The field, as NATS names it.
    pub field: String,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl fmt::Display for DriftField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            expected,
            found,
        } = self;
        write!(f, "{field} is {found}, must be {expected}")
    }
}

struct Known<'a>(&'a Option<Sequence>);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(sequence) => write!(f, "{sequence}"),
            None => f.write_str("another"),
        }
    }
}

struct AtSequence<'a>(&'a Option<Sequence>);

impl fmt::Display for AtSequence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(sequence) => write!(f, " at sequence {sequence}"),
            None => Ok(()),
        }
    }
}

struct Listed<'a>(&'a [DriftField]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, field) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{field}")?;
        }
        Ok(())
    }
}
