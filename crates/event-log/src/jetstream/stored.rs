//! A message as the stream keeps it, and the record it is: ours, or a foreign one.

use async_nats::header::HeaderName;
use async_nats::jetstream::Message;
use async_nats::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::headers;
use crate::record::foreign_id;
use crate::{
    Attributes, Digest, FOREIGN, Incarnation, MAX_ATTRIBUTE_BYTES, MAX_BODY_BYTES, Record,
    Sequence, Subject,
};

/// The first line of a header block without a status.
const VERSION: &str = "NATS/1.0";

/// A message of the stream, whoever wrote it.
pub(super) struct Stored {
    pub(super) sequence: Sequence,
    subject: String,
    /// Or why there are none to be read.
    headers: Result<HeaderMap, &'static str>,
    body: Bytes,
    time: DateTime<Utc>,
}

impl Stored {
    /// What a consumer delivered, and which delivery of the consumer's it is, counted from 1.
    pub(super) fn delivered(message: Message) -> Result<(Self, u64), async_nats::Error> {
        let info = message.info()?;
        let nanos = info.published.unix_timestamp_nanos();
        let (sequence, turn) = (info.stream_sequence, info.consumer_sequence);
        let message = message.message;
        let stored = Self {
            sequence,
            subject: message.subject.into_string(),
            headers: match message.status {
                Some(_) => Err(STATUS),
                None => Ok(message.headers.unwrap_or_default()),
            },
            body: message.payload,
            time: instant(i64::try_from(nanos / 1_000).unwrap_or(0)),
        };
        Ok((stored, turn))
    }

    /// What `STREAM.MSG.GET` answers under `message`; `None` when the answer cannot be read.
    pub(super) fn answered(message: &Value) -> Option<Self> {
        let text = |field| match message.get(field) {
            None => Some(""),
            Some(value) => value.as_str(),
        };
        let headers = STANDARD.decode(text("hdrs")?).ok()?;
        let time = DateTime::parse_from_rfc3339(text("time")?).ok()?;
        Some(Self {
            sequence: message.get("seq")?.as_u64()?,
            subject: text("subject")?.to_owned(),
            headers: block(&headers),
            body: STANDARD.decode(text("data")?).ok()?.into(),
            time: instant(time.timestamp_micros()),
        })
    }

    /// The record it is.
    pub(super) fn record(self, incarnation: impl FnOnce() -> Incarnation) -> Record {
        match self.own() {
            Ok((subject, (id, digest, attributes))) => Record {
                sequence: self.sequence,
                subject,
                id,
                digest,
                attributes,
                body: self.body,
            },
            Err(reason) => self.foreign(reason, &incarnation()),
        }
    }

    fn own(&self) -> Result<(Subject, (uuid::Uuid, Digest, Attributes)), String> {
        let subject = self.subject()?;
        let headers = self
            .headers
            .as_ref()
            .map_err(|reason| (*reason).to_owned())?;
        if self.body.len() > MAX_BODY_BYTES {
            return Err(format!("its body is {} bytes long", self.body.len()));
        }
        headers::read(headers).map(|said| (subject, said))
    }

    fn subject(&self) -> Result<Subject, String> {
        // The server writes this where bytes are none; subjects that differ would become one.
        if self.subject.contains(char::REPLACEMENT_CHARACTER) {
            return Err("its subject is not UTF-8".to_owned());
        }
        Subject::parse(&self.subject).map_err(|error| error.to_string())
    }

    fn foreign(self, mut reason: String, incarnation: &Incarnation) -> Record {
        let sequence = self.sequence;
        tracing::warn!(sequence, reason, "a message of the log is foreign");
        while reason.len() > MAX_ATTRIBUTE_BYTES {
            reason.pop();
        }
        Record {
            sequence,
            subject: self
                .subject()
                .unwrap_or_else(|_| Subject::foreign(sequence)),
            id: foreign_id(incarnation, sequence),
            digest: Digest::of(&self.body),
            attributes: Attributes {
                source: reason,
                kind: FOREIGN.to_owned(),
                time: self.time,
            },
            body: self.body,
        }
    }
}

const STATUS: &str = "its headers have a status";
const UNREADABLE: &str = "its headers cannot be read";

/// Reads a header block as the client does with one that a consumer delivers, so that both ways lead
/// to the same record.
fn block(bytes: &[u8]) -> Result<HeaderMap, &'static str> {
    let mut headers = HeaderMap::new();
    if bytes.is_empty() {
        return Ok(headers);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| UNREADABLE)?;
    let mut lines = text.lines().peekable();
    match lines.next().and_then(|line| line.strip_prefix(VERSION)) {
        Some(status) if status.trim().is_empty() => {}
        Some(_) => return Err(STATUS),
        None => return Err(UNREADABLE),
    }
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let (name, value) = line.split_once(':').ok_or(UNREADABLE)?;
        let name: HeaderName = name.parse().map_err(|_| UNREADABLE)?;
        let mut value = value.trim_start().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with(char::is_whitespace)) {
            value.push_str(more);
        }
        // Built from a text, a value panics at a line end in it.
        let value: HeaderValue = value.trim_end().parse().map_err(|_| UNREADABLE)?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// To the microsecond, as far as times are kept.
fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_a_lone_carriage_return_is_foreign_and_no_panic() {
        let read = block(b"NATS/1.0\r\nce-source: one\rtwo\r\n\r\n");
        assert_eq!(read.err(), Some(UNREADABLE));
        assert!(block(b"NATS/1.0\r\nce-source: one two\r\n\r\n").is_ok());
    }
}
