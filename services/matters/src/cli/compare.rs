//! `diff`.

use super::arguments::AsOf;
use super::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::{json, message, plainly};
use crate::reach::within;
use api::v1;
use clap::Args;

/// What differs between two dates or positions.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Before: a date (what was true) or a position of the log (what was known)
    #[arg(value_parser = AsOf::parse, value_name = "BEFORE")]
    before: AsOf,
    /// After: a date or a position
    #[arg(value_parser = AsOf::parse, value_name = "AFTER")]
    after: AsOf,
}

impl Diff {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let mut request = v1::CompareRecordsRequest {
            area: session.global.area.clone(),
            before: self.before.message(),
            after: self.after.message(),
            limit: 0,
            after_reference: String::new(),
        };
        let mut audit = session.audit().await?;
        let mut found = v1::CompareRecordsResponse::default();
        loop {
            let asked = within(request.clone());
            let piece = audit.compare_records(asked).await?.into_inner();
            found.differences.extend(piece.differences);
            found.freshness = piece.freshness;
            match found.differences.last() {
                Some(last) if piece.cut => request.after_reference.clone_from(&last.reference),
                _ => break,
            }
        }
        let exit = if found.differences.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        };
        if session.out.is_json() {
            session
                .out
                .json(&json::of("CompareRecordsResponse", &found)?)?;
            return Ok(exit);
        }
        if found.differences.is_empty() {
            message("no differences");
            return Ok(exit);
        }
        let rows: Vec<Vec<String>> = found.differences.iter().flat_map(rows_of).collect();
        session
            .out
            .rows(&["reference", "what", "field", "before", "after"], &rows)?;
        Ok(exit)
    }
}

/// A row for each field that differs; one without a field where none is named.
fn rows_of(difference: &v1::Difference) -> Vec<Vec<String>> {
    let what = difference.what.join(", ");
    let row = |field: &str, before: &str, after: &str| {
        [difference.reference.as_str(), &what, field, before, after]
            .map(ToOwned::to_owned)
            .to_vec()
    };
    if difference.fields.is_empty() {
        return vec![row("", "", "")];
    }
    difference
        .fields
        .iter()
        .map(|change| {
            row(
                &change.field,
                &plainly(&change.before),
                &plainly(&change.after),
            )
        })
        .collect()
}
