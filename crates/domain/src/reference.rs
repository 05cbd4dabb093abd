//! References for people: sequential in a series, never reused, never renumbered.

use crate::text::{Line, Slug};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The longest reference, in bytes.
pub const REFERENCE_LIMIT: usize = 40;

/// The reference of an action, as people write it: `PCP/2018/014`.
///
/// It is fixed in the event that raised the action and is that action's identity in its area.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

/// Why a reference was refused; reads on after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is {found:?}; a reference has 1 to 40 letters, digits, spaces and / - _ . ( ), \
     and begins and ends with a letter, digit or bracket"
)]
pub struct BadReference {
    /// What was given, cut to 80 characters.
    pub found: String,
}

impl Reference {
    /// Checks a reference.
    ///
    /// # Errors
    /// When it is empty, too long or has characters outside the set.
    pub fn new(text: &str) -> Result<Self, BadReference> {
        let edge =
            |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b"()".contains(b));
        let bytes = text.as_bytes();
        let good = bytes.len() <= REFERENCE_LIMIT
            && edge(bytes.first())
            && edge(bytes.last())
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b" /-_.()".contains(b));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadReference {
                found: text.chars().take(80).collect(),
            })
        }
    }

    /// The reference as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The reference as one token of a subject: everything but letters, digits, `/`, `-` and `_`
    /// percent-encoded, since `.` and space mean something in a NATS subject.
    #[must_use]
    pub fn token(&self) -> String {
        let mut token = String::with_capacity(self.0.len());
        for b in self.0.bytes() {
            if is_plain(b) {
                token.push(char::from(b));
            } else {
                token.push_str(&format!("%{b:02X}"));
            }
        }
        token
    }

    /// The reference back from its token. `None` when it is not one that [`Reference::token`] makes.
    #[must_use]
    pub fn from_token(token: &str) -> Option<Self> {
        // Nearly every one, and every message of the log has one.
        if token.bytes().all(is_plain) {
            return Self::new(token).ok();
        }
        let mut text = String::with_capacity(token.len());
        let mut rest = token;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            let byte = u8::from_str_radix(rest.get(at + 1..at + 3)?, 16).ok()?;
            text.push(char::from(byte));
            rest = &rest[at + 3..];
        }
        text.push_str(rest);
        Self::new(&text).ok().filter(|r| r.token() == token)
    }
}

/// Whether a byte of a reference stands for itself in a token.
fn is_plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_')
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a series writes its references: `PCP/{year}/{n:03}`.
///
/// `{n}` is the number, `{n:03}` the number with at least three digits, `{year}` the series' year,
/// `{yy}` its last two digits. Local practice varies (minute items, `n/yyyy/P`, `nn/yy`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

/// Why a pattern was refused; reads on after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's message says what it means")]
pub enum BadPattern {
    #[error("needs {{n}} or {{n:03}} once, where the number goes")]
    NoNumber,
    #[error("has {{{found}}}; the fields are {{n}}, {{n:03}}, {{year}} and {{yy}}")]
    UnknownField { found: String },
    #[error("opens a field that it does not close; write {{n}}, {{n:03}}, {{year}} or {{yy}}")]
    Unclosed,
    #[error("makes a reference that {0}")]
    BadReference(BadReference),
}

enum Piece<'a> {
    Literal(&'a str),
    Number { width: usize },
    Year,
    ShortYear,
}

/// What can stand at one place of a reference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Literal(char),
    /// One digit.
    Digit,
    /// Any number of digits, none included.
    Digits,
}

impl Symbol {
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Symbol::Literal(a), Symbol::Literal(b)) => a == b,
            (Symbol::Literal(c), _) | (_, Symbol::Literal(c)) => c.is_ascii_digit(),
            _ => true,
        }
    }

    fn after(self, at: usize) -> usize {
        if self == Symbol::Digits { at } else { at + 1 }
    }
}

fn short(year: i32) -> String {
    format!("{:02}", year.rem_euclid(100))
}

