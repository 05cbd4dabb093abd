//! What is stored once is read for ever.

use super::*;
use crate::action::tests::{Choices, event as action_event};
use crate::register::tests::laws::event as register_event;
use crate::returns::tests::event as return_event;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Every stored type, read off the source, so that a new one cannot be forgotten here.
fn types() -> BTreeSet<String> {
    [
        include_str!("../action/event.rs"),
        include_str!("../register/event.rs"),
        include_str!("../returns.rs"),
    ]
    .iter()
    .flat_map(|source| source.split("#[serde(rename = \"").skip(1))
    .filter_map(|rest| rest.split_once("\")]"))
    .map(|(name, _)| name.to_owned())
    .filter(|name| name.contains('.'))
    .collect()
}

/// Reads and writes a decision; its JSON, and the type that each event gives for its name.
fn through<E: Stored>(bytes: &[u8]) -> (Value, Vec<String>) {
    let decision = decode::<E>(bytes).expect("it was stored once, so it is read for ever");
    let names = decision.events.iter().map(|e| e.type_name().to_owned());
    let written = encode(&decision).expect("it can be written");
    (serde_json::from_slice(&written).unwrap(), names.collect())
}

#[test]
fn every_golden_file_is_read_and_written_as_it_was() {
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(golden()).expect("the golden files are there") {
        let path = entry.unwrap().path();
        let of = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let stored: Value = serde_json::from_slice(&bytes).unwrap();
        let (written, names) = match of.split('.').next().unwrap() {
            "action" => through::<ActionEvent>(&bytes),
            "register" => through::<RegisterEvent>(&bytes),
            "return" => through::<ReturnEvent>(&bytes),
            other => panic!("{other} is no aggregate"),
        };
        assert_eq!(written, stored, "{of} changed in writing");
        assert_eq!(names[0], of, "{of} is about its first event");
        for (name, event) in names.iter().zip(stored["events"].as_array().unwrap()) {
            assert_eq!(
                event["type"], *name,
                "{of}: type_name() and the stored name differ"
            );
        }
        seen.insert(of);
    }
    let missing: Vec<_> = types().difference(&seen).cloned().collect();
    assert!(missing.is_empty(), "no golden file for {missing:?}");
    assert_eq!(types().len(), 34);
}

fn decision<E>(events: Vec<E>) -> Decision<E> {
    Decision {
        on: "2018-09-12".parse().unwrap(),
        recorded_at: "2018-09-14T09:30:00.123456Z".parse().unwrap(),
        by: Actor {
            subject: "clerk-1".into(),
            name: "The clerk".into(),
            role: Role::Clerk,
            group: None,
        },
        rule: "panel-record".into(),
        events,
    }
}

fn assert_round_trip<E: Stored + PartialEq + std::fmt::Debug + Clone>(events: Vec<E>) {
    let decision = decision(events);
    let bytes = encode(&decision).unwrap();
    assert_eq!(decode::<E>(&bytes), Ok(decision.clone()));
    let json: Value = serde_json::from_slice(&bytes).unwrap();
    for (event, stored) in decision
        .events
        .iter()
        .zip(json["events"].as_array().unwrap())
    {
        assert_eq!(stored["type"], event.type_name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_written_is_read_back(bytes in vec(any::<u8>(), 1..60)) {
        let mut choices = Choices(&bytes);
        match choices.below(3) {
            0 => {
                let event = action_event(&mut choices);
                // Slim copies are stored too, by read models.
                assert_round_trip(vec![event.clone().slim(), event]);
            }
            1 => assert_round_trip(vec![register_event(&mut choices)]),
            _ => assert_round_trip(vec![return_event(&mut choices)]),
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in vec(any::<u8>(), 0..80), cut in 0usize..400) {
        let _ = decode::<ActionEvent>(&bytes);
        let good = encode(&decision(vec![action_event(&mut Choices(&bytes))])).unwrap();
        let cut = &good[..cut.min(good.len() - 1)];
        prop_assert!(decode::<ActionEvent>(cut).is_err());
    }

    #[test]
    fn what_is_only_folded_is_read_as_the_whole_is(
        bytes in vec(any::<u8>(), 1..60),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut stored = encode(&decision(vec![action_event(&mut Choices(&bytes))])).unwrap();
        let same = |stored: &[u8]| {
            let whole = decode::<ActionEvent>(stored);
            let happened = whole.map(|Decision { on, events, .. }| Happened { on, events });
            decode_events::<ActionEvent>(stored) == happened
        };
        prop_assert!(same(&stored));
        let at = at.index(stored.len());
        stored[at] = byte;
        prop_assert!(same(&stored), "byte {} made {}", at, byte);
    }
}

/// A version that never was: a draft that kept its position only, as a bare text.
fn old_draft() -> Value {
    json!({ "type": "return.drafted.v0", "data": "All is well" })
}

fn upcast(event: Value) -> Option<Value> {
    let position = event.get("data")?.as_str()?;
    Some(json!({
        "type": "return.drafted.v1",
        "data": { "content": {
            "overall": null, "position": position, "updates": [], "risks": null, "help_needed": null,
        } },
    }))
}

fn with_events(events: &[Value]) -> Vec<u8> {
    let mut stored: Value =
        serde_json::from_slice(&encode(&decision(Vec::<ReturnEvent>::new())).unwrap()).unwrap();
    stored["events"] = json!(events);
    serde_json::to_vec(&stored).unwrap()
}

#[test]
fn an_older_version_is_brought_into_todays_form() {
    let upcasters: &[(&str, Upcaster)] = &[("return.drafted.v0", upcast)];
    let today = upcast(old_draft()).unwrap();
    // Alone, and beside an event of today's form in the same decision.
    for events in [vec![old_draft()], vec![today, old_draft()]] {
        let read = decode_with::<ReturnEvent>(&with_events(&events), upcasters).unwrap();
        assert_eq!(read.events.len(), events.len());
        for event in read.events {
            let ReturnEvent::Drafted { content } = event else {
                panic!("a draft: {event:?}");
            };
            assert_eq!(content.position.unwrap().as_str(), "All is well");
        }
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let upcasters: &[(&str, Upcaster)] = &[("return.drafted.v0", upcast)];
    let spoilt = json!({ "type": "return.drafted.v0", "data": 7 });
    let unknown = json!({ "type": "return.drafted.v9", "data": {} });
    let said: Vec<String> = [
        with_events(&[]),
        with_events(&[unknown]),
        with_events(&[spoilt]),
        b"{}".to_vec(),
        b"\xff".to_vec(),
    ]
    .iter()
    .map(|bytes| {
        decode_with::<ReturnEvent>(bytes, upcasters)
            .unwrap_err()
            .to_string()
    })
    .collect();
    insta::assert_debug_snapshot!(said);
}
