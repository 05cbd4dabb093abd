//! The service and what it holds.

use std::sync::Arc;

use api::auth::Auth;
use api::clock::Clock;
use api::v1::query_service_server::QueryServiceServer;
use event_log::EventLog;
use projection::ReadModel;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;

use crate::metrics::Metrics;
use crate::returns::Returns;

/// The service as a server takes it, tokens checked.
pub type QueryServer = InterceptedService<QueryServiceServer<Service>, Auth>;

/// Longest message that is read, in bytes: questions are small.
const MESSAGE_LIMIT: usize = 64 * 1024;

/// The most live streams at one time.
pub(crate) const WATCHERS: usize = 256;

/// The most questions that are worked on at one time; further ones are refused at once, since what waits
/// holds memory and is answered too late for whoever asked.
pub(crate) const READS: usize = 1_024;

/// The most stories of actions among these questions: a story is read from the log, record by record, and
/// where that is what takes longest stories would leave no room for any other question.
pub(crate) const STORIES: usize = 128;

/// How many questions are answered side by side for each core; the others wait for their turn. Each has a thread,
/// and threads that have much to do share the cores with the few that take in every request and every write: with 32
/// of them on two cores a write waited for a core at each of its steps, and passed its deadline.
const SIDE_BY_SIDE: usize = 2;

/// The read side of the record.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) model: ReadModel,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    pub(crate) shutdown: CancellationToken,
    pub(crate) watchers: Arc<Semaphore>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) stories: Arc<Semaphore>,
    pub(crate) turns: Arc<Semaphore>,
    pub(crate) returns: Returns,
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Service {
    /// Answers from `model`, which somebody else lets follow the log; reads the story of an action
    /// from `log`.
    #[must_use]
    pub fn new(model: ReadModel, log: Arc<dyn EventLog>, clock: Clock, metrics: Metrics) -> Self {
        Self::ending_with(model, log, clock, metrics, CancellationToken::new())
    }

    /// The same; live streams end when `shutdown` is cancelled, so that a server can stop.
    #[must_use]
    pub fn ending_with(
        model: ReadModel,
        log: Arc<dyn EventLog>,
        clock: Clock,
        metrics: Metrics,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                model,
                log,
                clock,
                metrics,
                shutdown,
                watchers: Arc::new(Semaphore::new(WATCHERS)),
                room: Arc::new(Semaphore::new(READS)),
                stories: Arc::new(Semaphore::new(STORIES)),
                turns: Arc::new(Semaphore::new(SIDE_BY_SIDE * cores())),
                returns: Returns::default(),
            }),
        }
    }

    /// The service for a server, with the check of tokens in front.
    #[must_use]
    pub fn into_server(self, auth: Auth) -> QueryServer {
        let metrics = self.inner.metrics.clone();
        let auth = auth.telling(move |reason| metrics.rejected(reason));
        let server = QueryServiceServer::new(self).max_decoding_message_size(MESSAGE_LIMIT);
        InterceptedService::new(server, auth)
    }
}
