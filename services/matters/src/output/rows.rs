//! Actions as rows of a list: for the eye, and for programs.

use super::Format;
use crate::failure::Failure;
use crate::words::{said, stored};
use api::v1;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

/// The headings of [`action`].
pub(crate) const ACTION: [&str; 9] = [
    "reference",
    "state",
    "due",
    "rag",
    "coverage",
    "asked of",
    "delegated to",
    "topic",
    "text",
];

/// One action as a row of cells.
pub(crate) fn action(row: &v1::ActionRow) -> Vec<String> {
    vec![
        row.reference.clone(),
        state(row),
        due(row),
        said::<v1::Rag>(row.rag),
        said::<v1::Coverage>(row.coverage),
        party(row.asked_of.as_ref()),
        delegated(row),
        row.topic.clone(),
        text(row),
    ]
}

/// The headings of [`short`].
pub(crate) const SHORT: [&str; 6] = ["reference", "state", "due", "rag", "owner", "text"];

/// One action as a row of a table on a screen, which is narrow.
pub(crate) fn short(row: &v1::ActionRow) -> Vec<String> {
    let owner = match &row.delegated_to {
        Some(_) => delegated(row),
        None => party(row.asked_of.as_ref()),
    };
    vec![
        row.reference.clone(),
        state(row),
        due(row),
        said::<v1::Rag>(row.rag),
        owner,
        text(row),
    ]
}

/// Prints actions: fewer columns on a screen than in a pipe.
pub(crate) fn print(out: super::Output, actions: &[v1::ActionRow]) -> Result<(), Failure> {
    match out.format {
        Format::Json => {
            let array = actions.iter().map(action_json).collect();
            out.json(&array)
        }
        Format::Tsv => out.rows(&ACTION, &actions.iter().map(action).collect::<Vec<_>>()),
        Format::Table => out.rows(&SHORT, &actions.iter().map(short).collect::<Vec<_>>()),
    }
}

/// The state in words; a closed action says how it ended.
pub(crate) fn state(row: &v1::ActionRow) -> String {
    let state = said::<v1::Status>(row.status);
    let outcome = said::<v1::Outcome>(row.outcome);
    match row.status() {
        v1::Status::Closed if !outcome.is_empty() => format!("{state}: {outcome}"),
        _ => state,
    }
}

/// The due date and what is to be said of it.
pub(crate) fn due(row: &v1::ActionRow) -> String {
    let mut due = if row.due_on.is_empty() {
        "none agreed".to_owned()
    } else {
        row.due_on.clone()
    };
    if row.overdue {
        let days = row.days_overdue;
        let unit = if days == 1 { "day" } else { "days" };
        due = format!("{due} (overdue by {days} {unit})");
    }
    match row.due_moves {
        0 => {}
        1 => due.push_str(", moved once"),
        2 => due.push_str(", moved twice"),
        moves => due.push_str(&format!(", moved {moves} times")),
    }
    due
}

/// A party's name.
pub(crate) fn party(party: Option<&v1::Party>) -> String {
    party.map_or_else(String::new, |party| party.name.clone())
}

fn delegated(row: &v1::ActionRow) -> String {
    let name = party(row.delegated_to.as_ref());
    match row.delegation_status() {
        v1::DelegationStatus::Declined if !name.is_empty() => format!("{name} (declined)"),
        _ => name,
    }
}

/// The text, or what is shown of a restricted action.
pub(crate) fn text(row: &v1::ActionRow) -> String {
    if !row.text.is_empty() {
        return row.text.clone();
    }
    match &row.restriction {
        Some(why) if row.stub => match (why.public_title.as_str(), why.explanation.as_str()) {
            ("", "") => "(restricted)".to_owned(),
            ("", explanation) => format!("(restricted: {explanation})"),
            (title, _) => format!("{title} (restricted)"),
        },
        _ if row.stub => "(restricted)".to_owned(),
        _ => String::new(),
    }
}

/// An instant in RFC 3339, empty when there is none.
pub(crate) fn instant(at: Option<&prost_types::Timestamp>) -> String {
    at.and_then(|at| DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).unwrap_or(0)))
        .map_or_else(String::new, |at| {
            at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
        })
}

fn nullable(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        json!(text)
    }
}

fn name_json(party: Option<&v1::Party>) -> Value {
    party.map_or(Value::Null, |party| nullable(&party.name))
}

fn id_json(party: Option<&v1::Party>) -> Value {
    party.map_or(Value::Null, |party| nullable(&party.id))
}

/// One action as an element of `action list --json`; the keys are documented in `JSON.md`.
pub(crate) fn action_json(row: &v1::ActionRow) -> Value {
    let parts: Vec<Value> = row
        .parts
        .iter()
        .map(|part| {
            json!({
                "part": part.part,
                "text": part.text,
                "coverage": stored::<v1::Coverage>(part.coverage),
            })
        })
        .collect();
    json!({
        "reference": row.reference,
        "kind": nullable(&stored::<v1::Kind>(row.kind)),
        "state": nullable(&stored::<v1::Status>(row.status)),
        "outcome": nullable(&stored::<v1::Outcome>(row.outcome)),
        "topic": nullable(&row.topic),
        "theme": nullable(&row.theme),
        "text": nullable(&row.text),
        "meeting": nullable(&row.meeting),
        "meeting_on": nullable(&row.meeting_on),
        "minute": nullable(&row.minute),
        "raised_on": nullable(&row.raised_on),
        "raised_by": name_json(row.raised_by.as_ref()),
        "raised_by_id": id_json(row.raised_by.as_ref()),
        "first_due_on": nullable(&row.first_due_on),
        "due_on": nullable(&row.due_on),
        "due_moves": row.due_moves,
        "no_due_reason": nullable(&row.none_agreed),
        "overdue": row.overdue,
        "days_overdue": row.days_overdue,
        "asked_of": name_json(row.asked_of.as_ref()),
        "asked_of_id": id_json(row.asked_of.as_ref()),
        "delegated_to": name_json(row.delegated_to.as_ref()),
        "delegated_to_id": id_json(row.delegated_to.as_ref()),
        "delegation": nullable(&stored::<v1::DelegationStatus>(row.delegation_status)),
        "coverage": nullable(&stored::<v1::Coverage>(row.coverage)),
        "parts": parts,
        "rag": nullable(&stored::<v1::Rag>(row.rag)),
        "remit": nullable(&stored::<v1::Remit>(row.remit)),
        "sensitivity": nullable(&stored::<v1::Sensitivity>(row.sensitivity)),
        "answered_on": nullable(&row.answered_on),
        "closed_on": nullable(&row.closed_on),
        "restricted": row.restricted,
        "stub": row.stub,
        "children": row.children,
        "last_change_on": nullable(&row.last_change_on),
        "last_change_at": nullable(&instant(row.last_change_at.as_ref())),
        "position": row.position,
        "etag": row.etag,
    })
}
