//! The service and what it holds.

use std::sync::Arc;

use api::auth::Auth;
use api::clock::Clock;
use api::v1::audit_service_server::AuditServiceServer;
use event_log::EventLog;
use projection::ReadModel;
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;

use crate::keeper::Keeper;
use crate::metrics::Metrics;

/// The service as a server takes it, tokens checked.
pub type AuditServer = InterceptedService<AuditServiceServer<Service>, Auth>;

/// Longest message that is read, in bytes: questions are small.
const MESSAGE_LIMIT: usize = 64 * 1024;

/// The auditor's side of the record.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) model: Option<ReadModel>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    pub(crate) keeper: Keeper,
    pub(crate) shutdown: CancellationToken,
}

impl Service {
    /// Answers from `log` alone; `model` is what VerifyRecord holds against it, where there is one.
    #[must_use]
    pub fn new(
        model: Option<ReadModel>,
        log: Arc<dyn EventLog>,
        clock: Clock,
        metrics: Metrics,
    ) -> Self {
        Self::ending_with(model, log, clock, metrics, CancellationToken::new())
    }

    /// The same; whatever is under way ends when `shutdown` is cancelled, so that a server can stop.
    #[must_use]
    pub fn ending_with(
        model: Option<ReadModel>,
        log: Arc<dyn EventLog>,
        clock: Clock,
        metrics: Metrics,
        shutdown: CancellationToken,
    ) -> Self {
        if let Some(model) = &model {
            metrics.tell_of(model.clone(), Arc::clone(&clock));
        }
        Self {
            inner: Arc::new(Inner {
                model,
                log,
                clock,
                metrics,
                keeper: Keeper::default(),
                shutdown,
            }),
        }
    }

    /// The service for a server, with the check of tokens in front.
    #[must_use]
    pub fn into_server(self, auth: Auth) -> AuditServer {
        let metrics = self.inner.metrics.clone();
        let auth = auth.telling(move |reason| metrics.rejected(reason));
        let server = AuditServiceServer::new(self).max_decoding_message_size(MESSAGE_LIMIT);
        InterceptedService::new(server, auth)
    }
}
