//! Appends without the program: what its own are held against.

use anyhow::Result;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use event_log::{Append, Attributes, Digest, EventLog, Sequence, Subject};
use std::sync::Arc;
use testkit::nats::RawPublisher;
use uuid::Uuid;

const SOURCE: &str = "/bench";

/// The way of a message to the disk, with nothing before it.
#[derive(Clone)]
pub(crate) enum Raw {
    /// The embedded log's own append: there is nothing below it that others could call.
    Log(Arc<dyn EventLog>),
    /// A publish of async-nats to the same server, with the same headers.
    Nats(RawPublisher),
}

impl Raw {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Raw::Log(_) => "raw append",
            Raw::Nats(_) => "raw publish",
        }
    }

    /// Appends a message after the last one of its subject; where it stands.
    pub(crate) async fn append(
        &self,
        subject: &str,
        expected: Sequence,
        body: Bytes,
    ) -> Result<Sequence> {
        let id = fresh_id();
        let digest = Digest::of(&body);
        let kind = domain::stored::DECISION_TYPE;
        let time = DateTime::<Utc>::UNIX_EPOCH;
        match self {
            Raw::Log(log) => {
                let append = Append {
                    id,
                    subject: Subject::parse(subject)?,
                    expected,
                    digest,
                    attributes: Attributes {
                        source: SOURCE.to_owned(),
                        kind: kind.to_owned(),
                        time,
                    },
                    body,
                };
                Ok(log.append(append).await?.sequence)
            }
            Raw::Nats(publisher) => {
                let headers = [
                    ("Nats-Msg-Id", id.to_string()),
                    ("Nats-Expected-Last-Subject-Sequence", expected.to_string()),
                    ("matters-command-sha256", digest.to_string()),
                    ("ce-id", id.to_string()),
                    ("ce-specversion", "1.0".to_owned()),
                    ("ce-datacontenttype", "application/json".to_owned()),
                    ("ce-source", SOURCE.to_owned()),
                    ("ce-type", kind.to_owned()),
                    ("ce-time", time.to_rfc3339_opts(SecondsFormat::Micros, true)),
                ];
                publisher.publish(subject.to_owned(), &headers, body).await
            }
        }
    }
}

/// Identifiers that no other round makes: time-ordered where the log keeps an index of them.
pub(crate) fn fresh_id() -> Uuid {
    #[allow(
        clippy::disallowed_methods,
        reason = "a measurement that is repeated on one log needs fresh identifiers"
    )]
    let id = Uuid::now_v7();
    id
}
