//! The append-only log behind one trait: NATS JetStream and an embedded file.
//!
//! One message is one decision. An append states the last sequence it expects of its subject, zero
//! included, and its answer is never a guess: see [`EventLog::append`]. A message id is used once in
//! the life of a log, over all subjects.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

#[cfg(feature = "contract")]
pub mod contract;
mod digest;
mod embedded;
mod error;
pub mod failpoint;
mod jetstream;
mod limits;
mod log;
mod record;
mod subject;

pub use digest::{Digest, DigestError};
pub use embedded::{EmbeddedLog, EmbeddedOptions};
pub use error::{AppendError, ConflictCode, DriftField, LogError};
#[doc(hidden)]
pub use jetstream::fuzzing;
pub use jetstream::{Credentials, JetStreamLog, JetStreamOptions, provision};
pub use limits::{
    MAX_ATTRIBUTE_BYTES, MAX_BATCH, MAX_BATCH_BYTES, MAX_BODY_BYTES, MAX_SUBJECT_BYTES,
};
pub use log::EventLog;
pub use record::{Append, Appended, Attributes, FOREIGN, Incarnation, Record, Sequence};
pub use subject::{Subject, SubjectError};