impl Pattern {
    /// Checks a pattern.
    ///
    /// # Errors
    /// When it has no number, an unknown field, or makes references that are not allowed.
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        let pattern = Self(text.to_owned());
        let numbers = pattern
            .pieces()?
            .iter()
            .filter(|p| matches!(p, Piece::Number { .. }))
            .count();
        if numbers != 1 {
            return Err(BadPattern::NoNumber);
        }
        Reference::new(&pattern.write(2018, 999_999)?).map_err(BadPattern::BadReference)?;
        Ok(pattern)
    }

    /// The reference of a number in a series of a year. `None` when it would be too long to be one.
    #[must_use]
    pub fn reference(&self, year: i32, number: u32) -> Option<Reference> {
        self.write(year, number)
            .ok()
            .and_then(|text| Reference::new(&text).ok())
    }

    /// Whether two patterns, each in its year, could ever write the same reference.
    ///
    /// Every string that one could write is compared with every string of the other, a number
    /// taken as any run of digits that is long enough: it errs on the side of yes.
    #[must_use]
    pub fn meets(&self, year: i32, other: &Pattern, other_year: i32) -> bool {
        let (a, b) = (self.symbols(year), other.symbols(other_year));
        let mut seen = BTreeSet::new();
        let mut next = vec![(0, 0)];
        // Each pair of positions is looked at once, so this ends.
        while let Some((i, j)) = next.pop() {
            if !seen.insert((i, j)) {
                continue;
            }
            if (i, j) == (a.len(), b.len()) {
                return true;
            }
            if a.get(i) == Some(&Symbol::Digits) {
                next.push((i + 1, j));
            }
            if b.get(j) == Some(&Symbol::Digits) {
                next.push((i, j + 1));
            }
            if let (Some(x), Some(y)) = (a.get(i), b.get(j))
                && x.meets(*y)
            {
                next.push((x.after(i), y.after(j)));
            }
        }
        false
    }

    fn symbols(&self, year: i32) -> Vec<Symbol> {
        let literal = |text: &str| text.chars().map(Symbol::Literal).collect();
        self.pieces()
            .unwrap_or_default()
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Literal(text) => literal(text),
                Piece::Year => literal(&year.to_string()),
                Piece::ShortYear => literal(&short(year)),
                Piece::Number { width } => {
                    let mut digits = vec![Symbol::Digit; width];
                    digits.push(Symbol::Digits);
                    digits
                }
            })
            .collect()
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn write(&self, year: i32, number: u32) -> Result<String, BadPattern> {
        let mut text = String::new();
        for piece in self.pieces()? {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Number { width } => text.push_str(&format!("{number:0width$}")),
                Piece::Year => text.push_str(&year.to_string()),
                Piece::ShortYear => text.push_str(&short(year)),
            }
        }
        Ok(text)
    }

    fn pieces(&self) -> Result<Vec<Piece<'_>>, BadPattern> {
        let mut pieces = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find('{') {
            pieces.push(Piece::Literal(&rest[..open]));
            let Some((field, after)) = rest[open + 1..].split_once('}') else {
                return Err(BadPattern::Unclosed);
            };
            pieces.push(match field {
                "n" => Piece::Number { width: 1 },
                "year" => Piece::Year,
                "yy" => Piece::ShortYear,
                field => match field.strip_prefix("n:0").and_then(|w| w.parse().ok()) {
                    Some(width @ 1..=9) => Piece::Number { width },
                    _ => {
                        return Err(BadPattern::UnknownField {
                            found: field.chars().take(40).collect(),
                        });
                    }
                },
            });
            rest = after;
        }
        pieces.push(Piece::Literal(rest));
        Ok(pieces)
    }
}

