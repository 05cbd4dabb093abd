//! An export: replayed, and held against its manifest on the way.

use std::path::Path;

use bytes::Bytes;
use event_log::{Attributes, Digest, Record, Sequence, Subject};
use projection::{Gap, Replay};
use uuid::Uuid;

use super::OfflineError;
use crate::check::{Finding, Verdict};
use crate::export::blocks::{first_wrong, position_of};
use crate::export::{Export, ExportError, FORMAT, Manifest, Sealer};

/// The most positions of other areas between two lines of an area's export.
const MOST_BETWEEN: u64 = 10_000_000;

/// Replays an export: what a list made of it says, the lists of the server say where it came from.
///
/// # Errors
/// When the export cannot be read, or is not as its manifest says. A single file may be without
/// manifest, and then nothing says that it is whole.
pub fn replay_export(path: &Path) -> Result<(Replay, Option<Manifest>), OfflineError> {
    let export = Export::open(path)?;
    let walked = walk(&export, |_| {})?;
    match walked.wrong {
        Some(wrong) => Err(OfflineError::NotAsExported(wrong.finding)),
        None => Ok((walked.replay, export.manifest)),
    }
}

/// Verifies an export: every line, its manifest, contiguity, every event.
///
/// # Errors
/// Only when the export cannot be opened. What is wrong with it is in the verdict.
pub fn verify_export(path: &Path) -> Result<Verdict, OfflineError> {
    let export = Export::open(path)?;
    let mut verdict = Verdict::default();
    if export.manifest.is_none() {
        verdict.finds(
            0,
            "there is no manifest beside the lines; export again with it",
        );
        return Ok(verdict);
    }
    let walked = walk(&export, |record| verdict.record(record))?;
    if let Some(wrong) = walked.wrong {
        // An event that cannot be read says more than the block that it is in.
        let before = |unread: &Finding| wrong.last < unread.position;
        if verdict.finding.as_ref().is_none_or(before) {
            verdict.finding = Some(wrong.finding);
        }
        verdict.position = walked.replay.position();
        return Ok(verdict);
    }
    verdict.rows_of(&walked.replay);
    Ok(verdict)
}

/// The first thing that is not as it was exported.
struct Wrong {
    finding: Finding,
    /// The last position that it may be about.
    last: Sequence,
}

impl Wrong {
    fn at(position: Sequence, sentence: impl Into<String>) -> Self {
        let finding = Finding {
            position,
            sentence: sentence.into(),
        };
        Self {
            finding,
            last: position,
        }
    }

    /// About no single position.
    fn somewhere(sentence: impl Into<String>) -> Self {
        Self {
            last: Sequence::MAX,
            ..Self::at(0, sentence)
        }
    }
}

struct Walked {
    replay: Replay,
    wrong: Option<Wrong>,
}

/// Replays an export line by line and holds it against its manifest; ends at the first line that
/// cannot follow.
fn walk(export: &Export, mut each: impl FnMut(&Record)) -> Result<Walked, OfflineError> {
    let mut replay = Replay::new();
    let mut records = export.records()?;
    let (mut lines, mut stopped) = (0, None);
    for record in records.by_ref() {
        let at = replay.position();
        let taken = record.map_err(OfflineError::from).and_then(|record| {
            if let Some(manifest) = &export.manifest {
                fits(manifest, &record, at, lines)?;
            }
            feed(&mut replay, &record, lines + 1)?;
            each(&record);
            Ok(())
        });
        if let Err(error) = taken {
            let position = match &error {
                OfflineError::Gap(gap) => gap.expected,
                _ => at + 1,
            };
            stopped = Some(Wrong::at(position, error.to_string()));
            break;
        }
        lines += 1;
    }
    let manifest = export.manifest.as_ref();
    let wrong = match manifest {
        Some(manifest) => wrong(manifest, records.sealer(), lines, stopped),
        None => stopped,
    };
    Ok(Walked { replay, wrong })
}

/// Whether a record may stand where it stands, as far as the manifest tells.
fn fits(
    manifest: &Manifest,
    record: &Record,
    before: Sequence,
    lines: u64,
) -> Result<(), OfflineError> {
    let expected = match &manifest.area {
        None => Some(before + 1),
        Some(_) => position_of(&manifest.blocks, lines),
    };
    // A position that goes back is told as what it is, where it is fed.
    if let Some(expected) = expected.filter(|expected| record.sequence > *expected) {
        let found = record.sequence;
        return Err(Gap { expected, found }.into());
    }
    let prefix = manifest.area.as_ref().map(|area| format!("evt.{area}."));
    match prefix.is_some_and(|prefix| !record.subject.as_str().starts_with(&prefix)) {
        true => Err(ExportError::Elsewhere { number: lines + 1 }.into()),
        false => Ok(()),
    }
}

/// The first thing that is wrong with the lines that passed: a block, the line at which the replay
/// stopped, an end that comes too early, what the manifest says of the whole.
fn wrong(
    manifest: &Manifest,
    sealer: &Sealer,
    lines: u64,
    stopped: Option<Wrong>,
) -> Option<Wrong> {
    if manifest.format != FORMAT {
        return Some(Wrong::somewhere(format!(
            "the export is of the form {}; this program reads {FORMAT}",
            manifest.format
        )));
    }
    let blocks =
        |found| first_wrong(&manifest.blocks, found).map(|(finding, last)| Wrong { finding, last });
    let summed = !manifest.blocks.is_empty();
    let passed = sealer.whole_blocks();
    if summed && manifest.blocks.get(..passed.len()) != Some(passed) {
        return blocks(passed);
    }
    if stopped.is_some() {
        return stopped;
    }
    let early = (lines < manifest.count).then(|| position_of(&manifest.blocks, lines));
    if let Some(next) = early.flatten() {
        let told = format!("the lines end before position {next}; more were exported");
        return Some(Wrong::at(next, told));
    }
    let found = manifest.beside(sealer.clone());
    summed
        .then(|| blocks(&found.blocks))
        .flatten()
        .or_else(|| manifest.differs_from(&found).map(Wrong::somewhere))
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
