//! The calls of the contract, one a file, all answered, counted and logged in one way.

mod count_actions;
mod get_action;
mod get_meeting_coverage;
mod get_performance;
mod get_register;
mod get_request;
mod get_return;
mod get_returns_matrix;
mod get_status;
mod list_actions;
mod list_changes;
mod watch_actions;

use std::time::Instant;

use api::failure::Failure;
use api::v1;
use api::v1::query_service_server::QueryService;
use futures::stream::BoxStream;
use tonic::{Request, Response, Status};

use crate::service::Service;

/// The longest request id of a caller that is logged, in bytes.
const REQUEST_ID: usize = 64;

impl Service {
    async fn answered<A>(
        &self,
        method: &'static str,
        request_id: String,
        answer: impl Future<Output = Result<A, Failure>>,
    ) -> Result<Response<A>, Status> {
        let begun = Instant::now();
        let answer = answer.await;
        let took = begun.elapsed();
        let code = match &answer {
            Ok(_) => tonic::Code::Ok,
            Err(failure) => failure.reason().code(),
        };
        self.inner.metrics.read(method, code, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        match answer {
            Ok(answer) => {
                tracing::debug!(method, request_id, took_micros = micros, "answered");
                Ok(Response::new(answer))
            }
            Err(failure) => {
                self.inner.metrics.rejected(failure.reason());
                let reason = failure.reason().as_str();
                match failure.cause() {
                    Some(cause) => tracing::error!(method, request_id, reason, cause, "failed"),
                    None => tracing::info!(method, request_id, reason, "refused"),
                }
                Err(failure.into_status(None))
            }
        }
    }
}

/// The caller's own name for the request, when it sends one that is fit to be logged.
fn request_id<T>(request: &Request<T>) -> String {
    request
        .metadata()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| id.len() <= REQUEST_ID && id.bytes().all(|b| b.is_ascii_graphic()))
        .unwrap_or_default()
        .to_owned()
}

macro_rules! answered {
    ($($call:ident: $request:ident => $response:ident, $name:literal;)+) => {
        #[tonic::async_trait]
        impl QueryService for Service {
            $(async fn $call(
                &self,
                request: Request<v1::$request>,
            ) -> Result<Response<v1::$response>, Status> {
                let id = request_id(&request);
                self.answered($name, id, $call::answer(self, request)).await
            })+

            type WatchActionsStream = BoxStream<'static, Result<v1::WatchActionsResponse, Status>>;

            async fn watch_actions(
                &self,
                request: Request<v1::WatchActionsRequest>,
            ) -> Result<Response<Self::WatchActionsStream>, Status> {
                let id = request_id(&request);
                self.answered("WatchActions", id, watch_actions::answer(self, request)).await
            }
        }
    };
}

answered! {
    list_actions: ListActionsRequest => ListActionsResponse, "ListActions";
    count_actions: CountActionsRequest => CountActionsResponse, "CountActions";
    get_action: GetActionRequest => GetActionResponse, "GetAction";
    list_changes: ListChangesRequest => ListChangesResponse, "ListChanges";
    get_returns_matrix: GetReturnsMatrixRequest => GetReturnsMatrixResponse, "GetReturnsMatrix";
    get_return: GetReturnRequest => GetReturnResponse, "GetReturn";
    get_meeting_coverage: GetMeetingCoverageRequest => GetMeetingCoverageResponse,
        "GetMeetingCoverage";
    get_performance: GetPerformanceRequest => GetPerformanceResponse, "GetPerformance";
    get_register: GetRegisterRequest => GetRegisterResponse, "GetRegister";
    get_request: GetRequestRequest => GetRequestResponse, "GetRequest";
    get_status: GetStatusRequest => GetStatusResponse, "GetStatus";
}
