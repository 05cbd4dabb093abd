//! A line is its record and nothing else.

use bytes::Bytes;
use chrono::DateTime;
use event_log::{Attributes, Digest, Record, Subject};
use proptest::prelude::*;
use uuid::Uuid;

use crate::export::{line_of, record_of};

fn record(body: Vec<u8>, source: &str, micros: i64) -> Record {
    Record {
        sequence: 7,
        subject: Subject::parse("evt.cambs.action.PCP/2018/014").unwrap(),
        id: Uuid::from_u128(7),
        digest: Digest::of(b"command"),
        attributes: Attributes {
            source: source.to_owned(),
            kind: "uk.matters-arising.decision.v1".to_owned(),
            time: DateTime::from_timestamp_micros(micros).unwrap(),
        },
        body: Bytes::from(body),
    }
}

#[test]
fn the_form_of_a_line() {
    let at = 1_536_775_200_000_001;
    let json = record(
        br#"{"on": "2018-09-12","n":1.50e3}"#.to_vec(),
        "/command",
        at,
    );
    let other = record(b"no JSON\n".to_vec(), "/command", at);
    let lines = [line_of(&json).unwrap(), line_of(&other).unwrap()];
    insta::assert_snapshot!(lines.join("\n"));
    let spaced = lines[0].replacen(",\"subject\"", ", \"subject\"", 1);
    assert!(record_of(&spaced).is_err(), "a record has one line only");
}

proptest! {
    #[test]
    fn every_record_is_rebuilt_byte_for_byte(
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "[ \\n\\t]{0,2}\\{\"a\": ?\"[^\"\\\\\\x00-\\x1f]{0,20}\"\\}[ \\n]{0,2}".prop_map(String::into_bytes),
            "-?[1-9][0-9]{0,30}(\\.[0-9]{1,20})?".prop_map(String::into_bytes),
        ],
        source in "[ -~é]{0,20}",
        micros in 0i64..4_000_000_000_000_000,
    ) {
        let record = record(body, &source, micros);
        let line = line_of(&record).unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(record_of(&line).unwrap(), record);
    }

    #[test]
    fn a_changed_line_is_another_record_or_none(at in 0usize..400, byte in 0x20u8..0x7f) {
        let made = record(br#"{"on":"2018-09-12"}"#.to_vec(), "/command", 7);
        let line = line_of(&made).unwrap();
        let mut bytes = line.clone().into_bytes();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_ne!(record_of(&changed).ok(), Some(made));
    }
}
