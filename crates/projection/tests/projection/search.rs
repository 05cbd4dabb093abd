//! A search finds what reading every row would find, whoever asks and of whatever time.

use std::collections::BTreeSet;

use domain::policy::{Principal, Role};
use event_log::Append;
use projection::{AsOf, Filter, Question, ReadModel, Row, Sort, SortBy};
use proptest::prelude::*;
use serde_json::Value;

use crate::memory::MemoryLog;
use crate::rig::{self, Following, appends, area, ask, auditor};

/// Words that change their length in lower case, or more than their case.
const WORDS: [&str; 6] = [
    "İSTANBUL",
    "Straẞe",
    "ΟΔΟΣ ΟΔΟΣ",
    "Ǆemal",
    "naïve café",
    "3 \u{212A}elvin",
];
const TITLE: &str = "A letter about İSTANBUL Straẞe";

/// Messages with these words in their texts, and a public title for what is restricted.
fn spoken(seed: u64, count: usize) -> Vec<Append> {
    let mut all = appends(seed, count);
    for (at, append) in all.iter_mut().enumerate() {
        let mut said: Value = serde_json::from_slice(&append.body).unwrap();
        let word = WORDS[at % WORDS.len()];
        for event in said["events"].as_array_mut().unwrap() {
            let kind = event["type"].as_str().unwrap().to_owned();
            let data = &mut event["data"];
            match kind.as_str() {
                "action.raised.v1" => {
                    let text = data["text"].as_str().unwrap().replace("the ", word);
                    data["text"] = text.into();
                }
                "action.restricted.v1" => data["public_title"] = TITLE.into(),
                _ => {}
            }
        }
        append.body = serde_json::to_vec(&said).unwrap().into();
    }
    all
}

/// The rule, row by row.
fn says(row: &Row, text: &str) -> bool {
    let needle = text.trim().to_lowercase();
    let title = row.restriction.as_ref().filter(|_| row.stub);
    let title = title.and_then(|restriction| restriction.public_title.as_deref());
    let mut texts = vec![row.reference.as_str(), &row.text];
    texts.extend(row.topic.as_deref());
    texts.extend(row.parts.iter().map(|part| part.text.as_str()));
    texts.extend(title);
    texts
        .iter()
        .any(|text| text.to_lowercase().contains(&needle))
}

fn sorts() -> [Sort; 3] {
    let by = |by, descending| Sort { by, descending };
    [
        Sort::DUE,
        by(SortBy::Reference, true),
        by(SortBy::LastChange, true),
    ]
}

/// What is found by every list and number, held against every row.
fn assert_found(model: &ReadModel, question: &Question<'_>, now: &Question<'_>, text: &str) {
    // Texts are those of the present, also in a list of the past.
    let list = |question: &Question<'_>, filter: &Filter, sort| {
        let page = model.list(question, filter, sort, 1_000, None).unwrap();
        assert!(page.next.is_none());
        page.rows
    };
    let says_it: BTreeSet<_> = list(now, &Filter::default(), Sort::DUE)
        .into_iter()
        .filter(|row| says(row, text))
        .map(|row| row.reference)
        .collect();
    for open in [None, Some(true), Some(false)] {
        for sort in sorts() {
            let every = Filter {
                open,
                ..Filter::default()
            };
            let filter = Filter {
                text: Some(text.to_owned()),
                ..every.clone()
            };
            let mut expected = list(question, &every, sort);
            expected.retain(|row| says_it.contains(&row.reference));
            let found = list(question, &filter, sort);
            assert_eq!(found, expected, "{text:?} {open:?} {sort:?}");
            let counts = model.counts(question, &filter).unwrap();
            assert_eq!(counts.total, expected.len() as u64);
            // A page that is full before everything is looked at.
            let page = model.list(question, &filter, sort, 2, None).unwrap();
            assert_eq!(page.rows, expected[..expected.len().min(2)]);
        }
    }
}

fn needle() -> impl Strategy<Value = String> {
    prop_oneof![
        // Some of what is there, across words, in another case.
        (0usize..60, 1usize..12).prop_map(|(from, count)| {
            let text = format!("{} naïve CAFÉ what is 2012/0 about hare", WORDS.join(" "));
            let some: String = text.chars().skip(from).take(count).collect();
            some.to_uppercase()
        }),
        "[a-eİßΣς /0-9]{0,3}",
        "(minute [0-9]{1,3}|hare coursing|for other|VICTIM services|2012/[0-9])",
        Just("letter about i\u{307}stanbul".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn every_row_that_says_it(
        seed in any::<u64>(),
        count in 1usize..500,
        needles in proptest::collection::vec(needle(), 12),
    ) {
        let all = spoken(seed, count);
        let readers = [auditor(), Principal::anybody("cambs"), rig::reader(Role::Group, Some("prevent"))];
        rig::runtime().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let log = MemoryLog::new("one");
            let (first, rest) = all.split_at(count / 2);
            log.put(first.iter().cloned());
            let following = Following::begin(dir.path(), &log);
            following.reach(&log).await;
            let here = area();
            for more in [Vec::new(), rest.to_vec()] {
                log.put(more);
                following.reach(&log).await;
                assert!(following.model.status(rig::instant("2026-01-01T00:00:00Z")).parked.is_empty());
                let past = AsOf::known_position(log.records().len() as u64 / 2);
                for (at, needle) in needles.iter().enumerate() {
                    let reader = &readers[at % readers.len()];
                    let now = ask(&here, reader, AsOf::NOW);
                    assert_found(&following.model, &now, &now, needle);
                    let then = ask(&here, reader, past);
                    assert_found(&following.model, &then, &now, needle);
                }
            }
            following.end().await;
        });
    }
}

#[tokio::test]
async fn what_is_told_of_a_hidden_action_is_found_and_what_is_withheld_is_not() {
    let log = MemoryLog::new("one");
    log.put(spoken(61, 1_500));
    let dir = tempfile::tempdir().unwrap();
    let following = Following::begin(dir.path(), &log);
    following.reach(&log).await;
    let (here, anybody, auditor) = (area(), Principal::anybody("cambs"), auditor());
    let found = |reader: &Principal, text: &str| {
        let question = ask(&here, reader, AsOf::NOW);
        let filter = Filter {
            text: Some(text.to_owned()),
            ..Filter::default()
        };
        let page = following
            .model
            .list(&question, &filter, Sort::DUE, 1_000, None);
        page.unwrap().rows
    };
    let told = found(&anybody, "letter about i\u{307}stanbul");
    assert!(!told.is_empty() && told.iter().all(|row| row.stub));
    // Who reads the action is not shown the title, and does not find it by it.
    assert_eq!(found(&auditor, "letter about i\u{307}stanbul"), []);
    for row in told {
        let whole = found(&auditor, row.reference.as_str());
        assert_eq!(whole.len(), 1);
        assert_eq!(found(&anybody, row.reference.as_str()), [row]);
        assert_eq!(found(&anybody, &whole[0].text), []);
        assert_eq!(found(&auditor, &whole[0].text), whole);
    }
    following.end().await;
}
