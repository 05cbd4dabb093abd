//! A log in memory, into which a test puts whatever it likes.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use event_log::{
    Append, AppendError, Appended, EventLog, Incarnation, LogError, Record, Sequence, Subject,
};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::watch;
use uuid::Uuid;

#[derive(Clone)]
pub(crate) struct MemoryLog {
    incarnation: Incarnation,
    records: Arc<Mutex<Vec<Record>>>,
    head: Arc<watch::Sender<Sequence>>,
}

impl MemoryLog {
    pub(crate) fn new(incarnation: &str) -> Self {
        Self {
            incarnation: Incarnation(incarnation.to_owned()),
            records: Arc::default(),
            head: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Puts messages at the end, whatever they expect.
    pub(crate) fn put(&self, appends: impl IntoIterator<Item = Append>) {
        let mut records = self.records.lock().unwrap();
        for append in appends {
            let sequence = records.last().map_or(0, |r| r.sequence) + 1;
            records.push(Record {
                sequence,
                subject: append.subject,
                id: append.id,
                digest: append.digest,
                attributes: append.attributes,
                body: append.body,
            });
        }
        self.head
            .send_replace(records.last().map_or(0, |r| r.sequence));
    }

    /// Leaves a sequence out.
    pub(crate) fn lose(&self, sequence: Sequence) {
        self.records
            .lock()
            .unwrap()
            .retain(|r| r.sequence != sequence);
    }

    /// Cuts the end off.
    pub(crate) fn truncate(&self, head: Sequence) {
        self.records.lock().unwrap().retain(|r| r.sequence <= head);
        self.head.send_replace(head);
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.records.lock().unwrap().clone()
    }

    fn after(&self, after: Sequence, limit: usize) -> Vec<Record> {
        let records = self.records.lock().unwrap();
        let from = records.partition_point(|record| record.sequence <= after);
        records[from..].iter().take(limit).cloned().collect()
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn incarnation(&self) -> Result<Incarnation, LogError> {
        Ok(self.incarnation.clone())
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.put([append]);
        Ok(Appended {
            sequence: *self.head.borrow(),
            duplicate: false,
        })
    }

    async fn find(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        Ok(self.records().into_iter().find(|record| record.id == id))
    }

    async fn read(&self, sequence: Sequence) -> Result<Option<Record>, LogError> {
        Ok(self.after(sequence - 1, 1).pop())
    }

    async fn read_subject(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Vec<Record>, LogError> {
        let mut records = self.after(after, usize::MAX);
        records.retain(|record| record.subject == *subject);
        Ok(records)
    }

    async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError> {
        Ok(self.read_subject(subject, 0).await?.pop())
    }

    async fn head(&self) -> Result<Sequence, LogError> {
        Ok(*self.head.borrow())
    }

    async fn read_batch(&self, after: Sequence, limit: usize) -> Result<Vec<Record>, LogError> {
        Ok(self.after(after, limit))
    }

    fn follow(&self, after: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
        let state = (self.clone(), after, self.head.subscribe());
        stream::unfold(state, |(log, after, mut head)| async move {
            head.wait_for(|head| *head > after).await.ok()?;
            let records = log.after(after, 100);
            let last = records.last()?.sequence;
            Some((Ok(records), (log, last, head)))
        })
        .boxed()
    }
}
