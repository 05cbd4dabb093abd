//! An export replays with no server to the same rows, byte for byte; what was done to it is found.

use std::path::{Path, PathBuf};

use api::failure::Violations;
use api::message;
use api::v1;
use api::v1::export_log_response::Piece;
use domain::calendar::london::civil_date;
use domain::policy::{Principal, Role};
use event_log::EventLog;
use prost::Message as _;

use super::clients;
use super::world::{AREA, World, slug};
use crate::Listing;
use crate::export::{Export, Manifest, Writer, record_of};
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

/// What is asked, of the server and of its export.
#[derive(Default)]
struct Ask {
    as_of: Option<v1::AsOf>,
    filter: v1::ActionFilter,
    order: v1::Order,
}

async fn listed(world: &World, asked: &Ask) -> Vec<v1::ActionRow> {
    let (_, mut query) = clients(world).await;
    let ask = v1::ListActionsRequest {
        reading: Some(v1::Reading {
            area: AREA.into(),
            as_of: asked.as_of.clone(),
            token: String::new(),
        }),
        filter: Some(asked.filter.clone()),
        order: asked.order.into(),
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

fn auditor() -> Principal {
    Principal {
        subject: "auditor".to_owned(),
        name: "A Person".to_owned(),
        role: Role::Auditor,
        group: None,
        area: AREA.to_owned(),
    }
}

fn offline(world: &World, folder: &Path, asked: &Ask) -> Vec<v1::ActionRow> {
    let (replay, _) = replay_export(folder).unwrap();
    let mut wrong = Violations::new();
    let as_of = message::as_of("as_of", asked.as_of.as_ref(), &mut wrong).unwrap();
    let listing = Listing {
        area: &slug(AREA),
        as_of: &as_of,
        reader: &auditor(),
        filter: &message::action_filter(Some(&asked.filter), &mut wrong),
        sort: message::order(asked.order.into(), &mut wrong),
        as_at: as_of.as_at(civil_date(world.clock.now())),
    };
    assert!(wrong.iter().next().is_none());
    listing.actions(&replay)
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
    let true_on = v1::AsOf {
        true_on: "2014-09-01".into(),
        ..v1::AsOf::default()
    };
    let known_at = v1::AsOf {
        known_at: Some(message::timestamp("2014-09-01T10:00:00Z".parse().unwrap())),
        ..v1::AsOf::default()
    };
    let known_position = v1::AsOf {
        known_position: 400,
        ..v1::AsOf::default()
    };
    let open = v1::ActionFilter {
        open: Some(true),
        ..v1::ActionFilter::default()
    };
    let late = v1::ActionFilter {
        overdue: Some(true),
        ..v1::ActionFilter::default()
    };
    for as_of in [None, Some(true_on), Some(known_at), Some(known_position)] {
        let mut counts = Vec::new();
        for filter in [v1::ActionFilter::default(), open.clone(), late.clone()] {
            for order in [v1::Order::Due, v1::Order::LastChangeDesc] {
                let (as_of, filter) = (as_of.clone(), filter.clone());
                let asked = Ask {
                    as_of,
                    filter,
                    order,
                };
                let served = listed(&world, &asked).await;
                assert_eq!(bytes(&served), bytes(&offline(&world, &folder, &asked)));
                counts.push(served.len());
            }
        }
        assert!(counts[0] > counts[2] && counts[4] > 0, "{counts:?}");
    }
    let now = listed(&world, &Ask::default()).await;
    assert_eq!(verdict.rows, now.len() as u64);
}

#[tokio::test]
async fn an_export_that_is_not_as_it_was_made_is_not_replayed() {
    let world = World::with_a_meeting().await;
    let folder = exported(&world).await;
    let path = folder.join("log.ndjson");
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, whole.replacen("Forty", "Fifty", 1)).unwrap();
    let told = replay_export(&folder).unwrap_err().to_string();
    let found = verify_export(&folder).unwrap().finding.unwrap();
    assert!(told.ends_with(&found.sentence), "{told}");
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

/// Writes a long area's export anew after something was done to its lines, and tells what is found.
fn found_after(folder: &Path, lines: &[&str]) -> (u64, String) {
    let text = format!("{}\n", lines.join("\n"));
    std::fs::write(folder.join("log.ndjson"), text).unwrap();
    let finding = verify_export(folder).unwrap().finding.unwrap();
    (finding.position, finding.sentence)
}

#[tokio::test]
async fn what_was_done_to_a_long_export_is_found_in_its_block() {
    let world = World::new().await;
    world.generate(3, 4_200).await;
    let folder = exported(&world).await;
    let manifest = Export::open(&folder).unwrap().manifest.unwrap();
    // Of two areas: positions have gaps, and only the sums of blocks tell.
    assert!(manifest.count > 2_000 && manifest.last_position > manifest.count);
    let whole = std::fs::read_to_string(folder.join("log.ndjson")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let second = &manifest.blocks[1];
    let in_the_second = (
        second.first_position,
        format!(
            "lines 1001 to 2000 (positions {} to {}) are not as they were exported",
            second.first_position, second.last_position
        ),
    );
    let mut taken_out = lines.clone();
    taken_out.remove(1_499);
    assert_eq!(found_after(&folder, &taken_out), in_the_second);
    // What is wrong in a block comes before a line of a later one that cannot be read at all.
    let mut two_wrongs = taken_out.clone();
    let last = two_wrongs.len() - 1;
    two_wrongs[last] = "{}";
    assert_eq!(found_after(&folder, &two_wrongs), in_the_second);
    let (_, cut) = found_after(&folder, &lines[..lines.len() - 1]);
    assert!(
        cut.ends_with("is missing") || cut.starts_with("the lines end"),
        "{cut}"
    );

    // A manifest of before there were blocks still verifies, and knows the whole only.
    let old = Manifest {
        blocks: Vec::new(),
        ..manifest
    };
    let text = serde_json::to_string(&old).unwrap();
    assert!(!text.contains("blocks"));
    std::fs::write(folder.join("manifest.json"), text).unwrap();
    assert_eq!(found_after(&folder, &taken_out).0, 0);
    std::fs::write(folder.join("log.ndjson"), whole).unwrap();
    assert_eq!(verify_export(&folder).unwrap().finding, None);
}
