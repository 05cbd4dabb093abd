//! What differs between two rows, field by field.

use std::collections::BTreeSet;

use api::v1;
use domain::action::Status;
use projection::Row;
use serde_json::Value;

/// Where a row stands in the log, which differs whenever anything does.
const STANDING: [&str; 3] = ["position", "last_change_at", "last_change_on"];

/// The fields that differ; a missing row has none, so that all of the other's differ.
pub(crate) fn changes(before: Option<&Row>, after: Option<&Row>) -> Vec<v1::FieldChange> {
    let fields = |row: Option<&Row>| row.map(Row::fields).unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| !STANDING.contains(&name.as_str()))
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| v1::FieldChange {
            field: name.clone(),
            before: said(before.get(name)),
            after: said(after.get(name)),
        })
        .collect()
}

/// A text as it is, anything else as JSON, nothing as nothing.
fn said(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What the difference of two rows amounts to, in the words of ListChanges.
pub(crate) fn what(before: Option<&Row>, after: Option<&Row>) -> Vec<String> {
    let (before, after) = match (before, after) {
        (None, _) => return vec!["raised".to_owned()],
        (_, None) => return vec!["not there yet".to_owned()],
        (Some(before), Some(after)) => (before, after),
    };
    let withdrawn = after.status == Status::Withdrawn;
    let ended = (before.closed.is_some(), after.closed.is_some());
    let told = [
        (ended == (false, true) && !withdrawn, "closed"),
        (ended == (false, true) && withdrawn, "withdrawn"),
        (ended == (true, false), "reopened"),
        (before.answered_on != after.answered_on, "answered"),
        (before.due_on != after.due_on, "moved"),
        (
            before.restriction.is_none() && after.restriction.is_some(),
            "restricted",
        ),
        (
            before.restriction.is_some() && after.restriction.is_none(),
            "lifted",
        ),
        (before.delegation != after.delegation, "delegated"),
        (
            after.proposed.is_some() && before.proposed != after.proposed,
            "proposed",
        ),
    ];
    let words: Vec<String> = told
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word.to_owned())
        .collect();
    if words.is_empty() {
        vec!["updated".to_owned()]
    } else {
        words
    }
}
