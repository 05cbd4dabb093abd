//! What people type: dates, quarters, references, patterns, texts, subjects.

use super::{Target, said, text};
use crate::corpus;
use domain::aggregate::Address;
use domain::calendar::{Quarter, dates};
use domain::reference::{Pattern, Reference};
use domain::text::{LINE_LIMIT, Line, SLUG_LIMIT, Slug, TEXT_LIMIT, Text};
use event_log::Subject;

pub(super) fn targets() -> Vec<Target> {
    let target = |name, corpus, give| Target {
        name,
        most: 512,
        corpus,
        give,
    };
    vec![
        target("date", || corpus::lines("date"), date),
        target("quarter", || corpus::lines("date"), quarter),
        target("reference", || corpus::lines("reference"), reference),
        target("pattern", || corpus::lines("reference"), pattern),
        target("text", || corpus::lines("text"), texts),
        target("subject", || corpus::lines("subject"), subject),
    ]
}

/// A date that is read is within bounds, and read again as it is written.
fn date(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match dates::parse(text) {
        Ok(date) => {
            let year = chrono::Datelike::year(&date);
            assert!((dates::FIRST_YEAR..=dates::LAST_YEAR).contains(&year));
            assert_eq!(dates::parse(&date.to_string()), Ok(date));
            assert_eq!(dates::parse(&dates::say_date(date)), Ok(date));
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

fn quarter(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match text.parse::<Quarter>() {
        Ok(quarter) => {
            assert_eq!(quarter.to_string().parse(), Ok(quarter));
            assert_eq!(quarter.token().parse(), Ok(quarter));
            assert_eq!(Quarter::containing(quarter.first_day()), Ok(quarter));
            assert_eq!(Quarter::containing(quarter.last_day()), Ok(quarter));
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

/// A reference has one token, the token one reference; and no text that is no token gives one.
fn reference(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    if let Some(read) = Reference::from_token(text) {
        assert_eq!(read.token(), text);
    }
    match Reference::new(text) {
        Ok(reference) => {
            assert_eq!(reference.as_str(), text);
            assert_eq!(
                Reference::from_token(&reference.token()),
                Some(reference.clone())
            );
            let area = Slug::new("cambs").unwrap();
            let address = Address::action(&area, &reference);
            let subject = Subject::parse(&address.to_string()).unwrap();
            assert_eq!(Address::parse(subject.as_str()), Ok(address));
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

/// What a pattern writes is a reference, another for each number.
fn pattern(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match Pattern::new(text) {
        Ok(pattern) => {
            let of = |number| pattern.reference(2018, number);
            assert!(of(1).is_some() && of(999_999).is_some());
            assert_ne!(of(1), of(2));
            assert_ne!(of(9), of(10));
            assert!(pattern.meets(2018, &pattern, 2018));
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

/// What is kept is within its limits, has no control characters, and is kept again as it is.
fn texts(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let hidden = |c: char| (c.is_control() && !"\n\r\t".contains(c)) || c == '\u{202e}';
    match Text::new(text) {
        Ok(kept) => {
            assert!(kept.as_str().chars().count() <= TEXT_LIMIT && !kept.as_str().contains(hidden));
            assert_eq!(Text::new(kept.as_str()), Ok(kept.clone()));
        }
        Err(error) => said(error),
    }
    match Slug::new(text) {
        Ok(slug) => assert!(slug.as_str() == text && text.len() <= SLUG_LIMIT),
        Err(error) => said(error),
    }
    if let Ok(slug) = Slug::from_name(text) {
        assert_eq!(Slug::new(slug.as_str()), Ok(slug));
    }
    match Line::new(text) {
        Ok(line) => {
            assert!(line.as_str().chars().count() <= LINE_LIMIT);
            assert_eq!(line.as_str().lines().count(), 1);
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

/// A subject is tokens without wildcards; an address is written as the subject that it was read from.
fn subject(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    if let Err(error) = Subject::parse(text) {
        said(error);
        return false;
    }
    assert!(!text.contains(['*', '>', ' ', '\n']));
    match Address::parse(text) {
        Ok(address) => {
            assert_eq!(address.to_string(), text);
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}
