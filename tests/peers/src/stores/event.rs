//! What every store is given to keep: one message of our log about an action, and how it leaves it.

use anyhow::{Context, Result};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Something happened to an action. `data` is the whole message as our log has it, 600 to 700 bytes;
/// what is beside it has been worked out already, so that a replay only has to keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changed {
    /// The action.
    pub(crate) reference: String,
    /// Where its reference stands among references: `PCP/2018/9` before `PCP/2018/10`.
    #[serde(default)]
    pub(crate) number: i64,
    /// The type name of the first event in the message.
    pub(crate) kind: String,
    /// Where the action stands after it.
    pub(crate) status: String,
    pub(crate) open: bool,
    pub(crate) due_on: Option<NaiveDate>,
    /// The group or body that has it.
    pub(crate) grp: Option<String>,
    /// What was asked, in the message that raises it.
    pub(crate) text: Option<String>,
    pub(crate) data: serde_json::Value,
}

/// Reads what `matters-bench beside` wrote.
pub(crate) fn read(path: &Path) -> Result<Vec<Changed>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let lines = BufReader::new(file).lines();
    lines
        .map(|line| {
            let changed: Changed = serde_json::from_str(&line?)?;
            let number = number(&changed.reference).context("a reference without numbers")?;
            Ok(Changed { number, ..changed })
        })
        .collect()
}

/// The year and the number of a generated reference, as one number.
fn number(reference: &str) -> Option<i64> {
    let (rest, number) = reference.rsplit_once('/')?;
    let (_, year) = rest.rsplit_once('/')?;
    Some(year.parse::<i64>().ok()? * 1_000_000 + number.parse::<i64>().ok()?)
}

/// An event of an action that is new with this run, after so many others of it.
pub(crate) fn fresh(sample: &Changed, reference: &str, already: u64) -> Changed {
    Changed {
        reference: reference.to_owned(),
        text: (already == 0).then(|| "What is being done about it?".to_owned()),
        ..sample.clone()
    }
}
