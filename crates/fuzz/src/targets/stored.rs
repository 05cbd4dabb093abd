//! What is stored: decisions, rows, trails, lines of an export.

use super::{Target, said, text};
use crate::corpus;
use audit::export::{Manifest, Sealer, line_of, record_of};
use domain::action::{ActionEvent, evolve};
use domain::register::RegisterEvent;
use domain::returns::ReturnEvent;
use domain::stored::{Decision, Stored, decode, decode_events, encode};
use event_log::{Attributes, Digest, Incarnation, Record, Subject};
use projection::Row;

pub(super) fn targets() -> Vec<Target> {
    let target = |name, corpus, give| Target {
        name,
        most: 4_096,
        corpus,
        give,
    };
    vec![
        target("action-decision", || corpus::golden("action."), actions),
        target(
            "register-decision",
            || corpus::golden("register."),
            decision::<RegisterEvent>,
        ),
        target(
            "return-decision",
            || corpus::golden("return."),
            decision::<ReturnEvent>,
        ),
        target("row", rows, row),
        target("trail", trails, trail),
        target("trail-block", blocks, block),
        target("export-line", lines, line),
        target("export-manifest", manifests, manifest),
    ]
}

/// Both readers agree; what is read is written and read as the same; a refusal says why.
fn read<E: Stored + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> Option<Decision<E>> {
    let events = decode_events::<E>(bytes);
    match decode::<E>(bytes) {
        Ok(decision) => {
            let events = events.expect("the lean reader reads what the whole one reads");
            assert_eq!((events.on, &events.events), (decision.on, &decision.events));
            assert!(!decision.events.is_empty());
            let written = encode(&decision).unwrap();
            assert_eq!(decode(&written).as_ref(), Ok(&decision));
            // Once written, a decision is written the same for ever.
            assert_eq!(encode(&decode::<E>(&written).unwrap()).unwrap(), written);
            Some(decision)
        }
        Err(error) => {
            assert!(events.is_err(), "the lean reader reads more");
            said(error);
            None
        }
    }
}

fn decision<E: Stored + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> bool {
    read::<E>(bytes).is_some()
}

/// And folding it, onto nothing or onto what it led to, never fails.
fn actions(bytes: &[u8]) -> bool {
    let Some(decision) = read::<ActionEvent>(bytes) else {
        return false;
    };
    let mut action = None;
    for event in decision.events.iter().chain(&decision.events) {
        action = evolve(action, decision.on, event);
    }
    if let Some(action) = &action {
        let row = Row::from_action(action, 7, decision.recorded_at);
        assert_eq!(row.reference, *action.reference());
    }
    true
}

fn rows() -> Vec<Vec<u8>> {
    let raised: Decision<ActionEvent> = decode(&corpus::golden("action.raised")[0]).unwrap();
    let mut rows = Vec::new();
    let mut action = None;
    let mut events = raised.events.clone();
    for golden in corpus::golden("action.") {
        let decision: Decision<ActionEvent> = decode(&golden).unwrap();
        events.extend(decision.events);
    }
    for event in &events {
        action = evolve(action, raised.on, event);
        let row = action
            .as_ref()
            .map(|action| Row::from_action(action, 7, raised.recorded_at));
        rows.extend(row.map(|row| projection::fuzzing::row_of(&row).unwrap()));
    }
    rows
}

/// What is read is read again from what is written of it, and stands in JSON.
fn row(bytes: &[u8]) -> bool {
    match projection::fuzzing::row(bytes) {
        Ok(row) => {
            let written = projection::fuzzing::row_of(&row).unwrap();
            assert_eq!(projection::fuzzing::row(&written).as_ref(), Ok(&row));
            let json = serde_json::to_vec(&row).unwrap();
            assert_eq!(serde_json::from_slice::<Row>(&json).unwrap(), row);
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

fn trails() -> Vec<Vec<u8>> {
    let mut trails = Vec::new();
    for golden in corpus::golden("action.") {
        let decision: Decision<ActionEvent> = decode(&golden).unwrap();
        trails.push(projection::fuzzing::trail_of(&decision).unwrap());
    }
    trails
}

fn trail(bytes: &[u8]) -> bool {
    match projection::fuzzing::trail(bytes) {
        Ok(written) => {
            assert_eq!(projection::fuzzing::trail(&written).unwrap(), written);
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

fn blocks() -> Vec<Vec<u8>> {
    let trails = trails();
    let keyed = || {
        trails
            .iter()
            .map(|trail| (&b"PCP/2018/14\0"[..], trail.as_slice()))
    };
    let few = |count| projection::fuzzing::block_of(keyed().take(count)).unwrap();
    vec![few(0), few(1), few(3)]
}

fn block(bytes: &[u8]) -> bool {
    match projection::fuzzing::block(bytes) {
        Ok(written) => {
            assert_eq!(written, bytes, "there is one way to write a block");
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

fn lines() -> Vec<Vec<u8>> {
    let all = ["action.", "register.", "return."]
        .map(corpus::golden)
        .concat();
    let line = |(at, body): (usize, Vec<u8>)| {
        let record = Record {
            sequence: u64::try_from(at).unwrap() + 1,
            subject: Subject::parse("evt.cambs.action.PCP/2018/014").unwrap(),
            id: uuid::Uuid::from_u128(at as u128),
            digest: Digest::of(&body),
            attributes: Attributes {
                source: "/matters-arising/command".to_owned(),
                kind: domain::stored::DECISION_TYPE.to_owned(),
                time: "2018-11-09T10:00:00Z".parse().unwrap(),
            },
            body: body.into(),
        };
        line_of(&record).unwrap().into_bytes()
    };
    all.into_iter().enumerate().map(line).collect()
}

/// A line that is read is the only line of its record.
fn line(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    match record_of(text) {
        Ok(record) => {
            assert_eq!(line_of(&record).unwrap(), text);
            true
        }
        Err(error) => {
            said(error);
            false
        }
    }
}

fn manifests() -> Vec<Vec<u8>> {
    let of = |area: Option<&str>, count: u64| {
        let mut sealer = Sealer::new();
        for position in 1..=count {
            sealer.line("{}", position);
        }
        let log = Incarnation("3f1c".to_owned());
        let made = "2018-11-09T10:00:00Z".parse().unwrap();
        let manifest = sealer.manifest(area.map(str::to_owned), log, made);
        serde_json::to_vec(&manifest).unwrap()
    };
    vec![of(None, 0), of(Some("cambs"), 3), of(Some("cambs"), 1_001)]
}

fn manifest(bytes: &[u8]) -> bool {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else {
        return false;
    };
    let written = serde_json::to_vec(&manifest).unwrap();
    let again: Manifest = serde_json::from_slice(&written).unwrap();
    assert_eq!(serde_json::to_vec(&again).unwrap(), written);
    true
}
