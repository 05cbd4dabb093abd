//! Disks without room, under the stream and under a read model: a clear error, nothing acknowledged
//! that is not there, and all well when there is room again.

use crate::apart::{Apart, way_to};
use crate::rig::{Said, Way, register};
use testkit::nats::NatsOptions;
use testkit::small_disk::SmallDisk;

/// How many long texts are tried until the disk must be full.
const MOST: usize = 40;

/// A small disk; `None`, said aloud, where this process may not mount one.
fn mounted(test: &str, size: &str) -> Option<SmallDisk> {
    let mounted = SmallDisk::mount(size);
    if let Err(reason) = &mounted {
        eprintln!(
            "{}",
            testkit::skip::line(test, &reason.to_string()).unwrap()
        );
    }
    mounted.ok()
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-0000000002{number:02}")
}

fn raise(way: &Way, number: usize) -> Said {
    let text = format!("Question {number}? {}", "It is long. ".repeat(1_500));
    let id = id(number);
    way.run(&[
        "action",
        "raise",
        &text,
        "--meeting",
        "september",
        "--due-in",
        "20",
        "--request-id",
        &id,
    ])
}

fn references(way: &Way) -> Vec<String> {
    listed(&way.run(&["action", "list", "--order", "reference"]).done())
}

fn listed(said: &Said) -> Vec<String> {
    let first = |line: &str| line.split('\t').next().unwrap().to_owned();
    said.out.lines().skip(1).map(first).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_room_acknowledges_nothing() {
    let Some(disk) = mounted("a_stream_without_room_acknowledges_nothing", "32m") else {
        return;
    };
    let store_dir = Some(disk.path().join("store"));
    let options = NatsOptions {
        store_dir,
        ..NatsOptions::default()
    };
    let mut apart = Apart::start_with(options).await;
    let servers = apart.serve_all();
    let way = way_to(servers.each_ref(), &apart.tokens());
    register(&way);
    let ballast = disk.fill().unwrap();
    let mut acknowledged = Vec::new();
    let refused = (0..MOST).find_map(|number| {
        let said = raise(&way, number);
        if said.code == Some(0) {
            acknowledged.push(said.out.trim().to_owned());
            return None;
        }
        Some((number, said))
    });
    let (number, refused) = refused.expect("a full disk takes no message");
    assert_eq!(
        (refused.code, refused.out.as_str()),
        (Some(1), ""),
        "{refused:#?}"
    );
    assert!(refused.err.contains("--request-id"), "{}", refused.err);
    std::fs::remove_file(ballast).unwrap();
    // Some versions of nats-server heal by themselves, others when they are started again.
    apart.nats.restart().await.unwrap();
    let again = raise(&way, number).done().out.trim().to_owned();
    acknowledged.push(again);
    assert_eq!(references(&way), acknowledged);
    way.run(&["verify"]).done();
    for server in servers {
        assert_eq!(server.stop(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_without_room_is_rebuilt_when_there_is() {
    let Some(disk) = mounted("a_read_model_without_room_is_rebuilt_when_there_is", "24m") else {
        return;
    };
    let apart = Apart::start().await;
    let [writer, reader, auditor] = apart.serve_all();
    assert_eq!(reader.stop(), Some(0));
    let small = disk.path().join("reader");
    let reader = apart.serve(&Way::nowhere(), "query", &small);
    let tokens = apart.tokens();
    let way = way_to([&writer, &reader, &auditor], &tokens);
    register(&way);
    let ballast = disk.fill().unwrap();
    // The record has room, so writes go on until what they look up cannot be answered.
    let mut acknowledged = Vec::new();
    for number in 0..8 {
        let said = raise(&way, number);
        if said.code != Some(0) {
            assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:#?}");
            assert!(!said.err.contains("the operator"), "{}", said.err);
            break;
        }
        acknowledged.push(said.out.trim().to_owned());
    }
    let said = way.run(&["action", "list"]);
    assert!(said.code == Some(1) || listed(&said).len() <= acknowledged.len());
    std::fs::remove_file(ballast).unwrap();
    // Nobody starts it again: it finds the room by itself.
    testkit::wait::until("the read model to be built", || async {
        let said = way.run(&["action", "list", "--order", "reference"]);
        said.code == Some(0) && listed(&said) == acknowledged
    })
    .await
    .unwrap();
    way.run(&["verify"]).done();
}
