//! What a data folder holds, looked at before anything is started over it: a question makes no record,
//! and a record that is damaged is told as that.

use crate::failure::{Exit, Failure};
use event_log::{EmbeddedLog, EmbeddedOptions, LogError};
use std::path::{Path, PathBuf};

/// The folder of the embedded log in a data folder.
fn log(data: &Path) -> PathBuf {
    data.join("log")
}

fn file(data: &Path) -> PathBuf {
    log(data).join("events.db")
}

/// Refuses a folder whose record was there and is not, to questions and to whoever would start the
/// services over it: what would be made in its place would look like a record that was never kept.
pub(crate) fn has_not_lost_its_record(data: &Path) -> Result<(), Failure> {
    let read_model = data.join("read-model");
    if has_a_record(data) || !read_model.exists() {
        return Ok(());
    }
    let told = format!(
        "the record in {} is gone: there is nothing in {}",
        data.display(),
        file(data).display()
    );
    Err(Failure::with(Exit::Integrity, told).and(format!(
        "put a copy of it back; or, to accept the loss and begin anew, delete {}",
        read_model.display()
    )))
}

/// Refuses a question to a folder without a record.
pub(crate) fn holds_a_record(data: &Path) -> Result<(), Failure> {
    if has_a_record(data) {
        return Ok(());
    }
    let told = format!("there is no record in {}", data.display());
    Err(Failure::new(told)
        .and("is it the right folder? a new record begins with matters register body"))
}

fn has_a_record(data: &Path) -> bool {
    // A file that a process made and had nothing to write to yet is empty.
    std::fs::metadata(file(data)).is_ok_and(|file| file.len() > 0)
}

/// The first damage to the log's file itself, and the position that it is about, 0 for none:
/// SQLite's own structure, the checksum of every message, contiguity.
pub(crate) async fn damage(data: &Path) -> Result<Option<(u64, String)>, Failure> {
    let there = EmbeddedOptions {
        create: false,
        ..EmbeddedOptions::default()
    };
    let checked = match EmbeddedLog::open(log(data), there).await {
        Ok(log) => log.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => Ok(None),
        Err(error @ LogError::Gap { expected, .. }) => Ok(Some((expected, error.to_string()))),
        Err(LogError::Corrupt { sequence, reason }) => Ok(Some((
            sequence.unwrap_or(0),
            format!("the log is damaged: {reason}"),
        ))),
        // Who holds it is told where the services are started.
        Err(LogError::Locked { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
