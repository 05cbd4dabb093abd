//! The trait that both logs implement.

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use uuid::Uuid;

use crate::{Append, AppendError, Appended, Incarnation, LogError, Record, Sequence, Subject};

/// Records that are asked for side by side.
const AT_ONCE: usize = 16;

/// An append-only log of decisions. Every method but [`EventLog::seen`] reads its own writes and
/// everybody else's that were acknowledged before the call.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// The identity of this log's creation.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn incarnation(&self) -> Result<Incarnation, LogError>;

    /// Appends one message, once. When it answers `Ok` the message is on disk; `duplicate` tells that
    /// an earlier append of the same id, subject and digest had put it there. An id is looked up
    /// before the expectation, so a retry succeeds however far its subject has moved on.
    ///
    /// The future may be dropped: the append then runs to its end or never begins.
    ///
    /// # Errors
    /// [`AppendError`]; every kind except `OutcomeUnknown` says that nothing was written.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// The record with this message id, however old.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn find(&self, id: Uuid) -> Result<Option<Record>, LogError>;

    /// The record with this message id when it is known without asking the log's leader: a cheap look
    /// before the work of a command. It may miss ids of the last minute, never older ones. The append
    /// is the authority, and [`find`](Self::find) is exact: ask it before a miss becomes the reason of
    /// a refusal.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn seen(&self, id: Uuid) -> Result<Option<Record>, LogError> {
        self.find(id).await
    }

    /// The record at this position.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn read(&self, sequence: Sequence) -> Result<Option<Record>, LogError>;

    /// The records at these positions, in the order they are given in; `None` where there is none.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn read_many(&self, sequences: &[Sequence]) -> Result<Vec<Option<Record>>, LogError> {
        let read = sequences
            .iter()
            .copied()
            .map(|sequence| self.read(sequence));
        stream::iter(read).buffered(AT_ONCE).try_collect().await
    }

    /// Every record of a subject after this position, in order.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn read_subject(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Vec<Record>, LogError>;

    /// The last record of a subject.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError>;

    /// The last sequence of the log, 0 when it is empty.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer.
    async fn head(&self) -> Result<Sequence, LogError>;

    /// Up to `limit` records after this position, in order and without a gap. Fewer come when the log
    /// ends, or at [`MAX_BATCH`](crate::MAX_BATCH) records or
    /// [`MAX_BATCH_BYTES`](crate::MAX_BATCH_BYTES); none only at the end of the log.
    ///
    /// # Errors
    /// [`LogError`] when the log does not answer, [`LogError::Gap`] when a sequence is missing.
    async fn read_batch(&self, after: Sequence, limit: usize) -> Result<Vec<Record>, LogError>;

    /// Every record after this position in batches, none of them empty: first what is there, then
    /// what comes, without a gap between. It outlives restarts of the server. It ends only with an
    /// error: a gap, a position beyond the head, a log made anew, corruption.
    fn follow(&self, after: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>>;
}
