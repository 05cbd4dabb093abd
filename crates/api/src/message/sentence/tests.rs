//! Every stored event has a sentence that a person can read. The events are the golden files.

use std::fmt::Write as _;
use std::path::Path;

use bytes::Bytes;
use chrono::DateTime;
use domain::aggregate::Aggregate;
use event_log::{Attributes, Digest, Record, Subject};
use uuid::Uuid;

use super::{of_action, of_register, of_return, reason_of, whole};
use crate::message::{Happened, decode_record};

fn record(kind: &str, body: Vec<u8>) -> Record {
    let subject = match kind.split('.').next() {
        Some("action") => "evt.cambs.action.PCP/2018/014",
        Some("return") => "evt.cambs.return.drugs-and-alcohol-misuse.2018-19-q3",
        _ => "evt.cambs.register",
    };
    Record {
        sequence: 1,
        subject: Subject::parse(subject).unwrap(),
        id: Uuid::nil(),
        digest: Digest::of(b""),
        attributes: Attributes {
            source: "test".into(),
            kind: "test".into(),
            time: DateTime::UNIX_EPOCH,
        },
        body: Bytes::from(body),
    }
}

#[test]
fn every_event_in_a_sentence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut said = String::new();
    for file in files {
        let kind = file.file_name().unwrap().to_string_lossy().into_owned();
        let stored = decode_record(&record(&kind, std::fs::read(&file).unwrap())).unwrap();
        let by = stored.happened.circumstances().by;
        let sentences: Vec<(String, Option<String>)> =
            match (&stored.happened, &stored.address.aggregate) {
                (Happened::Action(d), _) => d
                    .events
                    .iter()
                    .map(|e| (of_action(e), reason_of(e)))
                    .collect(),
                (Happened::Register(d), _) => {
                    d.events.iter().map(|e| (of_register(e), None)).collect()
                }
                (Happened::Return(d), Aggregate::Return(group, quarter)) => d
                    .events
                    .iter()
                    .map(|e| (of_return(e, group, *quarter), None))
                    .collect(),
                other => panic!("{other:?}"),
            };
        for (sentence, why) in sentences {
            assert!(!sentence.is_empty(), "{kind} has no sentence");
            writeln!(said, "{}", whole(&sentence, by, why.as_deref())).unwrap();
        }
    }
    insta::assert_snapshot!(said);
}
