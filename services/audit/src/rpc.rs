//! The calls of the contract, one a file, all answered, counted and logged in one way.

mod compare_records;
mod export_log;
mod get_history;
mod replay_actions;
mod replay_events;
mod verify_record;

use std::time::Instant;

use api::v1;
use api::v1::audit_service_server::AuditService;
use futures::stream::BoxStream;
use tonic::{Request, Response, Status};
use tonic_types::StatusExt as _;

use crate::service::Service;
use crate::until::Until;

impl Service {
    /// Until when a call that arrives now is worked on.
    fn until<T>(&self, request: &Request<T>) -> Until {
        Until::of(request.metadata(), self.inner.shutdown.clone())
    }

    async fn answered<A>(
        &self,
        method: &'static str,
        answer: impl Future<Output = Result<A, Status>>,
    ) -> Result<Response<A>, Status> {
        let begun = Instant::now();
        let answer = answer.await;
        let took = begun.elapsed();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        match &answer {
            Ok(_) => {
                self.inner.metrics.call(method, "OK", took);
                tracing::info!(method, took_micros = micros, "audited");
            }
            Err(status) => {
                let reason = reason(status);
                self.inner.metrics.call(method, reason, took);
                tracing::info!(method, reason, "refused");
            }
        }
        answer.map(Response::new)
    }
}

/// The reason in a status, out of the documented list: no label is made of what a client sends.
fn reason(status: &Status) -> &'static str {
    let said = status.get_details_error_info().map(|info| info.reason);
    api::failure::Reason::ALL
        .iter()
        .map(|reason| reason.as_str())
        .find(|known| said.as_deref() == Some(*known))
        .unwrap_or("OTHER")
}

macro_rules! answered {
    ($($call:ident: $request:ident => $response:ty, $name:literal;)+) => {
        #[tonic::async_trait]
        impl AuditService for Service {
            type ReplayEventsStream = BoxStream<'static, Result<v1::ReplayEventsResponse, Status>>;
            type ExportLogStream = BoxStream<'static, Result<v1::ExportLogResponse, Status>>;

            $(async fn $call(
                &self,
                request: Request<v1::$request>,
            ) -> Result<Response<$response>, Status> {
                let until = self.until(&request);
                let answer = $call::answer(self, request);
                self.answered($name, until.bound(answer)).await
            })+
        }
    };
}

answered! {
    replay_events: ReplayEventsRequest => Self::ReplayEventsStream, "ReplayEvents";
    get_history: GetHistoryRequest => v1::GetHistoryResponse, "GetHistory";
    replay_actions: ReplayActionsRequest => v1::ReplayActionsResponse, "ReplayActions";
    compare_records: CompareRecordsRequest => v1::CompareRecordsResponse, "CompareRecords";
    export_log: ExportLogRequest => Self::ExportLogStream, "ExportLog";
    verify_record: VerifyRecordRequest => v1::VerifyRecordResponse, "VerifyRecord";
}

/// A failure as the status that a client receives; its cause is logged here, once.
pub(crate) fn refuse(failure: impl Into<api::failure::Failure>) -> Status {
    let failure = failure.into();
    if let Some(cause) = failure.cause() {
        tracing::error!(cause, "an audit failed");
    }
    failure.into_status(None)
}
