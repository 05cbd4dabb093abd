//! A difference in words: what the entries of the store are called, and which field differs.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::FirstDifference;
use crate::keys;
use crate::store::kept_row;

/// The fields that a stub shows too. A sentence quotes no others: whoever reads it may not be
/// allowed to read the action.
const PUBLIC: [&str; 13] = [
    "answered_on",
    "clock_paused_since",
    "closed",
    "coverage",
    "due_moves",
    "due_on",
    "first_due_on",
    "kind",
    "last_change_at",
    "last_change_on",
    "position",
    "raised_on",
    "status",
];

impl fmt::Display for FirstDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.what, self.of)?;
        match (&self.field, &self.by_the_log, &self.in_the_model) {
            (Some(field), log, model) if PUBLIC.contains(&field.as_str()) => {
                let said = |value: &Option<String>| value.clone().unwrap_or("not there".to_owned());
                let (log, model) = (said(log), said(model));
                write!(f, ": field {field} is {model}, a replay gives {log}")
            }
            (Some(field), ..) => {
                write!(f, ": field {field} is not what a replay of the log gives")
            }
            (None, Some(_), None) => f.write_str(" is missing from the read model"),
            (None, None, _) => f.write_str(" is in the read model and not in the log"),
            (None, Some(_), Some(_)) => f.write_str(" is not what a replay of the log gives"),
        }
    }
}

/// What an entry is of, by its key. The key of a trail or a return is given without its sequence.
pub(super) fn name(key: &[u8]) -> String {
    let (kind, rest) = match key.split_first() {
        Some((kind, rest)) => (*kind, rest),
        None => return String::new(),
    };
    let text = || {
        String::from_utf8_lossy(rest)
            .replace('\0', " ")
            .trim()
            .to_owned()
    };
    let named = match kind {
        keys::RETURN => of_return(rest),
        keys::ROW | keys::OPEN | keys::CHANGED | keys::GATE | keys::TRAIL => {
            let named = keys::reference(key, 0).zip(keys::area(key));
            named.map(|(reference, area)| format!("{reference} in {area}"))
        }
        _ => None,
    };
    named.unwrap_or_else(text)
}

fn of_return(key: &[u8]) -> Option<String> {
    let mut words = key.split(|byte| *byte == 0).map(std::str::from_utf8);
    let mut word = || words.next()?.ok();
    let (area, group, quarter) = (word()?, word()?, word()?);
    Some(format!("{group} for {quarter} in {area}"))
}

/// A field's name, and its value in each of two entries.
type Field = (String, Option<String>, Option<String>);

/// What an entry of a kind holds, as JSON where it is a row.
pub(super) fn readable(kind: u8, bytes: &[u8]) -> Cow<'_, [u8]> {
    let row = matches!(kind, keys::ROW | keys::OPEN).then(|| kept_row(bytes).ok());
    match row.flatten().map(|row| serde_json::to_vec(&row.fields())) {
        Some(Ok(json)) => Cow::Owned(json),
        _ => Cow::Borrowed(bytes),
    }
}

/// The first field, by name, in which two JSON objects differ, with its value in each.
pub(super) fn field(log: &[u8], model: &[u8]) -> Option<Field> {
    let object = |bytes| serde_json::from_slice::<Map<String, Value>>(bytes).ok();
    let (log, model) = (object(log)?, object(model)?);
    let names: BTreeSet<&String> = log.keys().chain(model.keys()).collect();
    let differs = names
        .into_iter()
        .find(|name| log.get(*name) != model.get(*name))?;
    let said = |object: &Map<String, Value>| {
        object.get(differs).map(|value| match value {
            Value::String(text) => text.chars().take(2_000).collect(),
            other => other.to_string().chars().take(2_000).collect(),
        })
    };
    Some((differs.clone(), said(&log), said(&model)))
}

#[cfg(test)]
mod tests {
    use domain::reference::Reference;
    use domain::text::Slug;

    use super::{FirstDifference, field, keys, name};

    #[test]
    fn a_difference_names_the_action_and_the_field() {
        let area = Slug::new("cambridgeshire-peterborough").unwrap();
        let reference = Reference::new("PCP/2018/002").unwrap();
        let of = name(&keys::of_action(keys::ROW, &area, &reference));
        assert_eq!(
            of,
            name(&keys::changed(&area, 77, &reference)),
            "whatever the entry"
        );
        let told = |log: &str, model: &str| {
            let (field, by_the_log, in_the_model) =
                field(log.as_bytes(), model.as_bytes()).unwrap();
            FirstDifference {
                what: "row",
                of: of.clone(),
                field: Some(field),
                by_the_log,
                in_the_model,
                position: 77,
            }
            .to_string()
        };
        assert_eq!(
            told(
                r#"{"due_on":"2018-11-09","text":"a"}"#,
                r#"{"due_on":"2018-12-09","text":"b"}"#
            ),
            "row of PCP/2018/002 in cambridgeshire-peterborough: field due_on is 2018-12-09, a \
             replay gives 2018-11-09"
        );
        assert_eq!(
            told(r#"{"text":"a"}"#, r#"{"text":"b"}"#),
            "row of PCP/2018/002 in cambridgeshire-peterborough: field text is not what a replay \
             of the log gives"
        );
        let group = Slug::new("prevent").unwrap();
        let quarter = "2018-19-q3".parse().unwrap();
        assert_eq!(
            name(&keys::of_return(&area, &group, quarter)),
            "prevent for 2018-19-q3 in cambridgeshire-peterborough"
        );
    }
}
