//! Bits that flip and files that end early: in the embedded log, in the files of nats-server, in sled's.

use super::super::Campaign;
use super::super::setting::Setting;
use super::super::stage::{On, Stage};
use super::damage::{self, Trouble, block_on};
use super::{Outcome, at_work};
use anyhow::{Context as _, Result};
use event_log::{EmbeddedLog, EmbeddedOptions};
use std::path::{Path, PathBuf};

/// How much is on record before.
const WORK: u64 = 150;

/// Harm done to the files of a stage.
type Harm = fn(&Stage) -> Result<()>;

async fn harmed(campaign: &Campaign, on: On, must_be_noticed: bool, harm: Harm) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(on), WORK).await?;
    let trouble = Trouble {
        ends: "TERM",
        harm: Box::new(harm),
        restore: true,
        must_be_noticed,
    };
    damage::after(scene, trouble).await
}

pub(super) async fn embedded_bit(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Embedded, true, |stage| {
        merged(stage)?;
        // A letter of a text that is in the body of a message.
        change(&events(stage)?, |bytes| {
            let text = b"The lamps of ";
            let at = bytes.windows(text.len()).position(|window| window == text);
            let at = at.context("no message with that text")?;
            bytes[at + 4] ^= 1;
            Ok(())
        })
    })
    .await
}

pub(super) async fn embedded_cut(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Embedded, true, |stage| {
        merged(stage)?;
        cut(&events(stage)?)
    })
    .await
}

pub(super) async fn embedded_zero(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Embedded, true, |stage| {
        merged(stage)?;
        change(&events(stage)?, |bytes| {
            let page = bytes.len() / 2 / 4096 * 4096;
            bytes[page..page + 4096].fill(0);
            Ok(())
        })
    })
    .await
}

pub(super) async fn nats_bit(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Nats, true, |stage| {
        for file in stream_files(stage, "index.db")? {
            std::fs::remove_file(file)?;
        }
        change(&block(stage)?, |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Ok(())
        })
    })
    .await
}

pub(super) async fn nats_cut(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Nats, true, |stage| cut(&block(stage)?)).await
}

pub(super) async fn nats_index(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Nats, false, |stage| {
        for file in stream_files(stage, "index.db")? {
            change(&file, |bytes| {
                bytes.fill(0);
                Ok(())
            })?;
        }
        Ok(())
    })
    .await
}

pub(super) async fn nats_meta(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Nats, true, |stage| {
        for file in stream_files(stage, "meta.inf")? {
            std::fs::remove_file(file)?;
        }
        Ok(())
    })
    .await
}

pub(super) async fn read_model_bit(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Embedded, false, |stage| {
        for file in sled_files(stage)? {
            change(&file, |bytes| {
                // One in each page, so that whatever is used is hit.
                let hit = bytes.iter_mut().skip(1_000).step_by(4096);
                hit.for_each(|byte| *byte ^= 4);
                Ok(())
            })?;
        }
        Ok(())
    })
    .await
}

pub(super) async fn read_model_cut(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Embedded, false, |stage| {
        sled_files(stage)?.iter().try_for_each(|file| cut(file))
    })
    .await
}

pub(super) async fn ids(campaign: &Campaign) -> Result<Outcome> {
    harmed(campaign, On::Nats, false, |stage| {
        for seat in &stage.seats {
            let files = files_under(&seat.data.join("log-ids"));
            files.iter().try_for_each(|file| cut(file))?;
        }
        Ok(())
    })
    .await
}

/// Brings everything into the one file: what is in SQLite's write-ahead log would stand in for what is
/// damaged.
fn merged(stage: &Stage) -> Result<()> {
    let seat = stage.seats.first().context("a service")?;
    let folder = seat.data.join("log");
    let opened = EmbeddedLog::open(&folder, EmbeddedOptions::default());
    drop(block_on(opened)?);
    Ok(())
}

/// The file of the embedded log.
fn events(stage: &Stage) -> Result<PathBuf> {
    let seat = stage.seats.first().context("a service")?;
    Ok(seat.data.join("log/events.db"))
}

/// The files of this name of the stream; a store is left alone by a server that does not run.
fn stream_files(stage: &Stage, ends: &str) -> Result<Vec<PathBuf>> {
    let nats = stage.nats.as_ref().context("a server")?;
    let mut nats = nats.try_lock().context("the server is busy")?;
    let streams = nats.server(0)?.store_dir().join("jetstream/$G/streams");
    let all = files_under(&streams).into_iter();
    Ok(all
        .filter(|file| file.to_string_lossy().ends_with(ends))
        .collect())
}

/// The largest block of the stream.
fn block(stage: &Stage) -> Result<PathBuf> {
    let blocks = stream_files(stage, ".blk")?.into_iter();
    let size = |file: &PathBuf| file.metadata().map_or(0, |metadata| metadata.len());
    blocks.max_by_key(size).context("no block of messages")
}

/// The files of the read models with more than a little in them.
fn sled_files(stage: &Stage) -> Result<Vec<PathBuf>> {
    let folders = stage.seats.iter().map(|seat| seat.data.join("read-model"));
    let files = folders.flat_map(|folder| files_under(&folder));
    let files: Vec<_> = files
        .filter(|file| file.metadata().is_ok_and(|metadata| metadata.len() > 4096))
        .collect();
    (!files.is_empty())
        .then_some(files)
        .context("no files of a read model")
}

/// Every file in a folder and those below it.
pub(super) fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files
}

fn change(file: &Path, how: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<()> {
    let mut bytes = std::fs::read(file)?;
    how(&mut bytes)?;
    Ok(std::fs::write(file, bytes)?)
}

/// Cuts a file in half.
fn cut(file: &Path) -> Result<()> {
    let file = std::fs::File::options().write(true).open(file)?;
    Ok(file.set_len(file.metadata()?.len() / 2)?)
}
