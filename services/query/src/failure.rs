//! From what the read model says to the one map of failures.

use api::failure::Failure;
use projection::{ReadError, WaitError};

/// Why a question has no answer.
pub(crate) fn of_read(error: ReadError) -> Failure {
    match error {
        ReadError::Rebuilding { position, head } => Failure::NotCaughtUp {
            wanted: head,
            at: position,
        },
        ReadError::WrongCursor { .. } => Failure::PageToken,
        ReadError::Beyond { wanted, position } => Failure::NotCaughtUp {
            wanted,
            at: position,
        },
        ReadError::UnknownMeeting { meeting } => Failure::NotFound {
            what: "meeting",
            name: meeting,
            field: "meeting",
        },
        ReadError::Store(error) => Failure::Fault {
            cause: error.to_string(),
        },
    }
}

/// Why the write of a token cannot be read yet.
pub(crate) fn of_wait(error: WaitError, wanted: u64) -> Failure {
    match error {
        WaitError::Timeout { position, wanted } => Failure::NotCaughtUp {
            wanted,
            at: position,
        },
        WaitError::OtherLog { .. } => Failure::OtherLog,
        WaitError::Stopped { position, reason } => {
            tracing::error!(position, reason, "the read model no longer follows the log");
            Failure::NotCaughtUp {
                wanted,
                at: position,
            }
        }
    }
}
