//! Until when an answer is worked on: the caller's deadline, or the end of the server.

use std::time::Duration;

use api::deadline::time_given;
use api::failure::Failure;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The longest that anything is worked on, also for a caller who gives no deadline. Records are
/// long, and an export leaves as fast as its reader takes it.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Kept back from the caller's deadline, so that the reason arrives before it.
const MARGIN: Duration = Duration::from_millis(50);

/// When work ends, finished or not.
#[derive(Debug, Clone)]
pub(crate) struct Until {
    deadline: Instant,
    shutdown: CancellationToken,
}

impl Until {
    /// Of a call that arrives now.
    pub(crate) fn of(metadata: &MetadataMap, shutdown: CancellationToken) -> Self {
        let given = time_given(metadata).map_or(LONGEST, |time| time.saturating_sub(MARGIN));
        Self {
            deadline: Instant::now() + given.min(LONGEST),
            shutdown,
        }
    }

    /// Does the work, or tells why it was ended before.
    pub(crate) async fn bound<A>(
        &self,
        work: impl Future<Output = Result<A, Status>>,
    ) -> Result<A, Status> {
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => Err(stopping()),
            done = tokio::time::timeout_at(self.deadline, work) => {
                done.unwrap_or_else(|_| Err(too_late()))
            }
        }
    }

    /// The items of a stream; ended early, it tells why as its last one.
    pub(crate) fn bound_stream<A: Send + 'static>(
        self,
        items: BoxStream<'static, Result<A, Status>>,
    ) -> BoxStream<'static, Result<A, Status>> {
        let next = |going: Option<(Self, BoxStream<'static, Result<A, Status>>)>| async move {
            let (until, mut items) = going?;
            match until.bound(async { Ok(items.next().await) }).await {
                Ok(item) => item.map(|item| (item, Some((until, items)))),
                Err(ended) => Some((Err(ended), None)),
            }
        };
        stream::unfold(Some((self, items)), next).boxed()
    }
}

/// An audit writes nothing, so there is no request id to retry with.
fn too_late() -> Status {
    let status = Failure::Deadline.into_status(None);
    Status::with_error_details(
        Code::DeadlineExceeded,
        "the deadline passed before the record was read to its end; ask again with more time",
        status.get_error_details(),
    )
}

fn stopping() -> Status {
    Status::unavailable("the server is stopping; ask again later")
}
