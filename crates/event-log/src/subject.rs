//! The name of one aggregate's own sequence of records.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_SUBJECT_BYTES;

/// A subject: dot-separated NATS tokens that begin with `evt.`, such as
/// `evt.cambridgeshire-peterborough.register`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(String);

/// Why a text is not a [`Subject`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// Longer than [`MAX_SUBJECT_BYTES`].
    #[error("subject is {bytes} bytes long; at most {MAX_SUBJECT_BYTES} are allowed")]
    TooLong {
        /// Length of the text.
        bytes: usize,
    },
    /// It does not begin with `evt.`.
    #[error("subject {text:?} does not begin with \"evt.\"")]
    Prefix {
        /// The text.
        text: String,
    },
    /// Two dots in a row, or one at the end.
    #[error("subject {text:?} has an empty token at position {position}, counted from 1")]
    EmptyToken {
        /// The text.
        text: String,
        /// Which token is empty, counted from 1.
        position: usize,
    },
    /// A wildcard, a space or a control character.
    #[error(
        "subject {text:?} holds the character {character:?}; \
         wildcards, spaces and control characters are not allowed"
    )]
    Character {
        /// The text.
        text: String,
        /// The first offending character.
        character: char,
    },
}

impl Subject {
    /// Reads a subject, or says which rule the text breaks.
    ///
    /// # Errors
    /// [`SubjectError`] names the first rule broken.
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        if text.len() > MAX_SUBJECT_BYTES {
            return Err(SubjectError::TooLong { bytes: text.len() });
        }
        let forbidden = |c: &char| matches!(c, '*' | '>') || c.is_whitespace() || c.is_control();
        if let Some(character) = text.chars().find(forbidden) {
            return Err(SubjectError::Character {
                text: text.to_owned(),
                character,
            });
        }
        if !text.starts_with("evt.") {
            return Err(SubjectError::Prefix {
                text: text.to_owned(),
            });
        }
        if let Some(index) = text.split('.').position(str::is_empty) {
            return Err(SubjectError::EmptyToken {
                text: text.to_owned(),
                position: index + 1,
            });
        }
        Ok(Self(text.to_owned()))
    }

    /// The subject of a foreign message whose own is none.
    pub(crate) fn foreign(sequence: crate::Sequence) -> Self {
        Self(format!("evt.foreign.{sequence}"))
    }

    /// The subject as it stands in the log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Subject {
    type Error = SubjectError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_that_are_accepted() {
        for text in [
            "evt.a",
            "evt.cambridgeshire-peterborough.action.PCP/2018/014",
            "evt.a.return.drugs-and-alcohol.2018-Q3",
        ] {
            assert_eq!(Subject::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn every_rule_is_named_when_it_is_broken() {
        let said = |text: &str| Subject::parse(text).unwrap_err().to_string();
        assert_eq!(said(""), "subject \"\" does not begin with \"evt.\"");
        assert_eq!(said("evt"), "subject \"evt\" does not begin with \"evt.\"");
        assert_eq!(
            said("evt.a..b"),
            "subject \"evt.a..b\" has an empty token at position 3, counted from 1"
        );
        assert_eq!(
            said("evt."),
            "subject \"evt.\" has an empty token at position 2, counted from 1"
        );
        for bad in ["evt.*", "evt.>", "evt.a b", "evt.a\n", "evt.\u{a0}"] {
            assert!(matches!(
                Subject::parse(bad),
                Err(SubjectError::Character { .. })
            ));
        }
        let long = format!("evt.{}", "a".repeat(MAX_SUBJECT_BYTES));
        assert_eq!(
            said(&long),
            "subject is 204 bytes long; at most 200 are allowed"
        );
    }
}
