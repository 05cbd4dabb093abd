//! The mapping file: what the headings and the status words of one clerk's log mean.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::columns::{Field, normal};
use super::words::LogState;

/// What a clerk's own headings and words mean, read from TOML:
///
/// ```toml
/// [columns]
/// "Point made" = "text"
/// "Colour" = "ignore"
///
/// [states]
/// "Parked" = "open"
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: BTreeMap<String, (String, Option<Field>)>,
    states: BTreeMap<String, LogState>,
}

/// Why a mapping file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the mapping file: {problem}")]
pub struct MappingError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    #[serde(default)]
    columns: BTreeMap<String, Target>,
    #[serde(default)]
    states: BTreeMap<String, LogState>,
}

#[derive(Deserialize)]
#[serde(from = "TargetWord")]
struct Target(Option<Field>);

/// One list of words for the error message: the fields, and "ignore".
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TargetWord {
    Reference,
    Text,
    Kind,
    Topic,
    Theme,
    Meeting,
    #[serde(alias = "raised_on")]
    RaisedOn,
    Owner,
    #[serde(alias = "delegated_to")]
    DelegatedTo,
    #[serde(alias = "due_on")]
    DueOn,
    Status,
    Update,
    #[serde(alias = "update_on")]
    UpdateOn,
    #[serde(alias = "closed_on")]
    ClosedOn,
    Rag,
    Ignore,
}

impl From<TargetWord> for Target {
    fn from(word: TargetWord) -> Self {
        Self(match word {
            TargetWord::Reference => Some(Field::Reference),
            TargetWord::Text => Some(Field::Text),
            TargetWord::Kind => Some(Field::Kind),
            TargetWord::Topic => Some(Field::Topic),
            TargetWord::Theme => Some(Field::Theme),
            TargetWord::Meeting => Some(Field::Meeting),
            TargetWord::RaisedOn => Some(Field::RaisedOn),
            TargetWord::Owner => Some(Field::Owner),
            TargetWord::DelegatedTo => Some(Field::DelegatedTo),
            TargetWord::DueOn => Some(Field::DueOn),
            TargetWord::Status => Some(Field::Status),
            TargetWord::Update => Some(Field::Update),
            TargetWord::UpdateOn => Some(Field::UpdateOn),
            TargetWord::ClosedOn => Some(Field::ClosedOn),
            TargetWord::Rag => Some(Field::Rag),
            TargetWord::Ignore => None,
        })
    }
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// With the line, when it is no TOML, or names a field or a state that does not exist, or gives
    /// one field to two columns.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let file: MappingFile = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.as_bytes().get(..start).unwrap_or_default();
            MappingError {
                line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
                problem: error.message().trim().replace('\n', "; "),
            }
        })?;
        let mut columns = BTreeMap::new();
        for (heading, Target(field)) in file.columns {
            let taken = columns
                .values()
                .find(|(_, other): &&(String, Option<Field>)| field.is_some() && *other == field);
            if let Some((other, _)) = taken {
                return Err(MappingError {
                    line: line_of(text, &heading),
                    problem: format!(
                        "“{heading}” and “{other}” are given to the same field; choose one"
                    ),
                });
            }
            columns.insert(normal(&heading), (heading, field));
        }
        let states = file
            .states
            .into_iter()
            .map(|(word, state)| (normal(&word), state))
            .collect();
        Ok(Self { columns, states })
    }

    /// What the mapping says of a heading: nothing, to ignore it, or a field.
    pub(crate) fn column(&self, heading: &str) -> Option<Option<Field>> {
        self.columns.get(&normal(heading)).map(|(_, field)| *field)
    }

    pub(crate) fn state(&self, word: &str) -> Option<LogState> {
        self.states.get(&normal(word)).copied()
    }

    pub(crate) fn headings_missing_from(&self, headings: &[String]) -> Vec<String> {
        let there: Vec<String> = headings.iter().map(|heading| normal(heading)).collect();
        let named = self.columns.iter().filter(|(key, _)| !there.contains(key));
        named.map(|(_, (heading, _))| heading.clone()).collect()
    }
}

fn line_of(text: &str, heading: &str) -> usize {
    text.lines()
        .position(|line| line.contains(heading))
        .map_or(1, |at| at + 1)
}
