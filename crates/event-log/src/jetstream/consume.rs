//! Reading many messages at once through a short-lived consumer.

use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use futures::StreamExt;
use tokio::time::timeout;

use super::server::Server;
use super::stored::Stored;
use crate::limits::{MAX_BATCH, MAX_BATCH_BYTES};
use crate::{LogError, Record, Sequence, Subject};

/// The server forgets a consumer that nobody has asked for so long. Nobody needs the right to delete
/// one.
const INACTIVE: Duration = Duration::from_secs(10);

/// Up to so many messages are read one by one: quicker for a few, and a busy service leaves no trail
/// of consumers behind it.
const FEW: usize = 64;

/// How often a quiet reader looks whether its connection is still the one it asked on: what was on the
/// way when another broke is lost, and the server goes on as if it had arrived.
pub(super) const GLANCE: Duration = Duration::from_millis(500);

/// How long one request for messages waits for them.
const EXPIRES: Duration = Duration::from_secs(3);

/// A consumer of everything after this position, or of one subject only. Nothing is acknowledged: the
/// reader keeps its own place.
pub(super) async fn consumer(
    server: &Server,
    after: Sequence,
    subject: Option<&Subject>,
) -> Result<Consumer<Config>, LogError> {
    let unique = server.client.new_inbox();
    let unique = unique.rsplit('.').next().unwrap_or_default();
    let config = Config {
        name: Some(format!("matters-{unique}")),
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: after.saturating_add(1),
        },
        ack_policy: AckPolicy::None,
        filter_subject: subject.map(ToString::to_string).unwrap_or_default(),
        inactive_threshold: INACTIVE,
        memory_storage: true,
        num_replicas: 1,
        ..Config::default()
    };
    server
        .context
        .create_consumer_on_stream(config, &server.options.stream)
        .await
        .map_err(|error| unavailable("making a consumer", &error))
}

/// The record that a consumer's message is, and which delivery of the consumer's it was, from 1.
pub(super) fn record(server: &Server, message: Message) -> Result<(Record, u64), LogError> {
    let (stored, turn) =
        Stored::delivered(message).map_err(|error| unavailable("a consumer's message", &error))?;
    Ok((stored.record(|| server.incarnation()), turn))
}

/// Records after a position, contiguous, within the limits of one batch.
pub(super) async fn batch(
    server: &Server,
    after: Sequence,
    limit: usize,
) -> Result<Vec<Record>, LogError> {
    let head = server.info().await?.head;
    let there = usize::try_from(head.saturating_sub(after)).unwrap_or(usize::MAX);
    let wanted = limit.min(MAX_BATCH).min(there);
    let mut records = Vec::new();
    if wanted <= FEW {
        for sequence in (after + 1..).take(wanted) {
            let record = server.record(sequence).await?.ok_or(LogError::Gap {
                expected: sequence,
                found: head,
            })?;
            records.push(record);
        }
        return Ok(records);
    }
    let last = after + wanted as u64;
    read_until(server, after, None, last, &mut records).await?;
    for (expected, record) in (after + 1..).zip(&records) {
        if record.sequence != expected {
            return Err(LogError::Gap {
                expected,
                found: record.sequence,
            });
        }
    }
    Ok(records)
}

/// Every record of a subject after a position: a few one by one, a long history by a consumer.
pub(super) async fn of_subject(
    server: &Server,
    subject: &Subject,
    after: Sequence,
) -> Result<Vec<Record>, LogError> {
    let Some(last) = server.last_of(subject).await? else {
        return Ok(Vec::new());
    };
    let mut records = Vec::new();
    let mut at = after;
    while at < last.sequence && records.len() < FEW {
        let Some(record) = server.next_of(subject, at).await? else {
            break;
        };
        at = record.sequence;
        records.push(record);
    }
    if at < last.sequence {
        read_until(server, at, Some(subject), last.sequence, &mut records).await?;
    }
    Ok(records)
}

/// Reads on until the record at `last`, which is known to be there; the whole log also stops at the
/// bytes of one batch. What no consumer delivers (the client breaks its connection at headers that it
/// cannot read, and keeps to itself what has a status) is read at the leader.
async fn read_until(
    server: &Server,
    after: Sequence,
    subject: Option<&Subject>,
    last: Sequence,
    records: &mut Vec<Record>,
) -> Result<(), LogError> {
    let begun = Instant::now();
    let (mut at, mut bytes) = (after, 0);
    while at < last {
        let before = at;
        let ended = read_on(server, &mut at, subject, last, &mut bytes, records).await;
        if at == before {
            let next = match subject {
                None => server.record(at + 1).await?,
                Some(subject) => server.next_of(subject, at).await?,
            };
            let Some(record) = next else {
                return Err(ended.err().unwrap_or(LogError::Gap {
                    expected: at + 1,
                    found: last,
                }));
            };
            at = record.sequence;
            bytes += record.body.len();
            records.push(record);
        }
        if begun.elapsed() > server.options.read_timeout * 4 {
            return Err(unavailable("a long read", &"it did not come to its end"));
        }
        if subject.is_none() && bytes >= MAX_BATCH_BYTES {
            break;
        }
    }
    Ok(())
}

/// One consumer's worth: until the last record, the limit of bytes, or whatever breaks the consumer.
async fn read_on(
    server: &Server,
    at: &mut Sequence,
    subject: Option<&Subject>,
    last: Sequence,
    bytes: &mut usize,
    records: &mut Vec<Record>,
) -> Result<(), LogError> {
    let broken = |error: &dyn std::fmt::Display| unavailable("a consumer", error);
    let (mut turns, connects) = (0, server.connects());
    let consumer = consumer(server, *at, subject).await?;
    loop {
        let most = usize::try_from(last - *at).unwrap_or(MAX_BATCH);
        let mut messages = consumer
            .batch()
            .max_messages(most.min(1_000))
            .expires(EXPIRES)
            .messages()
            .await
            .map_err(|error| broken(&error))?;
        let before = *at;
        loop {
            let message = match timeout(GLANCE, messages.next()).await {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(_) if server.connects() == connects => continue,
                Err(_) => return Err(broken(&"its connection broke")),
            };
            let (record, turn) = record(server, message.map_err(|error| broken(&error))?)?;
            turns += 1;
            if turn != turns {
                return Err(broken(&"a message was not delivered"));
            }
            *at = record.sequence;
            *bytes += record.body.len();
            records.push(record);
            if *at >= last || (subject.is_none() && *bytes >= MAX_BATCH_BYTES) {
                return Ok(());
            }
        }
        if *at == before {
            return Err(broken(&"nothing came"));
        }
    }
}

fn unavailable(what: &str, error: &dyn std::fmt::Display) -> LogError {
    LogError::Unavailable {
        reason: format!("{what}: {error}"),
    }
}
