//! The demo's data file, which says what of it is fact and what is illustrative.

use crate::failure::Failure;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

/// The file, carried in the program.
const FILE: &str = include_str!("../../data/meeting-2018-09-12.toml");

/// Reads the file.
pub(super) fn read() -> Result<Meeting, Failure> {
    toml::from_str(FILE).map_err(|error| Failure::new(format!("the demo's data file: {error}")))
}

fn date<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn maybe_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    date(from).map(Some)
}

/// A meeting and what became of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meeting {
    pub(super) area: String,
    pub(super) meeting: String,
    pub(super) series: String,
    pub(super) raised_by: String,
    pub(super) asked_of: String,
    #[serde(deserialize_with = "date")]
    pub(super) raised_on: NaiveDate,
    #[serde(deserialize_with = "date")]
    pub(super) answered_on: NaiveDate,
    pub(super) due_working_days: u32,
    #[serde(deserialize_with = "date")]
    pub(super) registered_on: NaiveDate,
    #[serde(rename = "body")]
    pub(super) bodies: Vec<Body>,
    #[serde(rename = "group")]
    pub(super) groups: Vec<Group>,
    #[serde(rename = "action")]
    pub(super) actions: Vec<Action>,
    #[serde(rename = "delegation")]
    pub(super) delegations: Vec<Delegation>,
    #[serde(rename = "closure")]
    pub(super) closures: Vec<Closure>,
    #[serde(rename = "return")]
    pub(super) returns: Vec<Return>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) returns_months_after: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    #[serde(default)]
    pub(super) leads: Vec<String>,
    #[serde(default)]
    pub(super) objectives: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) key: String,
    pub(super) topic: String,
    pub(super) kind: String,
    /// What was asked; of an action with parts, the parts one after the other.
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    pub(super) parts: Vec<String>,
    pub(super) no_due_date: Option<String>,
    pub(super) remit: Option<String>,
    pub(super) sensitivity: Option<String>,
    pub(super) answer: Option<String>,
    #[serde(default)]
    pub(super) coverage: Vec<String>,
    #[serde(default)]
    pub(super) cite: Vec<Cite>,
    pub(super) undertaking: Option<Undertaking>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cite {
    pub(super) title: String,
    #[serde(default)]
    pub(super) paragraph: String,
    #[serde(default)]
    pub(super) link: String,
    #[serde(default)]
    pub(super) dated: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Undertaking {
    pub(super) text: String,
    pub(super) asked_of: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delegation {
    pub(super) action: String,
    pub(super) to: String,
    #[serde(deserialize_with = "date")]
    pub(super) on: NaiveDate,
    pub(super) due: String,
    #[serde(default, deserialize_with = "maybe_date")]
    pub(super) accepted_on: Option<NaiveDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closure {
    pub(super) action: String,
    pub(super) outcome: String,
    #[serde(deserialize_with = "date")]
    pub(super) on: NaiveDate,
    pub(super) reason: String,
}

/// A return; without an overall position it is nil.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Return {
    pub(super) group: String,
    pub(super) quarter: String,
    #[serde(deserialize_with = "date")]
    pub(super) on: NaiveDate,
    pub(super) overall: Option<String>,
    #[serde(default)]
    pub(super) position: String,
    #[serde(default)]
    pub(super) risks: String,
    #[serde(default, rename = "update")]
    pub(super) updates: Vec<Update>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Update {
    pub(super) action: String,
    pub(super) rag: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) recovery: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_what_the_letter_does() {
        let meeting = read().unwrap();
        let asking: Vec<&Action> = meeting
            .actions
            .iter()
            .filter(|action| action.answer.is_some())
            .collect();
        assert_eq!(asking.len(), 13, "actions that were answered");
        assert_eq!(
            meeting.actions.len() - asking.len(),
            2,
            "actions that were noted"
        );
        let asks: Vec<&String> = asking
            .iter()
            .flat_map(|action| match action.parts.as_slice() {
                [] => std::slice::from_ref(&action.text),
                parts => parts,
            })
            .collect();
        assert_eq!(asks.len(), 18, "sentences that ask");
        let repeated = asking
            .iter()
            .map(|action| {
                action.parts.len()
                    - action
                        .parts
                        .iter()
                        .collect::<std::collections::BTreeSet<_>>()
                        .len()
            })
            .sum::<usize>();
        assert_eq!(repeated, 1, "one is asked twice in a bullet");
        let addressed = asking.iter().flat_map(|action| &action.coverage);
        assert_eq!(addressed.filter(|word| *word == "not-addressed").count(), 1);
        assert_eq!(meeting.groups.len(), 9);
        for action in asking {
            assert_eq!(
                action.coverage.len(),
                action.parts.len().max(1),
                "{}",
                action.key
            );
        }
    }
}
