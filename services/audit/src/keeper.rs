//! Keeps the last replay for a while, so that the pages of one audit do not fold the log again each.

use std::sync::{Arc, Weak};
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
    /// When it was asked last; `None` when nothing is kept, and nobody waits to forget it.
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
        if kept.used.replace(Instant::now()).is_none() {
            tokio::spawn(forget_when_unused(Arc::downgrade(&self.kept)));
        }
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
        answer.map_err(|error| Failure::Fault {
            cause: format!("a replay was not answered from: {error}"),
        })
    }
}

/// The one task beside a kept replay: ends with it.
async fn forget_when_unused(keeper: Weak<Mutex<Kept>>) {
    let mut at = Instant::now() + KEPT;
    loop {
        tokio::time::sleep_until(at).await;
        let Some(kept) = keeper.upgrade() else { return };
        let mut kept = kept.lock().await;
        match kept.used.map(|used| used + KEPT) {
            Some(later) if later > Instant::now() => at = later,
            _ => {
                *kept = Kept::default();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Handle;

    use super::*;
    use crate::tests::world::World;

    #[tokio::test(start_paused = true)]
    async fn one_task_forgets_a_replay_that_is_not_asked_any_more() {
        let world = World::with_a_meeting().await;
        let keeper = Keeper::default();
        let tasks = || Handle::current().metrics().num_alive_tasks();
        let before = tasks();
        let ask = || keeper.ask(&world.log, Replay::position);
        for _ in 0..20 {
            assert_eq!(ask().await.unwrap(), world.model.position());
        }
        assert_eq!(tasks(), before + 1);
        // Asked again before its time is over, it is kept for as long again.
        tokio::time::advance(KEPT / 2).await;
        ask().await.unwrap();
        let asked = Instant::now();
        let forgotten = async || keeper.kept.lock().await.replay.position() == 0;
        testkit::wait::until("a replay that is forgotten", forgotten)
            .await
            .unwrap();
        assert!(asked.elapsed() >= KEPT, "forgotten too soon");
        assert_eq!(tasks(), before);
        ask().await.unwrap();
        assert_eq!(tasks(), before + 1);
    }
}
