//! Messages for the cases: every id follows from a name, so a failing case repeats itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::PATIENCE;
use crate::{
    Append, AppendError, Appended, Attributes, Digest, EventLog, Record, Sequence, Subject,
};

/// A subject of the cases' own area.
#[must_use]
pub fn subject(name: &str) -> Subject {
    Subject::parse(&format!("evt.contract.action.{name}")).unwrap()
}

/// An instant, in microseconds after the first of 2019.
#[must_use]
pub fn instant(micros: u32) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_546_300_800_000_000 + i64::from(micros)).unwrap()
}

/// A message in the making.
#[derive(Clone, Debug)]
pub struct Message {
    append: Append,
}

impl Message {
    /// A message whose id, digest and body follow from its name.
    #[must_use]
    pub fn new(on: &str, name: &str) -> Self {
        let append = Append {
            id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
            subject: subject(on),
            expected: 0,
            digest: Digest::of(name.as_bytes()),
            attributes: Attributes {
                source: "/contract/søurce with space, 100 %".to_owned(),
                kind: "contract.written.v1".to_owned(),
                time: instant(123_456),
            },
            body: Bytes::from(format!("{{\"name\":\"{name}\"}}")),
        };
        Self { append }
    }

    /// States the expectation.
    #[must_use]
    pub fn expects(mut self, sequence: Sequence) -> Self {
        self.append.expected = sequence;
        self
    }

    /// Changes anything else.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Append)) -> Self {
        change(&mut self.append);
        self
    }

    /// The append.
    #[must_use]
    pub fn append(&self) -> Append {
        self.append.clone()
    }

    /// Appends it.
    ///
    /// # Errors
    /// As [`EventLog::append`].
    pub async fn to(&self, log: &Arc<dyn EventLog>) -> Result<Appended, AppendError> {
        log.append(self.append()).await
    }

    /// The record it is at this position.
    #[must_use]
    pub fn record_at(&self, sequence: Sequence) -> Record {
        let Append {
            id,
            subject,
            digest,
            attributes,
            body,
            ..
        } = self.append();
        Record {
            sequence,
            subject,
            id,
            digest,
            attributes,
            body,
        }
    }
}

/// Appends with the same id and expectation until the log says what became of it.
///
/// # Errors
/// As [`EventLog::append`], without `OutcomeUnknown` and `Unavailable`.
pub async fn append_until_answered(
    log: &Arc<dyn EventLog>,
    message: &Message,
) -> Result<Appended, AppendError> {
    let begun = Instant::now();
    loop {
        match message.to(log).await {
            Err(error @ (AppendError::OutcomeUnknown { .. } | AppendError::Unavailable { .. })) => {
                assert!(begun.elapsed() < PATIENCE, "no answer in time: {error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            answer => return answer,
        }
    }
}

/// Writes `count` messages, each on a subject of its own, and returns them in the log's order.
pub(super) async fn fill(log: &Arc<dyn EventLog>, name: &str, count: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    for index in 0..count {
        let name = format!("{name}-{index}");
        let message = Message::new(&name, &name);
        message.to(log).await.unwrap();
        messages.push(message);
    }
    messages
}
