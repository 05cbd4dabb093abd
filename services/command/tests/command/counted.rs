//! A log that counts what it is asked.

use event_log::{
    Append, AppendError, Appended, EventLog, Incarnation, LogError, Record, Sequence, Subject,
};
use futures::stream::BoxStream;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use uuid::Uuid;

/// Holds one append up, so that something else can happen before it.
pub(crate) struct Gate {
    pub(crate) reached: Notify,
    pub(crate) open: Notify,
    appends_before: AtomicUsize,
}

impl Gate {
    async fn pass(&self) {
        if self.appends_before.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.reached.notify_one();
            self.open.notified().await;
        }
    }
}

#[derive(Clone)]
pub(crate) struct Counted {
    log: Arc<dyn EventLog>,
    gate: Option<Arc<Gate>>,
    asked: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl Counted {
    pub(crate) fn new(log: Arc<dyn EventLog>) -> Self {
        Self {
            log,
            gate: None,
            asked: Arc::default(),
        }
    }

    /// The same with a gate before the append that follows so many others.
    pub(crate) fn gated(log: Arc<dyn EventLog>, appends_before: usize) -> (Self, Arc<Gate>) {
        let gate = Arc::new(Gate {
            reached: Notify::new(),
            open: Notify::new(),
            appends_before: AtomicUsize::new(appends_before),
        });
        let mut counted = Self::new(log);
        counted.gate = Some(Arc::clone(&gate));
        (counted, gate)
    }

    /// How often each method was called since this was last asked for.
    pub(crate) fn take(&self) -> BTreeMap<&'static str, usize> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn count(&self, method: &'static str) -> &dyn EventLog {
        *self.asked.lock().unwrap().entry(method).or_default() += 1;
        &*self.log
    }
}

#[tonic::async_trait]
impl EventLog for Counted {
    async fn incarnation(&self) -> Result<Incarnation, LogError> {
        self.count("incarnation").incarnation().await
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
        self.count("append").append(append).await
    }

    async fn find(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        self.count("find").find(id).await
    }

    async fn seen(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        self.count("seen").seen(id).await
    }

    async fn read(&self, sequence: Sequence) -> Result<Option<Record>, LogError> {
        self.count("read").read(sequence).await
    }

    async fn read_subject(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Vec<Record>, LogError> {
        self.count("read_subject")
            .read_subject(subject, after)
            .await
    }

    async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError> {
        self.count("last_of").last_of(subject).await
    }

    async fn head(&self) -> Result<Sequence, LogError> {
        self.count("head").head().await
    }

    async fn read_batch(&self, after: Sequence, limit: usize) -> Result<Vec<Record>, LogError> {
        self.count("read_batch").read_batch(after, limit).await
    }

    fn follow(&self, after: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
        self.count("follow").follow(after)
    }
}
