//! One call, from its arrival to its answer.
//!
//! The write itself runs in a task of its own: tonic drops a handler when its deadline passes, and a
//! write that has begun is better finished.

use crate::asking::Asking;
use crate::caller::Caller;
use crate::journal::Entry;
use crate::service::{Service, WRITES_LIMIT};
use api::auth;
use api::deadline::time_given;
use api::failure::Failure;
use api::request::{self, Asked, Call};
use api::v1;
use chrono::NaiveDate;
use domain::calendar::london;
use domain::policy::Principal;
use event_log::{AppendError, Digest, MAX_BODY_BYTES, failpoint};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tonic::{Request, Status};
use tracing::Instrument as _;
use uuid::Uuid;

/// How long a write may take when its caller gave no deadline.
const LONGEST: Duration = Duration::from_secs(30);

/// The answer leaves this long before the caller's deadline, so that it arrives.
const MARGIN: Duration = Duration::from_millis(20);

/// Of the method and the request: what tells a retry from another request under the same id.
pub(crate) fn digest<C: Call>(message: &C) -> Digest {
    let mut bytes = C::METHOD.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend(message.encode_to_vec());
    Digest::of(&bytes)
}

/// The day it happened.
pub(crate) fn day_of(asked: &Asked, today: NaiveDate) -> NaiveDate {
    asked.on.unwrap_or(today)
}

/// What every step of the write needs to know of the request.
pub(crate) fn asking(
    asked: &Asked,
    method: &'static str,
    digest: Digest,
    principal: Principal,
    today: NaiveDate,
    caller: Caller,
) -> Asking {
    Asking {
        id: asked.id,
        digest,
        method,
        area: asked.area.clone(),
        on: day_of(asked, today),
        today,
        etag: asked.etag,
        next_agenda: asked.next_agenda,
        principal,
        caller,
        together: vec![],
    }
}

/// What becomes of a write when as many are under way as may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenFull {
    /// It is refused: its caller can come again.
    Refuse,
    /// It waits, and with it the stream that it came by.
    Wait,
}

impl Service {
    /// Answers a call.
    pub(crate) async fn answer<C: Call>(
        &self,
        request: Request<C>,
        when_full: WhenFull,
    ) -> Result<v1::Written, Status> {
        let began = Instant::now();
        let answer = self.write(request, when_full, began).await;
        let metrics = &self.inner.metrics;
        metrics.took(C::METHOD, began.elapsed());
        answer
    }

    async fn write<C: Call>(
        &self,
        request: Request<C>,
        when_full: WhenFull,
        began: Instant,
    ) -> Result<v1::Written, Status> {
        if request.extensions().get::<Principal>().is_none() {
            return Err(self.refused(Failure::Token(identity::TokenError::Missing), None));
        }
        let asked = checked(request.get_ref()).map_err(|failure| self.refused(failure, None))?;
        let id = asked.id;
        let principal = auth::signed_in(&request, asked.area.as_str())
            .map_err(|failure| self.refused(failure, Some(id)))?;
        let given = time_given(request.metadata()).unwrap_or(LONGEST);
        let until = began + given.min(LONGEST).saturating_sub(MARGIN);
        let span = tracing::info_span!(
            "write",
            method = C::METHOD,
            request_id = %id,
            area = %asked.area,
            subject = principal.subject,
        );
        let work = async {
            let room = self.room(when_full, until).await?;
            self.under_way::<C>(request.into_inner(), asked, principal, until, room)
                .await
        };
        work.instrument(span)
            .await
            .map_err(|failure| self.refused(failure, Some(id)))
    }

    /// Room for one more write.
    async fn room(
        &self,
        when_full: WhenFull,
        until: Instant,
    ) -> Result<OwnedSemaphorePermit, Failure> {
        let room = Arc::clone(&self.inner.room);
        let busy = Failure::Busy {
            limit: WRITES_LIMIT as usize,
        };
        match when_full {
            WhenFull::Refuse => room.try_acquire_owned().map_err(|_| busy),
            WhenFull::Wait => {
                let waited = tokio::time::timeout_at(until, room.acquire_owned()).await;
                waited.ok().and_then(Result::ok).ok_or(busy)
            }
        }
    }

    async fn under_way<C: Call>(
        &self,
        message: C,
        asked: Asked,
        principal: Principal,
        until: Instant,
        room: OwnedSemaphorePermit,
    ) -> Result<v1::Written, Failure> {
        if let Some(reason) = self.inner.halted.get() {
            let reason = reason.clone();
            return Err(Failure::Append(AppendError::Unavailable { reason }));
        }
        let inner = Arc::clone(&self.inner);
        let today = london::civil_date((inner.clock)());
        let (there, caller) = Caller::waiting();
        let digest = digest(&message);
        let asking = asking(&asked, C::METHOD, digest, principal, today, caller);
        let entry = Entry::new(
            asked.id,
            C::METHOD,
            &message.encode_to_vec(),
            asking.principal.clone(),
            today,
        );
        let work = async move {
            let answer = inner.perform(&asking, &asked.ask, &entry).await;
            drop(room);
            failpoint::hit("before-reply");
            answer
        };
        let work = tokio::spawn(work.in_current_span());
        let answered = tokio::time::timeout_at(until, work).await;
        there.until_here();
        match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(stopped)) => Err(Failure::Fault {
                cause: format!("a write stopped: {stopped}"),
            }),
            Err(_) => Err(Failure::Deadline),
        }
    }

    /// Counts a refusal, logs a fault, and makes the status.
    pub(crate) fn refused(&self, failure: Failure, id: Option<Uuid>) -> Status {
        let reason = failure.reason();
        self.inner.metrics.rejected(reason);
        let request_id = id.map(|id| id.to_string()).unwrap_or_default();
        match failure.cause() {
            Some(cause) => {
                tracing::error!(
                    request_id,
                    reason = reason.as_str(),
                    cause,
                    "a write failed"
                );
            }
            None => tracing::debug!(request_id, reason = reason.as_str(), "a write was refused"),
        }
        failure.into_status(id)
    }
}

fn checked<C: Call>(message: &C) -> Result<Asked, Failure> {
    let bytes = message.encoded_len();
    if bytes > MAX_BODY_BYTES {
        return Err(Failure::Append(AppendError::TooLarge {
            field: "body",
            bytes,
            limit: MAX_BODY_BYTES,
        }));
    }
    request::read(message).map_err(Failure::Fields)
}
