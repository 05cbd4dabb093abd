//! Fields that are not as they must be, gathered before anything is answered.

use std::fmt;

/// The most violations that are reported; a message with more is wrong enough.
const VIOLATIONS_LIMIT: usize = 100;

/// One field that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its path: `write.request_id`, `citations[2].link`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub description: String,
}

/// All of a message's violations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One alone.
    #[must_use]
    pub fn one(field: impl Into<String>, description: impl fmt::Display) -> Self {
        let mut violations = Self::new();
        violations.add(field, description);
        violations
    }

    /// Adds one; past [`VIOLATIONS_LIMIT`] it is dropped.
    pub fn add(&mut self, field: impl Into<String>, description: impl fmt::Display) {
        if self.0.len() < VIOLATIONS_LIMIT {
            self.0.push(Violation {
                field: field.into(),
                description: description.to_string(),
            });
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter()
    }

    /// `value` when nothing was found wrong.
    ///
    /// # Errors
    /// The violations, when there is one or when there is no value.
    pub fn or<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("the request is not as it must be"),
            [only] => write!(f, "{}: {}", only.field, only.description),
            [first, rest @ ..] => write!(
                f,
                "{}: {} (and {} more: see the field violations)",
                first.field,
                first.description,
                rest.len()
            ),
        }
    }
}
