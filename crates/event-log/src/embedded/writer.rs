//! The one thread that writes: appends that wait together share a transaction and its fsync.

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use super::database::VERSION;
use super::rows;
use crate::{Append, AppendError, Appended, ConflictCode, LogError, Sequence, failpoint};

pub(super) struct Job {
    pub(super) append: Append,
    pub(super) answer: oneshot::Sender<Answer>,
}

type Answer = Result<Appended, AppendError>;

/// Writes until every sender of jobs is gone.
pub(super) fn run(
    mut db: Connection,
    mut jobs: mpsc::Receiver<Job>,
    head: &watch::Sender<Sequence>,
    group: usize,
) {
    let mut waiting = Vec::with_capacity(group);
    while jobs.blocking_recv_many(&mut waiting, group) > 0 {
        failpoint::hit("before-append");
        let answers = match write(&mut db, &waiting) {
            Ok((answers, last)) => {
                failpoint::hit("after-append");
                head.send_if_modified(|head| std::mem::replace(head, last) != last);
                answers
            }
            Err(failure) => {
                tracing::error!(%failure, appends = waiting.len(), "a group of appends failed");
                let answers = settle(&mut db, &waiting, &failure);
                if let Ok(last) = rows::head(&db) {
                    head.send_if_modified(|head| std::mem::replace(head, last) != last);
                }
                answers
            }
        };
        for (job, answer) in waiting.drain(..).zip(answers) {
            // Nobody is obliged to wait for the answer.
            let _ = job.answer.send(answer);
        }
    }
}

/// One transaction for the whole group: the answers, and the head after it.
fn write(db: &mut Connection, group: &[Job]) -> Result<(Vec<Answer>, Sequence), Failure> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before = rows::head(&transaction)?;
    let mut head = before;
    let mut answers = Vec::with_capacity(group.len());
    for Job { append, .. } in group {
        let answer = match earlier(&transaction, append)? {
            Some(answer) => answer,
            None => {
                rows::insert(&transaction, head + 1, append)?;
                head += 1;
                Ok(Appended {
                    sequence: head,
                    duplicate: false,
                })
            }
        };
        answers.push(answer);
    }
    if head > before {
        transaction.commit()?;
    }
    Ok((answers, head))
}

/// The answer that what is already in the log gives; `None` when the append is free to be written.
fn earlier(db: &Connection, append: &Append) -> Result<Option<Answer>, LogError> {
    if let Some(record) = rows::by_id(db, append.id)? {
        return Ok(Some(append.answer_from(&record)));
    }
    let actual = rows::last_sequence_of(db, &append.subject)?;
    Ok((actual != append.expected).then(|| {
        Err(AppendError::Conflict {
            subject: append.subject.clone(),
            expected: append.expected,
            actual: Some(actual),
            code: ConflictCode::Expectation,
        })
    }))
}

/// After a failed group nothing is guessed: what is in the log is read, and where an error may have
/// left the group half on disk a further commit first overwrites that remainder.
fn settle(db: &mut Connection, group: &[Job], failure: &Failure) -> Vec<Answer> {
    let certain = failure.wrote_nothing() || bury(db).is_ok();
    let unwritten = || AppendError::Unavailable {
        reason: failure.to_string(),
    };
    let unknown = || AppendError::OutcomeUnknown {
        reason: failure.to_string(),
    };
    group
        .iter()
        .map(|Job { append, .. }| match earlier(db, append) {
            Ok(Some(answer)) if certain => answer,
            Ok(_) | Err(_) => Err(if certain { unwritten() } else { unknown() }),
        })
        .collect()
}

/// Frames of a commit whose fsync failed lie in the write-ahead log and a recovery after a crash could
/// take them for good. The next commit is written over them: this one changes nothing, and SQLite writes
/// it all the same, as it does not an UPDATE to the same content.
fn bury(db: &mut Connection) -> rusqlite::Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// Why a group was not written.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Log(#[from] LogError),
}

impl Failure {
    /// True when no commit can be on disk: it was never begun, or there was no room for its frames
    /// (the frame that marks a commit is the last to be written).
    fn wrote_nothing(&self) -> bool {
        match self {
            Self::Log(_) => true,
            Self::Sqlite(error) => !matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::SystemIoFailure) | None
            ),
        }
    }
}
