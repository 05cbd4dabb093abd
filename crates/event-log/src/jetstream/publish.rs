//! How a message reaches the stream: alone, or with those that wait for the disk at the same time.
//!
//! A server that syncs every message (`sync_interval: always`) takes as long over one as over a batch
//! of hundreds. So, where the options ask for it, messages that come while others are on their way
//! wait, and go together as one atomic batch (NATS ADR-50, server 2.12 and later). Each keeps its id
//! and its own expectation. A batch is stored whole or not at all: one that is refused is halved until
//! the message that was refused stands alone and has its own answer.

use std::collections::HashSet;
use std::sync::Arc;

use async_nats::HeaderMap;
use async_nats::client::Request;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::headers;
use super::server::{Fault, Server};
use crate::{Append, Sequence};

/// Most messages in a batch: more of them gain little and keep their clients waiting.
const MOST: usize = 256;
/// Bytes of bodies after which a batch takes no more.
const MOST_BYTES: usize = 4 << 20;
/// Messages that wait for a batch; whoever comes later waits for room here.
const WAITING: usize = 1_024;

const BATCH_ID: &str = "Nats-Batch-Id";
const BATCH_SEQUENCE: &str = "Nats-Batch-Sequence";
const BATCH_COMMIT: &str = "Nats-Batch-Commit";

/// Where a message stands, and whether the server had it already.
pub(super) type Published = Result<(Sequence, bool), Fault>;

/// The way into the stream.
pub(super) enum Publisher {
    /// Every message by itself, as many at once as come.
    Single,
    /// Those that wait together go together.
    Group(mpsc::Sender<Waiting>),
}

/// A message that waits, and who waits for its answer.
pub(super) struct Waiting {
    append: Append,
    answer: oneshot::Sender<Published>,
}

impl Publisher {
    pub(super) fn new(server: &Arc<Server>) -> Self {
        if !server.options.group_commit {
            return Self::Single;
        }
        let (sender, waiting) = mpsc::channel(WAITING);
        tokio::spawn(in_groups(Arc::clone(server), waiting));
        Self::Group(sender)
    }

    pub(super) async fn publish(&self, server: &Server, append: &Append) -> Published {
        let Self::Group(sender) = self else {
            return alone(server, append).await;
        };
        let (answer, answered) = oneshot::channel();
        let append = append.clone();
        let ended = || Fault::Unanswered {
            reason: "the task that publishes has ended".to_owned(),
        };
        let queued = sender.send(Waiting { append, answer }).await;
        queued.map_err(|_| ended())?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn in_groups(server: Arc<Server>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(first) => first,
            None => match waiting.recv().await {
                Some(first) => first,
                None => return,
            },
        };
        let (group, left) = gather(first, || waiting.try_recv().ok());
        next = left;
        commit(&server, group).await;
    }
}

/// Those that wait, up to the bounds of a batch or to one that cannot go with the others, which is
/// left for the next: a batch has each subject and each id once.
fn gather(
    first: Waiting,
    mut next: impl FnMut() -> Option<Waiting>,
) -> (Vec<Waiting>, Option<Waiting>) {
    let mut seen = HashSet::new();
    let mut bytes = first.append.body.len();
    seen.insert((Some(first.append.subject.clone()), None));
    seen.insert((None, Some(first.append.id)));
    let mut group = vec![first];
    while group.len() < MOST && bytes < MOST_BYTES {
        let Some(one) = next() else { break };
        let fresh = seen.insert((Some(one.append.subject.clone()), None))
            && seen.insert((None, Some(one.append.id)));
        if !fresh {
            return (group, Some(one));
        }
        bytes += one.append.body.len();
        group.push(one);
    }
    (group, None)
}

/// Publishes a group and tells everybody in it what came of theirs.
async fn commit(server: &Server, group: Vec<Waiting>) {
    let mut left = vec![group];
    while let Some(mut group) = left.pop() {
        // Nobody waits for these any more, and nothing of them was sent.
        group.retain(|one| !one.answer.is_closed());
        let fault = match group.as_slice() {
            [] => continue,
            [only] => {
                let published = alone(server, &only.append).await;
                tell(group, |_| published.clone());
                continue;
            }
            several => match together(server, several).await {
                Ok(first) => {
                    tell(group, |place| Ok((first + place, false)));
                    continue;
                }
                Err(fault) => fault,
            },
        };
        if matches!(fault, Fault::Refused { .. }) {
            let second = group.split_off(group.len() / 2);
            left.push(second);
            left.push(group);
        } else {
            tell(group, |_| Err(fault.clone()));
        }
    }
}

