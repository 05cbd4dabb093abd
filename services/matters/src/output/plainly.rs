//! Values of the record that are JSON inside, in words for a cell.

use serde_json::Value;

/// A party's name, parts with their coverage, whatever else in short; a plain text as it is.
pub(crate) fn plainly(text: &str) -> String {
    if !text.starts_with(['{', '[']) {
        return text.to_owned();
    }
    match serde_json::from_str(text) {
        Ok(value) => words(&value),
        Err(_) => text.to_owned(),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let told = [
                "name", "id", "kind", "on", "coverage", "outcome", "status", "answer",
            ];
            let has_name = fields.contains_key("name");
            told.iter()
                .filter(|key| {
                    !has_name || **key == "name" || **key == "status" || **key == "answer"
                })
                .filter_map(|key| fields.get(*key))
                .filter_map(Value::as_str)
                // An identifier that only machines read.
                .filter(|text| text.len() != 36)
                .map(|text| text.replace('_', " "))
                .collect::<Vec<_>>()
                .join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::plainly;

    #[test]
    fn json_is_told_in_words() {
        assert_eq!(plainly("2018-11-09"), "2018-11-09");
        let parts = r#"[{"coverage":"pending","id":"a","text":"What?"},{"coverage":"not_addressed","id":"b"}]"#;
        assert_eq!(plainly(parts), "a pending; b not addressed");
        assert_eq!(
            plainly(r#"{"id":"opcc","kind":"body","name":"The Office"}"#),
            "The Office"
        );
    }
}
