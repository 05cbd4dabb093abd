//! The service and what it holds.

use crate::journal::Journal;
use crate::metrics::Metrics;
use crate::recovery::{self, RecoveryError};
use crate::series::Numbers;
use crate::states::States;
use crate::turns::Turns;
use crate::unsettled::Unsettled;
use api::auth::Auth;
use api::clock::Clock;
use api::v1::command_service_server::CommandServiceServer;
use chrono::{DateTime, SubsecRound as _, Utc};
use domain::action::Action;
use domain::register::Register;
use domain::returns::Return;
use event_log::{EventLog, Incarnation, LogError};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, RwLock, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;

/// The service as a server takes it, tokens checked.
pub type CommandServer = InterceptedService<CommandServiceServer<Service>, Auth>;

/// Longest message that is read, in bytes. Above 256 KiB the service refuses it in words; above this
/// tonic does.
const MESSAGE_LIMIT: usize = 1024 * 1024;

/// Most writes under way; further ones are refused at once.
pub(crate) const WRITES_LIMIT: u32 = 2048;

/// Most actions, and most returns, whose state is kept.
const STATES_LIMIT: usize = 4_096;

/// Most areas whose register is kept.
const REGISTERS_LIMIT: usize = 64;

/// After which a kept register is read again: another replica may have changed an entry.
const REGISTER_STALE_AFTER: Duration = Duration::from_secs(1);

/// The write side of the record. Clones are handles onto the same one.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    pub(crate) journal: Journal,
    pub(crate) actions: States<Option<Action>>,
    pub(crate) returns: States<Option<Return>>,
    pub(crate) registers: States<Register>,
    pub(crate) numbers: Numbers,
    pub(crate) turns: Turns,
    pub(crate) unsettled: Unsettled,
    /// Held for writing by what ties actions to each other in several messages or must know all ties, and
    /// for reading by what would cut in between: the end of an action, a correction.
    pub(crate) families: RwLock<()>,
    pub(crate) incarnation: OnceCell<Incarnation>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) halted: OnceLock<String>,
    pub(crate) shutdown: CancellationToken,
    /// The highest position that this process has met.
    pub(crate) met: AtomicU64,
    /// When the log's last message was recorded that an earlier process left.
    recorded_at_start: OnceCell<DateTime<Utc>>,
    last_recorded_at: Mutex<DateTime<Utc>>,
}

impl Service {
    /// Writes to `log`; keeps the journal of unfinished requests under `data_dir/command/journal`,
    /// which no other running service may share.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, clock: Clock, data_dir: PathBuf, metrics: Metrics) -> Self {
        Self::ending_with(log, clock, data_dir, metrics, CancellationToken::new())
    }

    /// The same; streams of writes end when `shutdown` is cancelled, what they began finished, so that a
    /// server can stop.
    #[must_use]
    pub fn ending_with(
        log: Arc<dyn EventLog>,
        clock: Clock,
        data_dir: PathBuf,
        metrics: Metrics,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                log,
                clock,
                metrics,
                journal: Journal::new(&data_dir),
                actions: States::new(STATES_LIMIT, None),
                returns: States::new(STATES_LIMIT, None),
                registers: States::new(REGISTERS_LIMIT, Some(REGISTER_STALE_AFTER)),
                numbers: Numbers::default(),
                turns: Turns::new(),
                unsettled: Unsettled::default(),
                families: RwLock::new(()),
                incarnation: OnceCell::new(),
                room: Arc::new(Semaphore::new(WRITES_LIMIT as usize)),
                halted: OnceLock::new(),
                shutdown,
                met: AtomicU64::new(0),
                recorded_at_start: OnceCell::new(),
                last_recorded_at: Mutex::new(DateTime::UNIX_EPOCH),
            }),
        }
    }

    /// Finishes what a crash left half done: to be awaited at the start, before serving. Answers how
    /// many requests were finished.
    ///
    /// # Errors
    /// When the journal cannot be read or the log does not answer; starting again tries again.
    pub async fn recover(&self) -> Result<usize, RecoveryError> {
        recovery::recover(&self.inner).await
    }

    /// Takes no further write, for this reason: whoever watches the log found that what it holds is
    /// not what it held. Only a new start takes writes again.
    pub fn halt(&self, reason: &str) {
        // The first reason stands.
        let _ = self.inner.halted.set(reason.to_owned());
    }

    /// Waits until no write is under way and lets no further one begin: for a shutdown, after the
    /// server has stopped. A write goes on when its caller has gone.
    pub async fn finish(&self) {
        if let Ok(all) = self.inner.room.acquire_many(WRITES_LIMIT).await {
            all.forget();
        }
    }

    /// The service for a server, with the check of tokens in front.
    #[must_use]
    pub fn into_server(self, auth: Auth) -> CommandServer {
        let metrics = self.inner.metrics.clone();
        let auth = auth.telling(move |reason| metrics.rejected(reason));
        let server = CommandServiceServer::new(self).max_decoding_message_size(MESSAGE_LIMIT);
        InterceptedService::new(server, auth)
    }
}

impl Inner {
    /// The instant at which a message is recorded: now, to the microsecond that the log keeps, and
    /// never before the log's last message at the start of this process, the last one of this process,
    /// or `after`, whatever the machine's clock does.
    ///
    /// So what it gives out never steps back, though requests that are under way together may be written in
    /// another order. Along an aggregate it never steps back, when `after` is the time of its last message;
    /// over the log of several replicas it may, by as much as the clocks of their machines differ.
    pub(crate) async fn recording_time(
        &self,
        after: Option<DateTime<Utc>>,
    ) -> Result<DateTime<Utc>, LogError> {
        let now = (self.clock)().trunc_subsecs(6);
        let at_start = self.recorded_at_start.get_or_try_init(|| async {
            let head = self.log.head().await?;
            let last = self.log.read(head).await?.map(|last| last.attributes.time);
            if let Some(last) = last.filter(|last| *last > now) {
                tracing::warn!(%last, %now, "the clock is behind the log's last message");
            }
            Ok::<_, LogError>(last.unwrap_or(DateTime::UNIX_EPOCH))
        });
        let at_start = *at_start.await?;
        let mut last = self
            .last_recorded_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = now.max(*last).max(at_start).max(after.unwrap_or(at_start));
        Ok(*last)
    }
}
