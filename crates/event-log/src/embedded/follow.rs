//! Following the log: catch up, then wait for the writer's word.

use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::watch;

use super::EmbeddedLog;
use crate::{EventLog, LogError, Record, Sequence};

/// Records in one batch while catching up.
const BATCH: usize = 1_000;

enum Next {
    Batch(Place),
    Ended,
}

struct Place {
    log: EmbeddedLog,
    after: Sequence,
    head: watch::Receiver<Sequence>,
}

pub(super) fn from(
    log: EmbeddedLog,
    after: Sequence,
    head: watch::Receiver<Sequence>,
) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
    let start = Next::Batch(Place { log, after, head });
    stream::unfold(start, |next| async move {
        let Next::Batch(mut place) = next else {
            return None;
        };
        match place.next().await {
            Ok(records) => Some((Ok(records), Next::Batch(place))),
            Err(error) => Some((Err(error), Next::Ended)),
        }
    })
    .boxed()
}

impl Place {
    async fn next(&mut self) -> Result<Vec<Record>, LogError> {
        let (after, told) = (self.after, *self.head.borrow());
        if after > told {
            // A commit can be read, here or by another follower, before the writer tells of it.
            let head = self.log.head().await?;
            if after > head {
                return Err(LogError::BeyondHead { after, head });
            }
        }
        self.head
            .wait_for(|head| *head > after)
            .await
            .map_err(|_| LogError::Unavailable {
                reason: "the writer has stopped".to_owned(),
            })?;
        let records = self.log.read_batch(after, BATCH).await?;
        let Some(last) = records.last() else {
            return Err(LogError::Corrupt {
                sequence: Some(after + 1),
                reason: "it was written and cannot be read".to_owned(),
            });
        };
        self.after = last.sequence;
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::{Append, Attributes, Digest, EmbeddedOptions, Subject};

    fn message(number: u128) -> Append {
        Append {
            subject: Subject::parse(&format!("evt.cambs.action.A/{number}")).unwrap(),
            expected: 0,
            id: Uuid::from_u128(number),
            digest: Digest::of(b"command"),
            attributes: Attributes {
                source: "/test".to_owned(),
                kind: "test".to_owned(),
                time: chrono::DateTime::UNIX_EPOCH,
            },
            body: "{}".into(),
        }
    }

    /// A commit can be read a moment before the writer tells of it.
    #[tokio::test]
    async fn a_follower_that_reads_ahead_of_the_word_waits_for_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let log = EmbeddedLog::open(folder.path(), EmbeddedOptions::default())
            .await
            .unwrap();
        for number in 1..=3 {
            log.append(message(number)).await.unwrap();
        }
        let (told, head) = watch::channel(1);
        let mut batches = from(log, 0, head);
        assert_eq!(batches.next().await.unwrap().unwrap().len(), 3);
        let waits = tokio::time::timeout(Duration::from_millis(50), batches.next()).await;
        assert!(waits.is_err(), "{waits:?}");
        drop(told);
    }
}
