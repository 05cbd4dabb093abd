//! What each field must be, by the table beside this file, and the wrong values of each kind.

use super::contract::Step;
use prost_reflect::{DynamicMessage, Kind, Value};
use std::collections::BTreeMap;

/// What a field must be.
#[derive(Debug, Clone)]
pub(super) struct Must {
    pub(super) needed: bool,
    pub(super) kind: &'static str,
    /// Bounds of a number.
    bounds: Vec<i64>,
    /// The most entries of a list; 0: any number.
    pub(super) most: Option<usize>,
}

/// The table: `Message.field` to what it must be.
pub(super) fn table() -> BTreeMap<&'static str, Must> {
    let lines = include_str!("fields.txt").lines();
    let rows = lines.filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let words: Vec<&str> = row.split_whitespace().collect();
        let [field, needed, kind, rest @ ..] = words.as_slice() else {
            panic!("{row:?} is no row of the table");
        };
        let number = |word: &&str| word.parse::<i64>().unwrap();
        let (bounds, most) = match rest {
            ["list", most] => (vec![], Some(most.parse().unwrap())),
            bounds => (bounds.iter().map(number).collect(), None),
        };
        let must = Must {
            needed: *needed == "needed",
            kind,
            bounds,
            most,
        };
        (*field, must)
    })
    .collect()
}

/// The row of a place: the message that holds the field, and the field.
pub(super) fn row(step: &Step) -> String {
    let message = step.field.parent_message().name().to_owned();
    format!("{message}.{}", step.field.name())
}

/// A wrong value, and what is wrong with it. `None` is the absence of the field.
pub(super) type Wrong = (String, Option<Value>);

/// Every wrong value of a place. `base` is what the field holds in a request that is right.
pub(super) fn wrong_values(step: &Step, must: &Must, base: &Value) -> Vec<Wrong> {
    if step.field.is_list() && step.entry.is_none() {
        return wrong_lists(must, base);
    }
    match must.kind {
        "any" => vec![],
        "message" => match must.needed && step.entry.is_none() {
            true => vec![("missing".to_owned(), None)],
            false => vec![],
        },
        "word" => wrong_words(step, must),
        "number" => wrong_numbers(step, must),
        "instant" => wrong_instants(step),
        kind => {
            let mut wrong = wrong_texts(kind);
            let is_needed = must.needed || step.entry.is_some();
            if !is_needed {
                // Of what may be left out, the empty text is how it is left out.
                wrong.retain(|(_, text)| !text.is_empty());
            }
            let value = |text| Some(Value::String(text));
            wrong
                .into_iter()
                .map(|(what, text)| (what.to_owned(), value(text)))
                .collect()
        }
    }
}

fn wrong_lists(must: &Must, base: &Value) -> Vec<Wrong> {
    let entries = base.as_list().unwrap();
    match (must.most, entries.first()) {
        (Some(most @ 1..), Some(entry)) => {
            let crowd = vec![entry.clone(); most + 1];
            vec![(format!("{} entries", most + 1), Some(Value::List(crowd)))]
        }
        _ => vec![],
    }
}

fn wrong_words(step: &Step, must: &Must) -> Vec<Wrong> {
    let mut numbers = vec![-1, 99, i32::MIN, i32::MAX];
    if must.needed || step.entry.is_some() {
        numbers.push(0);
    }
    let word = |number: i32| (number.to_string(), Some(Value::EnumNumber(number)));
    numbers.into_iter().map(word).collect()
}

fn wrong_numbers(step: &Step, must: &Must) -> Vec<Wrong> {
    let (least, most) = (must.bounds[0], must.bounds[1]);
    let signed = step.field.kind() == Kind::Int32;
    let far: [i64; 2] = match signed {
        true => [i32::MIN.into(), i32::MAX.into()],
        false => [u32::MAX.into(), 1 << 31],
    };
    let mut numbers = vec![most + 1];
    numbers.extend(far);
    numbers.extend((least > 0).then_some(least - 1));
    let value = |number: i64| match signed {
        true => Value::I32(number.try_into().unwrap()),
        false => Value::U32(number.try_into().unwrap()),
    };
    numbers.sort_unstable();
    let told = |number: i64| (number.to_string(), Some(value(number)));
    numbers.into_iter().map(told).collect()
}

fn wrong_instants(step: &Step) -> Vec<Wrong> {
    let Kind::Message(timestamp) = step.field.kind() else {
        panic!("an instant is a message");
    };
    let instant = |seconds: i64, nanos: i32| {
        let mut instant = DynamicMessage::new(timestamp.clone());
        instant.set_field_by_name("seconds", Value::I64(seconds));
        instant.set_field_by_name("nanos", Value::I32(nanos));
        Some(Value::Message(instant))
    };
    vec![
        ("before 2000".to_owned(), instant(-1, 0)),
        ("the last second there is".to_owned(), instant(i64::MAX, 0)),
        ("the first second there is".to_owned(), instant(i64::MIN, 0)),
        (
            "negative nanoseconds".to_owned(),
            instant(1_541_757_600, -1),
        ),
        (
            "too many nanoseconds".to_owned(),
            instant(1_541_757_600, i32::MAX),
        ),
    ]
}

