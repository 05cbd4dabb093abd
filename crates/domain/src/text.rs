//! Checked texts: what people type, with limits, before it reaches the log.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest text, in characters (Unicode scalar values).
pub const TEXT_LIMIT: usize = 20_000;
/// The longest single line (a name, a topic, a title), in characters.
pub const LINE_LIMIT: usize = 300;
/// The longest identifier, in bytes.
pub const SLUG_LIMIT: usize = 64;

/// Why a text was refused; reads on after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's message says what it means")]
pub enum TextProblem {
    #[error("is empty; say something")]
    Empty,
    #[error("has {characters} characters; at most {limit} are kept")]
    TooLong { characters: usize, limit: usize },
    #[error("has the control character U+{code:04X} at character {at}; remove it")]
    Control { code: u32, at: usize },
    #[error("has a line break at character {at}; keep it to one line")]
    LineBreak { at: usize },
    #[error(
        "is {found:?}; an identifier has 1 to 64 of a to z, 0 to 9 and single hyphens between them"
    )]
    NotASlug { found: String },
}

fn check(text: &str, limit: usize, lines: bool) -> Result<(), TextProblem> {
    if text.trim().is_empty() {
        return Err(TextProblem::Empty);
    }
    // Bytes bound characters from above, so a huge text is refused without being counted twice.
    let characters = text.chars().count();
    if characters > limit {
        return Err(TextProblem::TooLong { characters, limit });
    }
    for (at, c) in text.chars().enumerate() {
        match c {
            // Unicode Standard, 5.8: these two break lines as well.
            '\n' | '\r' | '\u{2028}' | '\u{2029}' if !lines => {
                return Err(TextProblem::LineBreak { at: at + 1 });
            }
            '\n' | '\t' => {}
            '\r' if lines => {}
            c if c.is_control() || is_invisible_direction(c) => {
                return Err(TextProblem::Control {
                    code: u32::from(c),
                    at: at + 1,
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Characters that reorder or hide text on screen: a record must read the same everywhere
/// (Unicode Technical Report 36, bidirectional text spoofing).
fn is_invisible_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $limit:expr, $lines:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks and keeps the text verbatim, but for spaces around it.
            ///
            /// # Errors
            /// When it is empty, too long, or has characters that a record should not have.
            pub fn new(text: &str) -> Result<Self, TextProblem> {
                check(text, $limit, $lines)?;
                Ok(Self(text.trim().to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked!(
    /// Text of one or more lines, at most [`TEXT_LIMIT`] characters.
    Text, TEXT_LIMIT, true
);
checked!(
    /// A single line, at most [`LINE_LIMIT`] characters.
    Line, LINE_LIMIT, false
);

impl Text {
    /// The empty text, which [`Text::new`] refuses: what a slim copy of an event carries where
    /// the long text was.
    #[must_use]
    pub fn blank() -> Self {
        Self(String::new())
    }
}

/// An identifier for machines and addresses: `drugs-and-alcohol-misuse`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Checks an identifier.
    ///
    /// # Errors
    /// When it is not 1 to 64 of `a`-`z`, `0`-`9` and single inner hyphens.
    pub fn new(text: &str) -> Result<Self, TextProblem> {
        let good = !text.is_empty()
            && text.len() <= SLUG_LIMIT
            && text.split('-').all(|word| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            });
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextProblem::NotASlug {
                found: text.chars().take(80).collect(),
            })
        }
    }

    /// Makes an identifier out of a name: letters and digits in lower case, the rest hyphens.
    ///
    /// # Errors
    /// When no letter or digit is left.
    pub fn from_name(name: &str) -> Result<Self, TextProblem> {
        let mut slug = String::new();
        for word in name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
        {
            if slug.len() + word.len() + 1 > SLUG_LIMIT {
                break;
            }
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.push_str(&word.to_ascii_lowercase());
        }
        Self::new(&slug)
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_refused_and_what_it_says() {
        let long = "x".repeat(TEXT_LIMIT + 1);
        let said: Vec<String> = [
            Text::new("  \n "),
            Text::new(&long),
            Text::new("bell\u{7} rings"),
            Text::new("\u{202E}reversed"),
        ]
        .into_iter()
        .map(|r| r.unwrap_err().to_string())
        .collect();
        insta::assert_debug_snapshot!(said, @r#"
        [
            "is empty; say something",
            "has 20001 characters; at most 20000 are kept",
            "has the control character U+0007 at character 5; remove it",
            "has the control character U+202E at character 1; remove it",
        ]
        "#);
        assert_eq!(Line::new("a\nb"), Err(TextProblem::LineBreak { at: 2 }));
        assert_eq!(
            Line::new("a\u{2028}b"),
            Err(TextProblem::LineBreak { at: 2 })
        );
        assert!(Text::new("two\n\tlines").is_ok());
    }

    #[test]
    fn slugs_come_from_names() {
        let slug = |name| Slug::from_name(name).unwrap().to_string();
        assert_eq!(
            slug("Organised Crime & Modern Slavery"),
            "organised-crime-modern-slavery"
        );
        assert_eq!(
            slug("Child Exploitation, Gang Activity and County Lines"),
            "child-exploitation-gang-activity-and-county-lines"
        );
        assert!(Slug::new("Bad Slug").is_err());
        assert!(Slug::new("a--b").is_err());
        assert!(Slug::from_name("&").is_err());
    }

    proptest! {
            #[test]
            fn a_name_gives_a_slug_or_a_reason(name in "\\PC{0,120}") {
                match Slug::from_name(&name) {
                    Ok(slug) => {
                        prop_assert!(slug.as_str().len() <= SLUG_LIMIT);
                        prop_assert_eq!(Slug::new(slug.as_str()), Ok(slug.clone()));
                        prop_assert_eq!(Slug::from_name(slug.as_str()), Ok(slug));
                    }
                    Err(problem) => {
     let found = matches!(problem, TextProblem::NotASlug { .. });
     prop_assert!(found);
    }
                }
            }

            #[test]
            fn what_is_kept_is_kept_again_as_it_is(text in any::<String>()) {
                if let Ok(kept) = Text::new(&text) {
                    prop_assert_eq!(kept.as_str(), text.trim());
                    prop_assert_eq!(Text::new(kept.as_str()), Ok(kept.clone()));
                }
                if let Ok(line) = Line::new(&text) {
                    prop_assert_eq!(line.as_str().lines().count(), 1);
                    prop_assert!(Text::new(&text).is_ok());
                }
            }
        }
}
