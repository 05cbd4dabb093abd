//! A log on this machine: replayed to its end, and held against a read model.

use std::time::Duration;

use event_log::{EventLog, LogError, Record};
use projection::{ReadError, ReadModel, Replay, verify};

use super::OfflineError;
use crate::check::Verdict;

/// Records of one read of the log.
const BATCH: usize = 1_000;

/// How long a read model may take to arrive where the log ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a read model is compared anew because writes moved it meanwhile.
const ATTEMPTS: usize = 100;

/// Replays a log up to its end.
///
/// # Errors
/// When the log cannot be read or has a gap.
pub async fn replay_log(log: &dyn EventLog) -> Result<Replay, OfflineError> {
    let mut replay = Replay::new();
    advance(log, &mut replay, |_| {}).await?;
    Ok(replay)
}

/// Brings a replay to the end of the log.
pub(crate) async fn advance(
    log: &dyn EventLog,
    replay: &mut Replay,
    mut each: impl FnMut(&Record),
) -> Result<(), OfflineError> {
    loop {
        let batch = log.read_batch(replay.position(), BATCH).await?;
        if batch.is_empty() {
            return Ok(());
        }
        for record in &batch {
            replay.apply(record)?;
            each(record);
        }
    }
}

/// Verifies a log, and a read model that follows it when one is given: contiguity, every event,
/// every row and index equal to a replay up to the same position.
///
/// # Errors
/// When the log or the read model does not answer. What is wrong is in the verdict.
pub async fn verify_log(
    log: &dyn EventLog,
    model: Option<&ReadModel>,
) -> Result<Verdict, OfflineError> {
    let mut verdict = Verdict::default();
    let mut replay = Replay::new();
    for _ in 0..ATTEMPTS {
        let read = advance(log, &mut replay, |record| verdict.record(record)).await;
        match read {
            Ok(()) => {}
            Err(OfflineError::Log(error @ (LogError::Gap { .. } | LogError::Corrupt { .. }))) => {
                verdict.finds(replay.position() + 1, error.to_string());
                return Ok(verdict);
            }
            Err(OfflineError::Gap(gap)) => {
                verdict.finds(gap.expected, gap.to_string());
                return Ok(verdict);
            }
            Err(other) => return Err(other),
        }
        let Some(model) = model else {
            return counted(replay, verdict).await;
        };
        let compared;
        (replay, compared) = compare(log, model, replay, &mut verdict).await?;
        if compared {
            return counted(replay, verdict).await;
        }
    }
    Err(OfflineError::Moving)
}

/// Folding every row takes its time: not where other calls are waited for.
async fn apart<A: Send + 'static>(
    work: impl FnOnce() -> A + Send + 'static,
) -> Result<A, OfflineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OfflineError::Stopped(error.to_string()))
}

async fn counted(replay: Replay, mut verdict: Verdict) -> Result<Verdict, OfflineError> {
    let work = move || {
        verdict.rows_of(&replay);
        verdict
    };
    apart(work).await
}

/// Holds the read model against the replay; `false` when it moved on meanwhile.
async fn compare(
    log: &dyn EventLog,
    model: &ReadModel,
    replay: Replay,
    verdict: &mut Verdict,
) -> Result<(Replay, bool), OfflineError> {
    let wanted = replay.position();
    let mut positions = model.positions();
    let arrives = positions.wait_for(|position| *position >= wanted);
    if tokio::time::timeout(PATIENCE, arrives).await.is_err() {
        let at = model.position();
        verdict.finds(
            at,
            format!("the read model stands at position {at}, the log ends at {wanted}"),
        );
        return Ok((replay, true));
    }
    if model.position() != wanted {
        return Ok((replay, false));
    }
    let held = model.clone();
    let work = move || (verify::compare(&held, &replay), replay);
    let (difference, replay) = apart(work).await?;
    let difference = match difference {
        // Before the first message there may be no store yet: nothing is held against nothing.
        Err(ReadError::Rebuilding { .. }) if wanted == 0 => None,
        difference => difference?,
    };
    // A row is in the store a moment before its position is told. The model holds nothing that the
    // log does not, so a log that still ends there is the proof that nothing moved.
    let moved = difference.is_some() && log.head().await? != wanted;
    if moved || model.position() != wanted {
        return Ok((replay, false));
    }
    if let Some(difference) = difference {
        verdict.differs(&difference);
    }
    Ok((replay, true))
}