/// A run of references: a body's, for a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Identifier: `pcp-2018`.
    pub id: Slug,
    /// The body whose references they are.
    pub body: Slug,
    /// The year that the references carry.
    pub year: i32,
    /// How they are written.
    pub pattern: Pattern,
    /// What the series is for, in words.
    pub title: Option<Line>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn patterns_of_local_practice() {
        let rows = [
            ("PCP/{year}/{n:03}", 14, "PCP/2018/014"),
            ("{n}/{year}/P", 7, "7/2018/P"),
            ("{n:02}/{yy}", 7, "07/18"),
            ("PCP/{year}/{n:03}", 1234, "PCP/2018/1234"),
        ];
        for (pattern, number, expected) in rows {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.reference(2018, number).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn which_patterns_meet() {
        let rows = [
            ("PCP/{year}/{n:03}", 2018, "PCP/{year}/{n:03}", 2019, false),
            ("PCP/{year}/{n:03}", 2018, "PCP/{year}/{n}", 2018, true),
            ("PCP/{n}", 2018, "PCP/{n}", 2019, true),
            ("PCP/{n}", 2018, "PCP/1{n}", 2018, true),
            ("{n}/{yy}", 2018, "{yy}/{n}", 2022, true),
            ("{n}/{yy}", 2018, "{n}/{yy}", 2019, false),
            ("A{n}", 2018, "B{n}", 2018, false),
        ];
        for (a, year, b, other, meet) in rows {
            let (a, b) = (Pattern::new(a).unwrap(), Pattern::new(b).unwrap());
            assert_eq!(
                a.meets(year, &b, other),
                meet,
                "{} {}",
                a.as_str(),
                b.as_str()
            );
        }
    }

    #[test]
    fn bad_patterns_say_what_would_be_right() {
        let said: Vec<String> = ["PCP/{year}", "P{m}/{n}", "{n}{n}", "PCP.{n}*", "PCP/{n"]
            .iter()
            .map(|p| Pattern::new(p).unwrap_err().to_string())
            .collect();
        insta::assert_debug_snapshot!(said);
    }

    proptest! {
        #[test]
        fn a_token_leads_back_to_its_reference(text in "[A-Za-z0-9(][A-Za-z0-9 /._()-]{0,30}[A-Za-z0-9)]") {
            let reference = Reference::new(&text).unwrap();
            let token = reference.token();
            prop_assert!(!token.contains(['.', ' ', '*', '>']));
            prop_assert_eq!(Reference::from_token(&token), Some(reference));
        }

        #[test]
        fn any_token_is_read_as_written_or_not_at_all(token in "[A-Za-z0-9%+é./ ]{0,12}") {
            if let Some(reference) = Reference::from_token(&token) {
                prop_assert_eq!(reference.token(), token);
            }
        }

        #[test]
        fn a_pattern_writes_another_reference_for_each_number(
            text in "[A-Z]{0,3}/?\\{(n|n:02|n:04)\\}(/\\{(year|yy)\\})?",
            year in 1999i32..2101,
            numbers in (1u32..=999_999, 1u32..=999_999),
        ) {
            let Ok(pattern) = Pattern::new(&text) else { return Ok(()) };
            let (a, b) = (pattern.reference(year, numbers.0), pattern.reference(year, numbers.1));
            prop_assert!(a.is_some() && b.is_some());
            prop_assert_eq!(a == b, numbers.0 == numbers.1);
        }

        #[test]
        fn patterns_that_write_one_reference_meet(
            a in "[P1]{0,2}/?\\{(n|n:02)\\}/?[18]{0,2}",
            b in "([P1]{0,2}/?|\\{yy\\}/)\\{(n|n:03)\\}/?[18]{0,2}",
            years in (2018i32..2022, 2018i32..2022),
            numbers in vec((1u32..130, 1u32..130), 40),
        ) {
            let (Ok(a), Ok(b)) = (Pattern::new(&a), Pattern::new(&b)) else { return Ok(()) };
            let meet = a.meets(years.0, &b, years.1);
            prop_assert_eq!(meet, b.meets(years.1, &a, years.0));
            for (n, m) in numbers {
                prop_assert!(meet || a.reference(years.0, n) != b.reference(years.1, m));
            }
        }

        #[test]
        fn any_text_is_a_pattern_or_says_why_not(text in "[A-Z/{}n:0year]{0,20}") {
            match Pattern::new(&text) {
                Ok(pattern) => prop_assert!(pattern.reference(2018, 1).is_some()),
                Err(why) => prop_assert!(!why.to_string().is_empty()),
            }
        }
    }
}
