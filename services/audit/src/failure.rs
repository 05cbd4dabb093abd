//! From what goes wrong in an audit to the one map of failures.

use api::failure::Failure;
use projection::ReadError;

use crate::offline::OfflineError;

pub(crate) fn of_offline(error: OfflineError) -> Failure {
    match error {
        OfflineError::Log(error) => Failure::Log(error),
        OfflineError::Gap(gap) => Failure::Unreadable {
            what: "the log".to_owned(),
            cause: gap.to_string(),
        },
        OfflineError::Read(ReadError::Rebuilding { position, head }) => Failure::NotCaughtUp {
            wanted: head,
            at: position,
        },
        OfflineError::Moving => Failure::Contended {
            what: "the record".to_owned(),
            attempts: 100,
        },
        other @ (OfflineError::Export(_)
        | OfflineError::NotAsExported(_)
        | OfflineError::Read(_)
        | OfflineError::Stopped(_)) => Failure::Fault {
            cause: other.to_string(),
        },
    }
}
