//! Everything that can go wrong with a read model, each with its facts.

use std::io;
use std::path::PathBuf;

use event_log::{Incarnation, Sequence};

/// Why the store could not be opened, read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the folder.
    #[error("the read model in {} is held by another process; stop it, or use its server", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be used.
    #[error("the read model in {} cannot be used: {reason}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
    /// The disk is full. What was written can be thrown away, and built anew when there is room.
    #[error("there is no room for the read model: {reason}")]
    NoRoom {
        /// What happened.
        reason: String,
    },
    /// The store answered with an error, or holds what this program did not write. The folder can
    /// be deleted: it is rebuilt from the log.
    #[error("the read model is damaged: {reason}")]
    Damaged {
        /// What happened.
        reason: String,
    },
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) => error.into(),
            error => StoreError::Damaged {
                reason: error.to_string(),
            },
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        let reason = format!("IO error: {error}");
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::NoRoom { reason }
            }
            _ => StoreError::Damaged { reason },
        }
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The read model is being built and there is no older one to answer meanwhile.
    #[error("the read model is being rebuilt, {position} of {head} messages so far; ask again")]
    Rebuilding {
        /// How far it is.
        position: Sequence,
        /// Where the log ends.
        head: Sequence,
    },
    /// The cursor belongs to another question.
    #[error("the page token belongs to another list: {field} differs; start from the first page")]
    WrongCursor {
        /// What differs.
        field: &'static str,
    },
    /// A position that the read model has not reached.
    #[error("position {wanted} is beyond {position}, the latest that was read")]
    Beyond {
        /// The position asked for.
        wanted: Sequence,
        /// The read model's.
        position: Sequence,
    },
    /// A meeting that is not in the register.
    #[error("no meeting {meeting} is in the register")]
    UnknownMeeting {
        /// The meeting asked for.
        meeting: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sled::Error> for ReadError {
    fn from(error: sled::Error) -> Self {
        ReadError::Store(error.into())
    }
}

/// Why a wait for a token ended without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// The deadline came first.
    #[error("the read model is at {position}, {wanted} was waited for; ask again")]
    Timeout {
        /// Where the read model is.
        position: Sequence,
        /// What was waited for.
        wanted: Sequence,
    },
    /// The token is of another log.
    #[error("the token is of the log {wanted}; this one is {here}")]
    OtherLog {
        /// The token's.
        wanted: Incarnation,
        /// This one.
        here: Incarnation,
    },
    /// The read model no longer follows the log.
    #[error("the read model stopped at {position}: {reason}")]
    Stopped {
        /// Where it stands.
        position: Sequence,
        /// Why.
        reason: String,
    },
}
