//! Finishing, at the start, what a crash left half done.

use crate::answer::{asking, day_of};
use crate::caller::Caller;
use crate::journal::{Entry, on_disk, refused_for_good};
use crate::service::Inner;
use api::failure::Failure;
use api::request::{self, Asked, Call};
use api::v1;
use event_log::{Digest, Sequence};
use uuid::Uuid;

/// Why nothing that was left half done can be finished: the folder cannot be read, or the log does not
/// answer.
#[derive(Debug, thiserror::Error)]
#[error("what was left half done cannot be finished now: {reason}")]
pub struct RecoveryError {
    /// What happened.
    pub reason: String,
}

/// Finishes what had begun and can be finished. What was only written down is forgotten: nobody was told
/// that it is done, and its caller may have been told by now, by another replica, that it is refused.
/// What cannot be finished is left in its file, logged and counted, and the next
/// start tries again: one request must not keep the service from all others. Only when the log does
/// not answer at all is there an error, as there would be for any start.
pub(crate) async fn recover(inner: &Inner) -> Result<usize, RecoveryError> {
    let journal = inner.journal.clone();
    let (ids, strangers) = on_disk(move || journal.unfinished())
        .await
        .map_err(|failure| RecoveryError {
            reason: cause_of(&failure),
        })?;
    for _ in 0..strangers {
        inner.metrics.left_unfinished();
    }
    let mut finished = 0;
    for id in ids {
        match settle(inner, id).await {
            Ok(true) => finished += 1,
            Ok(false) => {}
            // The log does not answer: nothing can be said of any request.
            Err(failure) if failure.reason().code() == tonic::Code::Unavailable => {
                return Err(RecoveryError {
                    reason: format!("request {id}: {}", cause_of(&failure)),
                });
            }
            Err(failure) => {
                inner.metrics.left_unfinished();
                tracing::error!(
                    request_id = %id,
                    reason = failure.reason().as_str(),
                    cause = cause_of(&failure),
                    "a request that was left half done cannot be finished; it stays in the journal"
                );
            }
        }
    }
    Ok(finished)
}

/// Finishes one, or finds that it never began or is refused by now; whether it was finished.
async fn settle(inner: &Inner, id: Uuid) -> Result<bool, Failure> {
    let journal = inner.journal.clone();
    let entry = on_disk(move || journal.read(id)).await?;
    let finished = match finish(inner, &entry).await {
        Ok(false) => {
            tracing::info!(request_id = %id, method = entry.method, "written down and never begun");
            false
        }
        Ok(true) => {
            inner.metrics.finished_after_a_crash();
            tracing::info!(request_id = %id, method = entry.method, "finished after a crash");
            true
        }
        Err(failure) if refused_for_good(&failure) => {
            tracing::warn!(
                request_id = %id,
                method = entry.method,
                reason = failure.reason().as_str(),
                "a request that was left half done is refused by now"
            );
            false
        }
        Err(failure) => return Err(failure),
    };
    let journal = inner.journal.clone();
    on_disk(move || journal.forget(id)).await?;
    Ok(finished)
}

fn cause_of(failure: &Failure) -> String {
    failure.cause().unwrap_or_else(|| failure.to_string())
}

/// Whether there was something to finish.
async fn finish(inner: &Inner, entry: &Entry) -> Result<bool, Failure> {
    let unreadable = || Failure::Fault {
        cause: format!("the journal's entry {} cannot be read", entry.id),
    };
    let (method, digest, asked) = request_of(entry).ok_or_else(unreadable)?;
    let on = day_of(&asked, entry.today);
    let principal = entry.principal.clone();
    // Of an entry without it, only the last state is looked at.
    let caller = Caller::of_what_has_begun(entry.checked.unwrap_or(Sequence::MAX));
    let mut asking = asking(&asked, method, digest, principal, entry.today, caller);
    asking.on = on;
    match inner.has_begun(&asking, &asked.ask).await? {
        Some(None) => return Ok(false),
        Some(Some(first)) => asking.caller.wrote(first),
        None => {}
    }
    inner.perform(&asking, &asked.ask, entry).await?;
    Ok(true)
}

/// The request that was written down; `None` when it cannot be read.
pub(crate) fn request_of(entry: &Entry) -> Option<(&'static str, Digest, Asked)> {
    let bytes = entry.bytes()?;
    match entry.method.as_str() {
        v1::RespondToActionRequest::METHOD => read::<v1::RespondToActionRequest>(&bytes),
        v1::SplitActionRequest::METHOD => read::<v1::SplitActionRequest>(&bytes),
        v1::RestrictActionRequest::METHOD => read::<v1::RestrictActionRequest>(&bytes),
        v1::RaiseUndertakingRequest::METHOD => read::<v1::RaiseUndertakingRequest>(&bytes),
        _ => None,
    }
}

fn read<C: Call>(bytes: &[u8]) -> Option<(&'static str, Digest, Asked)> {
    let message = C::decode(bytes).ok()?;
    let asked = request::read(&message).ok()?;
    Some((C::METHOD, crate::answer::digest(&message), asked))
}
