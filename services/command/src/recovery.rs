//! Finishing, at the start, what a crash left half done.

use crate::answer::{asking, day_of};
use crate::journal::{Entry, refused_for_good};
use crate::service::Inner;
use api::failure::Failure;
use api::request::{self, Asked, Call};
use api::v1;
use event_log::Digest;

/// Why the start could not finish what was half done.
#[derive(Debug, thiserror::Error)]
#[error("a request that was left half done cannot be finished now: {reason}")]
pub struct RecoveryError {
    /// What happened.
    pub reason: String,
}

pub(crate) async fn recover(inner: &Inner) -> Result<usize, RecoveryError> {
    let failed = |reason: String| RecoveryError { reason };
    let journal = inner.journal.clone();
    let (entries, unreadable) = tokio::task::spawn_blocking(move || journal.unfinished())
        .await
        .map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))?;
    for path in unreadable {
        // It was renamed into place after it was on disk, so this is not a crash's doing.
        tracing::error!(file = %path.display(), "an entry of the journal cannot be read; it is left");
    }
    let mut finished = 0;
    for entry in entries {
        match finish(inner, &entry).await {
            Ok(()) => {
                finished += 1;
                inner.metrics.finished_after_a_crash();
                tracing::info!(request_id = %entry.id, method = entry.method, "finished after a crash");
            }
            Err(failure) if refused_for_good(&failure) => {
                tracing::warn!(
                    request_id = %entry.id,
                    method = entry.method,
                    reason = failure.reason().as_str(),
                    "a request that was left half done is refused by now"
                );
            }
            Err(failure) => {
                return Err(failed(
                    failure.cause().unwrap_or_else(|| failure.to_string()),
                ));
            }
        }
        if let Err(error) = inner.journal.forget(entry.id) {
            return Err(failed(error.to_string()));
        }
    }
    Ok(finished)
}

async fn finish(inner: &Inner, entry: &Entry) -> Result<(), Failure> {
    let unreadable = || Failure::Fault {
        cause: format!("the journal's entry {} cannot be read", entry.id),
    };
    let bytes = entry.bytes().ok_or_else(unreadable)?;
    let (method, digest, asked) = match entry.method.as_str() {
        v1::RespondToActionRequest::METHOD => read::<v1::RespondToActionRequest>(&bytes),
        v1::SplitActionRequest::METHOD => read::<v1::SplitActionRequest>(&bytes),
        v1::RaiseUndertakingRequest::METHOD => read::<v1::RaiseUndertakingRequest>(&bytes),
        _ => None,
    }
    .ok_or_else(unreadable)?;
    let on = day_of(&asked, entry.today);
    let mut asking = asking(&asked, method, digest, entry.principal.clone(), entry.today);
    asking.on = on;
    // What it was asked on has been decided: the crash came after the check of the etag.
    asking.etag = None;
    inner.perform(&asking, &asked.ask, entry).await.map(drop)
}

fn read<C: Call>(bytes: &[u8]) -> Option<(&'static str, Digest, Asked)> {
    let message = C::decode(bytes).ok()?;
    let asked = request::read(&message).ok()?;
    Some((C::METHOD, crate::answer::digest(&message), asked))
}