fn wrong_texts(kind: &str) -> Vec<(&'static str, String)> {
    let plain: &[(&str, &str)] = match kind {
        "text" => &[
            ("empty", ""),
            ("blank", " \n\t "),
            ("a bell", "Is it\u{7} so?"),
            ("a null character", "Is it\0 so?"),
            ("text turned round", "\u{202e}Is it so?"),
            ("a byte order mark", "\u{feff}Is it so?"),
            ("an escape", "\u{1b}[31mIs it so?"),
        ],
        "line" => &[
            ("empty", ""),
            ("blank", "   "),
            ("two lines", "one\ntwo"),
            ("a line separator", "one\u{2028}two"),
            ("a bell", "one\u{7}"),
            ("a null character", "one\0"),
            ("text turned round", "\u{202e}one"),
        ],
        "slug" => &[
            ("empty", ""),
            ("words", "Not A Slug"),
            ("two hyphens", "a--b"),
            ("a hyphen first", "-a"),
            ("an accent", "é"),
            ("a wildcard", "*"),
            ("a subject", "a.b"),
            ("a path", "../a"),
        ],
        "reference" => &[
            ("empty", ""),
            ("a wildcard", "*"),
            ("every subject", "PCP/>"),
            ("a space first", " PCP/2018/001"),
            ("a digit of another script", "PCP/2018/\u{661}"),
            ("two lines", "PCP\n2018"),
            ("a percent sign", "PCP%2F1"),
        ],
        "date" => &[
            ("empty", ""),
            ("31 February", "31 February 2018"),
            ("31 February in figures", "2018-02-31"),
            ("29 February of no leap year", "2019-02-29"),
            ("the thirteenth month", "2018-13-01"),
            ("month before day", "09/13/2018"),
            ("a year of two digits", "9/11/18"),
            ("a word", "yesterday"),
            ("a year before 2000", "1999-12-31"),
            ("a year after 2100", "2101-01-01"),
            ("a negative year", "-2018-01-01"),
            ("an instant", "2018-11-09T10:00:00Z"),
            ("digits of another script", "\u{662}018-11-09"),
        ],
        "quarter" => &[
            ("empty", ""),
            ("a fifth quarter", "Q5 2018/19"),
            ("a quarter zero", "Q0 2018/19"),
            ("years that do not follow", "Q1 2018/20"),
            ("one year", "Q1 2018"),
            ("no year", "Q1"),
            ("a year before 2000", "Q1 1999/00"),
            ("a negative year", "Q1 -2018/19"),
        ],
        "request-id" => &[
            ("empty", ""),
            ("a word", "yesterday's"),
            ("upper case", "1B4E28BA-2FA1-41D2-883F-0016D3CCA427"),
            ("no hyphens", "1b4e28ba2fa141d2883f0016d3cca427"),
            ("braces", "{1b4e28ba-2fa1-41d2-883f-0016d3cca427}"),
            ("all zeros", "00000000-0000-0000-0000-000000000000"),
            ("one digit short", "1b4e28ba-2fa1-41d2-883f-0016d3cca42"),
        ],
        "uuid" | "plain-uuid" => &[
            ("empty", ""),
            ("a word", "seven"),
            ("one digit short", "1b4e28ba-2fa1-41d2-883f-0016d3cca42"),
            ("a letter past f", "1b4e28ba-2fa1-41d2-883f-0016d3cca42g"),
        ],
        "etag" => &[
            ("a weak one of the web", "W/\"7\""),
            ("negative", "-1"),
            ("a fraction", "7.5"),
            ("one more than there is", "18446744073709551616"),
            ("beyond the end", "18446744073709551615"),
        ],
        "part" => &[
            ("empty", ""),
            ("upper case", "A"),
            ("two letters", "aa"),
            ("a digit", "1"),
            ("an accent", "é"),
        ],
        "pattern" => &[
            ("empty", ""),
            ("no number", "PCP/{year}"),
            ("two numbers", "{n}/{n}"),
            ("an unknown field", "PCP/{month}/{n}"),
            ("an open brace", "PCP/{n"),
            ("a wildcard", "*{n}"),
        ],
        "token" => &[
            ("nonsense", "nonsense"),
            ("a number", "77"),
            ("two lines", "one\ntwo"),
        ],
        // Told apart by their own reason, not as a field: see `pages`.
        "page-token" => &[],
        other => panic!("the table has a kind {other} that nobody knows"),
    };
    let mut all: Vec<(&str, String)> = plain
        .iter()
        .map(|(what, text)| (*what, (*text).to_owned()))
        .collect();
    all.extend(too_long(kind));
    all
}

fn too_long(kind: &str) -> Vec<(&'static str, String)> {
    match kind {
        "text" => vec![
            ("20,001 characters", "x".repeat(20_001)),
            ("80,001 bytes", "x".repeat(80_001)),
        ],
        "line" => vec![
            ("301 characters", "x".repeat(301)),
            ("1,201 bytes", "x".repeat(1_201)),
        ],
        "slug" => vec![("65 characters", "x".repeat(65))],
        "reference" => vec![("41 characters", "9".repeat(41))],
        "date" | "quarter" => vec![("5,000 characters", "2".repeat(5_000))],
        "pattern" => vec![("5,000 characters", format!("{{n}}{}", "x".repeat(5_000)))],
        "token" => vec![("3,000 characters", "A".repeat(3_000))],
        _ => vec![],
    }
}
