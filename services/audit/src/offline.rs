//! Replaying and verifying with no server: an export, or a log on this machine.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use event_log::{Attributes, Digest, EventLog, LogError, Record, Sequence, Subject};
use projection::{Gap, ReadError, ReadModel, Replay, verify};
use uuid::Uuid;

use crate::check::Verdict;
use crate::export::{Export, ExportError, Manifest};

/// The most positions of other areas between two lines of an area's export.
const MOST_BETWEEN: u64 = 10_000_000;

/// Records of one read of the log.
const BATCH: usize = 1_000;

/// How long a read model may take to arrive where the log ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a read model is compared anew because writes moved it meanwhile.
const ATTEMPTS: usize = 100;

/// Why a check or a replay could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// The export cannot be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The log cannot be read.
    #[error("{0}")]
    Log(#[from] LogError),
    /// The read model cannot be read.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// A message is missing.
    #[error("{0}")]
    Gap(#[from] Gap),
    /// Writes went on faster than they could be compared.
    #[error("the record was written to faster than it could be compared; try again")]
    Moving,
    /// A check ended before its end, which is a defect of this program.
    #[error("a check stopped: {0}")]
    Stopped(String),
}

/// Replays an export: the rows of [`Replay::rows`] are those of the server it came from.
///
/// # Errors
/// When the export cannot be read. What its manifest says is [`verify_export`]'s to check.
pub fn replay_export(path: &Path) -> Result<(Replay, Option<Manifest>), OfflineError> {
    let export = Export::open(path)?;
    let mut replay = Replay::new();
    for (number, record) in (1..).zip(export.records()?) {
        feed(&mut replay, &record?, number)?;
    }
    Ok((replay, export.manifest))
}

/// Applies a record of an export. In an area's export other areas' messages are missing: their
/// positions are passed over, so that every row stands where it stood.
fn feed(replay: &mut Replay, record: &Record, number: u64) -> Result<(), OfflineError> {
    let before = replay.position();
    if record.sequence.saturating_sub(before) > MOST_BETWEEN {
        return Err(ExportError::TooFar {
            number,
            before,
            found: record.sequence,
        }
        .into());
    }
    while replay.position() + 1 < record.sequence {
        replay.apply(&elsewhere(replay.position() + 1, record)?)?;
    }
    Ok(replay.apply(record)?)
}

/// Stands for a message of another area. Its subject is no aggregate of any area.
fn elsewhere(sequence: Sequence, next: &Record) -> Result<Record, ExportError> {
    let subject = Subject::parse("evt.elsewhere").map_err(|error| ExportError::File {
        path: "evt.elsewhere".into(),
        reason: error.to_string(),
    })?;
    Ok(Record {
        sequence,
        subject,
        id: Uuid::nil(),
        digest: Digest::of(b""),
        attributes: Attributes {
            time: chrono::DateTime::UNIX_EPOCH,
            ..next.attributes.clone()
        },
        body: Bytes::new(),
    })
}

/// Verifies an export: every line, its manifest, contiguity, every event.
///
/// # Errors
/// Only when the export cannot be opened. What is wrong with it is in the verdict.
pub fn verify_export(path: &Path) -> Result<Verdict, OfflineError> {
    let export = Export::open(path)?;
    let mut verdict = Verdict::default();
    let Some(manifest) = &export.manifest else {
        verdict.finds(
            0,
            "there is no manifest beside the lines; export again with it",
        );
        return Ok(verdict);
    };
    let mut replay = Replay::new();
    let mut records = export.records()?;
    for (number, record) in (1..).zip(records.by_ref()) {
        let at = replay.position();
        let checked = record.map_err(OfflineError::from).and_then(|record| {
            if manifest.area.is_none() && record.sequence != at + 1 {
                return Err(Gap {
                    expected: at + 1,
                    found: record.sequence,
                }
                .into());
            }
            feed(&mut replay, &record, number)?;
            verdict.record(&record);
            Ok(record)
        });
        match checked {
            Ok(record) => {
                let prefix = manifest.area.as_ref().map(|area| format!("evt.{area}."));
                if prefix.is_some_and(|prefix| !record.subject.as_str().starts_with(&prefix)) {
                    verdict.finds(record.sequence, "the message is of another area");
                }
            }
            Err(error) => {
                verdict.finds(at + 1, error.to_string());
                return Ok(verdict);
            }
        }
    }
    if let Some(difference) = manifest.differs_from(records.sealer()) {
        verdict.finds(0, difference);
    }
    verdict.rows_of(&replay);
    Ok(verdict)
}

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
        (replay, compared) = compare(model, replay, &mut verdict).await?;
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
    let difference = difference?;
    if model.position() != wanted {
        return Ok((replay, false));
    }
    if let Some(difference) = difference {
        verdict.differs(&difference);
    }
    Ok((replay, true))
}
