//! Replaying and verifying with no server: an export, or a log on this machine.

mod exported;
mod logged;

pub use exported::{replay_export, verify_export};
pub(crate) use logged::advance;
pub use logged::{replay_log, verify_log};

use event_log::LogError;
use projection::{Gap, ReadError};

use crate::check::Finding;
use crate::export::ExportError;

/// Why a check or a replay could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// The export cannot be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The lines are not those that were exported.
    #[error("the export is not as it was made: at position {}: {}", .0.position, .0.sentence)]
    NotAsExported(Finding),
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
