//! Following the stream: a short-lived consumer, made again after whatever breaks it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::{MessagesError, Stream};
use futures::stream::{self, BoxStream, ReadyChunks, StreamExt};
use tokio::time::timeout;

use super::consume;
use super::server::Server;
use crate::{Incarnation, LogError, Record, Sequence};

/// Messages asked for at a time, and most records in one batch.
const BATCH: usize = 1_000;

/// Pauses between attempts at a new consumer.
const PAUSE: Duration = Duration::from_millis(100);

/// Attempts in vain between two warnings.
const WARNED: u64 = 50;

/// How long a head below the position may be a new leader that has not applied all it holds.
const ELECTION: Duration = Duration::from_secs(5);

/// Consumers in a row that did not deliver the next message though it is there, before it is read at
/// the leader: the client breaks its connection at headers that it cannot read, keeps to itself what
/// has a status, and may drop what comes too fast.
const FRUITLESS: u32 = 1;

struct Place {
    server: Arc<Server>,
    after: Sequence,
    incarnation: Option<Incarnation>,
    messages: Option<ReadyChunks<Stream>>,
    /// Connections so far when the consumer was made.
    connects: u64,
    fruitless: u32,
    ended: bool,
}

pub(super) fn from(
    server: Arc<Server>,
    after: Sequence,
) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
    run(server, after, None)
}

/// The same, of one incarnation only.
pub(super) fn of(
    server: Arc<Server>,
    after: Sequence,
    incarnation: Incarnation,
) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
    run(server, after, Some(incarnation))
}

fn run(
    server: Arc<Server>,
    after: Sequence,
    incarnation: Option<Incarnation>,
) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
    let place = Place {
        server,
        after,
        incarnation,
        messages: None,
        connects: 0,
        fruitless: 0,
        ended: false,
    };
    stream::unfold(place, |mut place| async move {
        if place.ended {
            return None;
        }
        let next = place.next().await;
        place.ended = next.is_err();
        Some((next, place))
    })
    .boxed()
}

impl Place {
    async fn next(&mut self) -> Result<Vec<Record>, LogError> {
        loop {
            let Some(messages) = &mut self.messages else {
                match self.open().await? {
                    Some(record) => return Ok(vec![record]),
                    None => continue,
                }
            };
            let records = match timeout(consume::GLANCE, messages.next()).await {
                Ok(Some(chunk)) => self.take(chunk)?,
                Ok(None) => {
                    self.messages = None;
                    Vec::new()
                }
                Err(_) => Vec::new(),
            };
            if self.connects != self.server.connects() {
                self.messages = None;
            }
            if !records.is_empty() {
                return Ok(records);
            }
        }
    }

    /// The records of a chunk that continue the log; whatever breaks it closes the consumer.
    fn take(
        &mut self,
        chunk: Vec<Result<Message, MessagesError>>,
    ) -> Result<Vec<Record>, LogError> {
        let mut records = Vec::with_capacity(chunk.len());
        for message in chunk {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    tracing::debug!(%error, after = self.after, "a follower starts again");
                    self.messages = None;
                    break;
                }
            };
            let (record, _) = consume::record(&self.server, message)?;
            let expected = self.after + 1;
            if record.sequence < expected {
                continue;
            }
            if record.sequence > expected {
                // The client may have dropped what the log has: only the leader proves a gap.
                self.messages = None;
                break;
            }
            self.fruitless = 0;
            self.after = record.sequence;
            self.server.reaches(record.sequence);
            records.push(record);
        }
        Ok(records)
    }

    /// Makes a consumer at the position, once the stream is known to be the same and to reach there; or
    /// answers the next record when consumers do not deliver it.
    async fn open(&mut self) -> Result<Option<Record>, LogError> {
        let begun = Instant::now();
        for attempt in 1_u64.. {
            match self.try_open(begun).await {
                Ok(record) => return Ok(record),
                Err(Attempt::Ends(error)) => return Err(error),
                Err(Attempt::Again(reason)) => {
                    if attempt.is_multiple_of(WARNED) {
                        let seconds = begun.elapsed().as_secs();
                        tracing::warn!(reason, seconds, "a follower waits for the stream");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        Ok(None)
    }

    async fn try_open(&mut self, begun: Instant) -> Result<Option<Record>, Attempt> {
        let info = self.server.info_now().await;
        let info = info.map_err(|fault| Attempt::Again(fault.to_string()))?;
        let found = info.incarnation();
        let known = self.incarnation.get_or_insert_with(|| found.clone());
        if *known != found {
            return Err(Attempt::Ends(LogError::IncarnationChanged {
                known: known.clone(),
                found,
            }));
        }
        let (after, head) = (self.after, info.head);
        if after > head {
            if info.may_lag() && begun.elapsed() < ELECTION {
                return Err(Attempt::Again("the head is below the position".to_owned()));
            }
            return Err(Attempt::Ends(LogError::BeyondHead { after, head }));
        }
        if head > 0 && info.first > 1 {
            return Err(Attempt::Ends(LogError::Gap {
                expected: 1,
                found: info.first,
            }));
        }
        info.whole().map_err(Attempt::Ends)?;
        let again = |error: &dyn std::fmt::Display| Attempt::Again(error.to_string());
        if head > after {
            self.fruitless += 1;
        }
        if self.fruitless > FRUITLESS {
            let next = self.server.record(after + 1).await;
            let Some(record) = next.map_err(|error| again(&error))? else {
                if info.may_lag() && begun.elapsed() < ELECTION {
                    return Err(Attempt::Again("the next record is not there".to_owned()));
                }
                return Err(Attempt::Ends(LogError::Gap {
                    expected: after + 1,
                    found: head,
                }));
            };
            self.after = record.sequence;
            self.fruitless = 0;
            return Ok(Some(record));
        }
        self.connects = self.server.connects();
        let consumer = consume::consumer(&self.server, after, None)
            .await
            .map_err(|error| again(&error))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(BATCH)
            .expires(Duration::from_secs(10))
            .heartbeat(Duration::from_secs(1))
            .messages()
            .await
            .map_err(|error| again(&error))?;
        self.messages = Some(messages.ready_chunks(BATCH));
        Ok(None)
    }
}

enum Attempt {
    Again(String),
    Ends(LogError),
}
