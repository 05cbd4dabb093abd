//! Bringing the file of an earlier release up to date.
//!
//! Version 1 had the subject, the source and the kind written out in every row, a fifth of the file.

use rusqlite::{Connection, TransactionBehavior};

use super::database::{SCHEMA, VERSION, read_all};
use super::rows::{self, fault};
use crate::LogError;

/// Makes room for the tables of today.
const ASIDE: &str = "
    DROP INDEX events_by_subject;
    ALTER TABLE events RENAME TO events_of_1;
";

const OVER: &str = "
    INSERT INTO subjects (subject)
        SELECT subject FROM events_of_1 GROUP BY subject ORDER BY min(sequence);
    INSERT INTO origins (source, kind) SELECT DISTINCT source, kind FROM events_of_1;
    INSERT INTO events
        SELECT e.sequence, s.number, e.id, e.digest, o.number, e.time, e.body, e.checksum
        FROM events_of_1 e
        LEFT JOIN subjects s ON s.subject = e.subject
        LEFT JOIN origins o ON o.source = e.source AND o.kind = e.kind
        ORDER BY e.sequence;
    DROP TABLE events_of_1;
";

/// From version 1, in one transaction: every record is read, its checksum too, before the old ones
/// are let go, and where one is damaged the file stays as it was. The space of the old table is used
/// by later appends.
pub(super) fn from_1(db: &mut Connection) -> Result<(), LogError> {
    let transaction = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault)?;
    let head = rows::head(&transaction)?;
    tracing::info!(records = head, "bringing the log up to date, once");
    for step in [ASIDE, SCHEMA, OVER] {
        transaction.execute_batch(step).map_err(fault)?;
    }
    let found = read_all(&transaction)?;
    if found != head {
        return Err(LogError::Gap {
            expected: head,
            found,
        });
    }
    transaction
        .pragma_update(None, "user_version", VERSION)
        .map_err(fault)?;
    transaction.commit().map_err(fault)
}