fn tell(group: Vec<Waiting>, published: impl Fn(u64) -> Published) {
    for (one, place) in group.into_iter().zip(0..) {
        // Who no longer waits finds the message by its id.
        let _ = one.answer.send(published(place));
    }
}

async fn alone(server: &Server, append: &Append) -> Published {
    let answer = send(server, append, headers::of(append)).await?;
    let duplicate = answer.get("duplicate").and_then(Value::as_bool);
    Ok((sequence(server, &answer)?, duplicate.unwrap_or(false)))
}

/// One atomic batch; where its first message stands.
async fn together(server: &Server, group: &[Waiting]) -> Result<Sequence, Fault> {
    let Some((last, others)) = group.split_last() else {
        return Err(Fault::NotSent {
            reason: "a batch of nothing".to_owned(),
        });
    };
    let id = batch_id();
    let of_batch = |append: &Append, place: usize| {
        let mut headers = headers::of(append);
        headers.insert(BATCH_ID, id.as_str());
        headers.insert(BATCH_SEQUENCE, place.to_string());
        headers
    };
    for (one, place) in others.iter().zip(1..) {
        let Append { subject, body, .. } = &one.append;
        let headers = of_batch(&one.append, place);
        let sent = server
            .client
            .publish_with_headers(subject.to_string(), headers, body.clone());
        // Without the message that commits, nothing of a batch is ever stored.
        sent.await.map_err(|error| Fault::NotSent {
            reason: error.to_string(),
        })?;
    }
    let mut headers = of_batch(&last.append, group.len());
    headers.insert(BATCH_COMMIT, "1");
    let answer = send(server, &last.append, headers).await?;
    let stored = answer.get("count").and_then(Value::as_u64);
    let end = sequence(server, &answer)?;
    let count = group.len() as u64;
    if stored == Some(count) && end >= count {
        return Ok(end - count + 1);
    }
    Err(Fault::Unanswered {
        reason: format!("the server's answer to a batch of {count} is about {stored:?}"),
    })
}

/// Names a batch while it is under way; it is nowhere stored.
fn batch_id() -> String {
    #[allow(
        clippy::disallowed_methods,
        reason = "no decision depends on it and no event has it"
    )]
    let id = Uuid::new_v4();
    id.simple().to_string()
}

async fn send(server: &Server, append: &Append, headers: HeaderMap) -> Result<Value, Fault> {
    let request = Request::new()
        .headers(headers)
        .payload(append.body.clone())
        .timeout(Some(server.options.attempt_timeout()));
    server.request(append.subject.to_string(), request).await
}

/// The sequence in an answer, of this stream and no other.
fn sequence(server: &Server, answer: &Value) -> Result<Sequence, Fault> {
    let stream = answer.get("stream").and_then(Value::as_str);
    match answer.get("seq").and_then(Value::as_u64) {
        Some(sequence) if stream == Some(&server.options.stream) && sequence > 0 => {
            server.reaches(sequence);
            Ok(sequence)
        }
        _ => Err(Fault::Unanswered {
            reason: "the server's answer names no sequence of the stream".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attributes, Digest, Subject};
    use chrono::DateTime;

    fn waiting(id: u128, subject: &str) -> Waiting {
        Waiting {
            append: Append {
                id: Uuid::from_u128(id),
                subject: Subject::parse(subject).unwrap(),
                expected: 0,
                digest: Digest::of(b""),
                attributes: Attributes {
                    source: String::new(),
                    kind: String::new(),
                    time: DateTime::UNIX_EPOCH,
                },
                body: vec![0; 64 << 10].into(),
            },
            answer: oneshot::channel().0,
        }
    }

    fn gathered(queue: Vec<Waiting>) -> (usize, bool) {
        let mut queue = queue.into_iter();
        let first = queue.next().unwrap();
        let (group, left) = gather(first, || queue.next());
        (group.len(), left.is_some())
    }

    #[test]
    fn a_batch_has_each_subject_and_each_id_once_and_has_bounds() {
        let distinct = |n: u128| waiting(n, &format!("evt.a.action.{n}"));
        assert_eq!(gathered((1..=3).map(distinct).collect()), (3, false));
        let again = vec![distinct(1), distinct(2), waiting(3, "evt.a.action.1")];
        assert_eq!(gathered(again), (2, true));
        let same_id = vec![distinct(1), waiting(1, "evt.a.action.2")];
        assert_eq!(gathered(same_id), (1, true));
        let large = MOST_BYTES / (64 << 10);
        assert_eq!(gathered((0..200).map(distinct).collect()), (large, false));
    }
}
