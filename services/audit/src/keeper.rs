//! Keeps the last replay for a while, so that the pages of one audit do not fold the log again each.

use std::sync::Arc;
use std::time::Duration;

use api::failure::Failure;
use event_log::EventLog;
use projection::Replay;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::failure::of_offline;
use crate::offline::advance;

/// How long a replay is kept after its last use. It takes memory for every event of the log.
const KEPT: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Kept {
    replay: Replay,
    used: Option<Instant>,
}

/// One replay at a time, brought to the end of the log when it is asked for.
#[derive(Clone, Default)]
pub(crate) struct Keeper {
    kept: Arc<Mutex<Kept>>,
}

impl Keeper {
    /// Answers a question from a replay of everything that is in the log now.
    pub(crate) async fn ask<A: Send + 'static>(
        &self,
        log: &dyn EventLog,
        question: impl FnOnce(&Replay) -> A + Send + 'static,
    ) -> Result<A, Failure> {
        let mut kept = self.kept.clone().lock_owned().await;
        kept.used = Some(Instant::now());
        self.forget_later();
        // Folded where it is kept: whoever gives up half-way leaves the next one less to do.
        advance(log, &mut kept.replay, |_| {})
            .await
            .map_err(of_offline)?;
        let work = move || {
            let answer = question(&kept.replay);
            kept.used = Some(Instant::now());
            answer
        };
        let answer = tokio::task::spawn_blocking(work).await;
        self.forget_later();
        answer.map_err(|error| Failure::Fault {
            cause: format!("a replay was not answered from: {error}"),
        })
    }

    fn forget_later(&self) {
        let kept = self.kept.clone();
        tokio::spawn(async move {
            tokio::time::sleep(KEPT).await;
            let mut kept = kept.lock().await;
            if kept.used.is_some_and(|used| used.elapsed() >= KEPT) {
                *kept = Kept::default();
            }
        });
    }
}
