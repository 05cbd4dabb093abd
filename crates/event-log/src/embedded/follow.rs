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
        let (after, head) = (self.after, *self.head.borrow());
        if after > head {
            return Err(LogError::BeyondHead { after, head });
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
