//! What lies on disks and in streams whole: an export with its manifest, a message with its headers, a
//! file of the journal.

use super::{Target, said};
use crate::corpus;
use api::request::Call;
use api::v1;
use audit::export::{Manifest, Sealer, line_of, record_of};
use audit::offline::{replay_export, verify_export};
use domain::policy::{Principal, Role};
use domain::stored::DECISION_TYPE;
use event_log::fuzzing::{headers_of, message};
use event_log::{Append, Attributes, Digest, FOREIGN, Incarnation, Record, Subject};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub(super) fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "export-folder",
            most: 16_384,
            corpus: exports,
            give: export,
        },
        Target {
            name: "nats-message",
            most: 2_048,
            corpus: blocks,
            give: block,
        },
        Target {
            name: "journal-entry",
            most: 4_096,
            corpus: entries,
            give: entry,
        },
    ]
}

const AREA: &str = "cambs";

fn records() -> Vec<Record> {
    let raised = corpus::golden("action.raised").into_iter().take(1);
    let others = ["action.updated", "action.responded", "action.closed"].map(corpus::golden);
    let all = raised.chain(
        others
            .into_iter()
            .flat_map(|bodies| bodies.into_iter().take(1)),
    );
    let record = |(at, body): (u64, Vec<u8>)| Record {
        sequence: at,
        subject: Subject::parse("evt.cambs.action.PCP/2018/014").unwrap(),
        id: Uuid::from_u128(u128::from(at)),
        digest: Digest::of(&body),
        attributes: Attributes {
            source: "/matters-arising/command".to_owned(),
            kind: DECISION_TYPE.to_owned(),
            time: "2018-11-09T10:00:00Z".parse().unwrap(),
        },
        body: body.into(),
    };
    (1..).zip(all).map(record).collect()
}

fn sealed<'a>(lines: impl Iterator<Item = (&'a str, u64)>) -> Sealer {
    let mut sealer = Sealer::new();
    lines.for_each(|(line, position)| sealer.line(line, position));
    sealer
}

/// A whole export: the manifest on the first line, the lines of the log after it.
fn exports() -> Vec<Vec<u8>> {
    let of = |area: Option<&str>, records: &[Record]| {
        let lines: Vec<String> = records.iter().map(|r| line_of(r).unwrap()).collect();
        let positions = records.iter().map(|record| record.sequence);
        let sealer = sealed(lines.iter().map(String::as_str).zip(positions));
        let log = Incarnation("3f1c".to_owned());
        let made = "2018-11-09T10:00:00Z".parse().unwrap();
        let manifest = sealer.manifest(area.map(str::to_owned), log, made);
        let mut bytes = serde_json::to_vec(&manifest).unwrap();
        for line in lines {
            bytes.push(b'\n');
            bytes.extend(line.into_bytes());
        }
        bytes.push(b'\n');
        bytes
    };
    let all = records();
    vec![
        of(None, &all),
        of(Some(AREA), &all),
        of(None, &all[..1]),
        of(None, &[]),
    ]
}

/// A folder of this thread's own, in memory where there is such a place.
fn folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    };
    let thread = format!("{:?}", std::thread::current().id());
    let digits: String = thread.chars().filter(char::is_ascii_digit).collect();
    base.join(format!("matters-fuzz-{}-{digits}", std::process::id()))
}

/// The folder, which goes with its thread.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

thread_local! {
    static FOLDER: RefCell<Option<Folder>> = const { RefCell::new(None) };
}

/// What is verified as sound is replayed, and is what its manifest was sealed over, byte for byte; what is
/// not says so both ways.
fn export(bytes: &[u8]) -> bool {
    let cut = bytes.iter().position(|byte| *byte == b'\n');
    let (manifest, lines) = match cut {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[][..]),
    };
    FOLDER.with_borrow_mut(|kept| {
        let folder = &kept
            .get_or_insert_with(|| {
                let folder = folder();
                std::fs::create_dir_all(&folder).unwrap();
                Folder(folder)
            })
            .0;
        std::fs::write(folder.join("manifest.json"), manifest).unwrap();
        std::fs::write(folder.join("log.ndjson"), lines).unwrap();
        let replayed = replay_export(folder);
        let verdict = match verify_export(folder) {
            Ok(verdict) => verdict,
            Err(error) => {
                assert!(replayed.is_err(), "what cannot be opened was replayed");
                said(error);
                return false;
            }
        };
        if let Some(finding) = verdict.finding {
            said(&finding.sentence);
            return false;
        }
        let (replay, _) = replayed.expect("what is sound is replayed");
        assert_eq!(replay.position(), verdict.position);
        as_sealed(manifest, lines);
        true
    })
}

