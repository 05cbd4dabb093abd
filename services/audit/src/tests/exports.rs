//! An export replays with no server to the same rows, byte for byte; what was done to it is found.

use std::path::{Path, PathBuf};

use api::message::{Duties, action_row};
use api::v1;
use api::v1::export_log_response::Piece;
use domain::calendar::london::civil_date;
use domain::policy::Role;
use event_log::EventLog;
use projection::{AsOf, Sort};
use prost::Message as _;

use super::clients;
use super::world::{AREA, World, as_of, reading, slug};
use crate::export::{Manifest, Writer, record_of};
use crate::offline::{replay_export, verify_export};

async fn exported(world: &World) -> PathBuf {
    let (mut audit, _) = clients(world).await;
    let ask = v1::ExportLogRequest { area: AREA.into() };
    let ask = world.by(Role::Auditor, ask);
    let mut pieces = audit.export_log(ask).await.unwrap().into_inner();
    let folder = world.dir.path().join("export");
    let mut writer = Writer::create(&folder).unwrap();
    let mut manifest = None;
    while let Some(piece) = pieces.message().await.unwrap() {
        match piece.piece.unwrap() {
            Piece::Line(line) => {
                let position = record_of(&line).unwrap().sequence;
                writer.line(&line, position).unwrap();
            }
            Piece::Manifest(text) => {
                manifest = Some(serde_json::from_str::<Manifest>(&text).unwrap());
            }
        }
    }
    writer.finish_with(&manifest.unwrap()).unwrap();
    folder
}

async fn listed(world: &World, reading: Option<v1::Reading>) -> Vec<v1::ActionRow> {
    let (_, mut query) = clients(world).await;
    let ask = v1::ListActionsRequest {
        reading,
        order: v1::Order::Reference.into(),
        page_size: 1_000,
        ..v1::ListActionsRequest::default()
    };
    let answer = query
        .list_actions(world.by(Role::Auditor, ask))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.next_page_token, "");
    answer.actions
}

fn offline(world: &World, folder: &Path, as_of: AsOf) -> Vec<v1::ActionRow> {
    let (replay, _) = replay_export(folder).unwrap();
    let area = slug(AREA);
    let as_at = as_of.as_at(civil_date(world.clock.now()));
    let duties = Duties::of(&replay.register(&area, &as_of));
    let mut rows = replay.rows(&area, &as_of);
    rows.sort_by_key(|row| Sort::REFERENCE.key(row));
    rows.iter()
        .map(|row| action_row(row, as_at, &duties))
        .collect()
}

fn bytes(rows: &[v1::ActionRow]) -> Vec<Vec<u8>> {
    rows.iter().map(v1::ActionRow::encode_to_vec).collect()
}

#[tokio::test]
async fn an_export_replays_to_the_same_rows() {
    let world = World::new().await;
    world.generate(5, 700).await;
    let folder = exported(&world).await;
    let verdict = verify_export(&folder).unwrap();
    assert_eq!(verdict.finding, None);
    let day = "2014-09-01";
    let then = v1::AsOf {
        true_on: day.into(),
        ..v1::AsOf::default()
    };
    for (asked, as_of) in [
        (reading(), AsOf::NOW),
        (as_of(then), AsOf::true_on(day.parse().unwrap())),
    ] {
        let served = listed(&world, asked).await;
        let alone = offline(&world, &folder, as_of);
        assert_eq!(bytes(&served), bytes(&alone));
    }
    let now = listed(&world, reading()).await;
    assert_eq!(verdict.rows, now.len() as u64);
    assert!(now.len() > 10);
}

/// What is done to the lines of a good export, and what is found.
#[tokio::test]
async fn what_was_done_to_an_export_is_found() {
    let world = World::with_a_meeting().await;
    let folder = exported(&world).await;
    let path = folder.join("log.ndjson");
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let swapped: Vec<&str> = [&lines[1], &lines[0]]
        .into_iter()
        .chain(&lines[2..])
        .copied()
        .collect();
    let cases = [
        ("a letter changed", whole.replacen("Forty", "Fifty", 1)),
        (
            "a byte that breaks the JSON",
            whole.replacen("{\"by\"", "[\"by\"", 1),
        ),
        (
            "an event of an unknown type",
            whole.replacen("action.raised.v1", "action.raised.v9", 1),
        ),
        (
            "a line taken out",
            joined(&[&lines[..2], &lines[3..]].concat()),
        ),
        ("the last line taken off", joined(&lines[..lines.len() - 1])),
        ("two lines swapped", joined(&swapped)),
        ("cut in a line", whole[..whole.len() - 20].to_owned()),
        (
            "a position far ahead",
            whole.replacen("\"sequence\":2,", "\"sequence\":99999999999,", 1),
        ),
        ("empty", String::new()),
    ];
    let mut told = String::new();
    for (what, text) in cases {
        assert_ne!(text, whole, "{what}: nothing was done");
        std::fs::write(&path, text).unwrap();
        let finding = verify_export(&folder).unwrap().finding.unwrap();
        told.push_str(&format!(
            "{what}: at {}: {}\n",
            finding.position, finding.sentence
        ));
    }
    std::fs::write(&path, whole).unwrap();
    assert_eq!(verify_export(&folder).unwrap().finding, None);
    let mut hash = insta::Settings::clone_current();
    hash.add_filter("[0-9a-f]{64}", "[hash]");
    hash.bind(|| insta::assert_snapshot!(told));
}

#[tokio::test]
async fn a_whole_log_is_exported_line_by_line() {
    let world = World::new().await;
    world.generate(3, 60).await;
    let folder = world.dir.path().join("whole");
    let mut writer = Writer::create(&folder).unwrap();
    let records = world.log.read_batch(0, 1_000).await.unwrap();
    for record in records.iter().filter(|record| record.sequence != 30) {
        writer.record(record).unwrap();
    }
    let incarnation = world.log.incarnation().await.unwrap();
    writer.finish(None, incarnation, world.clock.now()).unwrap();
    let finding = verify_export(&folder).unwrap().finding.unwrap();
    assert_eq!(
        (finding.position, finding.sentence.as_str()),
        (
            30,
            "a message is missing: sequence 30 was expected, 31 came"
        )
    );
}
