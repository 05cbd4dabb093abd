//! Values of the record that are JSON inside, in words for a cell.

use serde_json::{Map, Value};

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
        Value::Object(fields) if fields.contains_key("review_on") => restriction(fields),
        Value::Object(fields) => {
            let told = [
                "name", "id", "kind", "other", "on", "coverage", "outcome", "status", "answer",
                "reason",
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

/// Why something is out of public view: as far as it is told to whoever reads this.
fn restriction(fields: &Map<String, Value>) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or("");
    let ground = fields.get("ground").map_or(String::new(), ground);
    let told = [
        ("", ground),
        ("since ", text("since").to_owned()),
        ("to be looked at again on ", text("review_on").to_owned()),
        ("the public is told: ", text("explanation").to_owned()),
    ];
    let told = told.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(before, value)| format!("{before}{value}"))
        .collect::<Vec<_>>()
        .join("; ")
}

fn ground(ground: &Value) -> String {
    let kind = ground.get("ground").and_then(Value::as_str).unwrap_or("");
    match ground.get("paragraph").and_then(Value::as_u64) {
        Some(paragraph) => format!("Schedule 12A, paragraph {paragraph}"),
        None => kind.replace('_', " "),
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
        assert_eq!(
            plainly(r#"[{"kind":"duplicate_of","other":"PCP/2018/003"}]"#),
            "duplicate of PCP/2018/003"
        );
        let restricted = r#"{"ground":{"ground":"schedule12a","paragraph":7},"since":"2018-11-09","review_on":"2019-03-01","explanation":"It names people."}"#;
        assert_eq!(
            plainly(restricted),
            "Schedule 12A, paragraph 7; since 2018-11-09; to be looked at again on 2019-03-01; \
             the public is told: It names people."
        );
        let operational = r#"{"ground":{"ground":"operationally_sensitive"},"since":"2018-11-09","review_on":"2019-03-01","explanation":""}"#;
        assert!(plainly(operational).starts_with("operationally sensitive; since 2018-11-09; "));
    }
}