/// A sound export is the one that was sealed: its lines give the digests that the manifest names.
fn as_sealed(manifest: &[u8], lines: &[u8]) {
    let manifest: Manifest = serde_json::from_slice(manifest).unwrap();
    let text = std::str::from_utf8(lines).unwrap();
    let mut lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(lines.pop(), Some(""), "the last line ends");
    let positions = lines.iter().map(|line| record_of(line).unwrap().sequence);
    let positions: Vec<u64> = positions.collect();
    let sealer = sealed(lines.iter().copied().zip(positions));
    let incarnation = manifest.incarnation.clone();
    let made = sealer.manifest(manifest.area.clone(), incarnation, manifest.exported_at);
    assert_eq!(manifest.differs_from(&made), None);
}

fn append(source: &str, time: &str) -> Append {
    Append {
        id: Uuid::from_u128(7),
        subject: Subject::parse("evt.cambs.action.PCP/2018/014").unwrap(),
        expected: 6,
        digest: Digest::of(b"a request"),
        attributes: Attributes {
            source: source.to_owned(),
            kind: DECISION_TYPE.to_owned(),
            time: time.parse().unwrap(),
        },
        body: b"{}".to_vec().into(),
    }
}

fn blocks() -> Vec<Vec<u8>> {
    let times = ["2018-11-09T10:00:00Z", "1969-12-31T23:59:59.999999Z"];
    let sources = [
        "/matters-arising/command",
        "s\u{f8}urce, 100 %\r\nNats-Rollup: all",
    ];
    let all = times
        .iter()
        .flat_map(|time| sources.map(|source| append(source, time)));
    all.map(|append| headers_of(&append)).collect()
}

/// Headers that are read as this program's are those that it would write; all others make a foreign record,
/// which says why.
fn block(bytes: &[u8]) -> bool {
    let record = message(bytes, b"{}").expect("the answer itself is sound");
    if record.attributes.kind == FOREIGN {
        said(&record.attributes.source);
        return false;
    }
    let again = Append {
        id: record.id,
        subject: record.subject.clone(),
        expected: 6,
        digest: record.digest,
        attributes: record.attributes.clone(),
        body: record.body.clone(),
    };
    let written = headers_of(&again);
    let read = message(&written, b"{}").expect("the answer itself is sound");
    // Times are kept to the microsecond.
    let micros = |record: &Record| record.attributes.time.timestamp_micros();
    assert_eq!(micros(&read), micros(&record));
    let time = record.attributes.time;
    let attributes = Attributes {
        time,
        ..read.attributes.clone()
    };
    assert_eq!(Record { attributes, ..read }, record);
    true
}

const ID: Uuid = Uuid::from_u128(0x0a0b_0c0d_0000_4000_8000_0000_0000_0007);

fn entries() -> Vec<Vec<u8>> {
    let write = Some(v1::Write {
        request_id: ID.to_string(),
        area: AREA.to_owned(),
        on: "2018-11-09".to_owned(),
        etag: "7".to_owned(),
    });
    let reference = "PCP/2018/014".to_owned();
    let restrict = v1::RestrictActionRequest {
        write: write.clone(),
        reference: reference.clone(),
        ground: Some(v1::Ground {
            ground: Some(v1::ground::Ground::LegalAdvice(true)),
        }),
        reason: "It would be known.".to_owned(),
        review_on: "2019-05-01".to_owned(),
        explanation: "Advice is held back.".to_owned(),
        public_title: String::new(),
    };
    let respond = v1::RespondToActionRequest {
        write: write.clone(),
        reference: reference.clone(),
        kind: v1::ResponseKind::Holding.into(),
        text: "We are counting.".to_owned(),
        also_answers: vec![v1::AlsoAnswers {
            reference: "PCP/2018/015".to_owned(),
            coverage: vec![],
        }],
        ..Default::default()
    };
    let undertake = v1::RaiseUndertakingRequest {
        write,
        reference,
        response_id: Uuid::from_u128(9).to_string(),
        text: "A lamp will be lit.".to_owned(),
        series: "pcp-2018".to_owned(),
        due: Some(v1::DueRule {
            rule: Some(v1::due_rule::Rule::OnDate("2018-12-20".to_owned())),
        }),
        asked_of: String::new(),
    };
    vec![kept(&restrict), kept(&respond), kept(&undertake)]
}

fn kept<C: Call>(request: &C) -> Vec<u8> {
    let clerk = Principal {
        subject: "clerk".to_owned(),
        name: "The Clerk".to_owned(),
        role: Role::Clerk,
        group: None,
        area: AREA.to_owned(),
    };
    let today = "2018-11-09".parse().unwrap();
    command::fuzzing::entry_of(ID, request, clerk, today).unwrap()
}

/// An entry that is read is written and read as the same, with the same digest; one of another request, or
/// none, is refused.
fn entry(bytes: &[u8]) -> bool {
    match command::fuzzing::entry(bytes, ID) {
        Ok((written, digest)) => {
            let again = command::fuzzing::entry(&written, ID).unwrap();
            assert_eq!(again, (written, digest));
            digest.is_some()
        }
        Err(error) => {
            said(error);
            false
        }
    }
}
