//! A data folder without a record, or with one that was damaged: told as that, nothing made, nothing
//! promised.

use crate::rig::{Way, small_record};
use event_log::{EmbeddedLog, EmbeddedOptions};
use std::path::{Path, PathBuf};

/// The file of the log, with everything in it: what is still in SQLite's write-ahead log would stand
/// in for what is damaged. An orderly end brings it in.
async fn file_of_the_log(data: &Path) -> PathBuf {
    let log = data.join("log");
    drop(
        EmbeddedLog::open(&log, EmbeddedOptions::default())
            .await
            .unwrap(),
    );
    log.join("events.db")
}

#[tokio::test]
async fn a_damaged_record_is_no_sound_one() {
    let (folder, way) = small_record();
    way.run(&[
        "action",
        "raise",
        "Is it dark?",
        "--meeting",
        "september",
        "--due-in",
        "20",
    ])
    .done();
    let data = folder.path().join("data");
    let file = file_of_the_log(&data).await;
    let whole = std::fs::read(&file).unwrap();
    let changed = |find: &[u8], last: bool| {
        let mut bytes = whole.clone();
        let mut places = bytes.windows(find.len()).enumerate();
        let found = match last {
            true => places.rfind(|(_, window)| *window == find),
            false => places.find(|(_, window)| *window == find),
        };
        let (at, _) = found.unwrap();
        bytes[at + find.len() - 1] ^= 1;
        bytes
    };
    let cases = [
        (
            "cut in half",
            whole[..whole.len() / 2].to_vec(),
            "malformed",
        ),
        (
            "no database",
            b"These are notes, no database.".repeat(40),
            "not a database",
        ),
        (
            "a letter of a message",
            changed(b"Is it dark", false),
            "not sound at position 7: ",
        ),
        (
            "a letter of an index",
            changed(b"action.PCP/2018/001", true),
            "index",
        ),
        ("emptied", Vec::new(), "gone"),
    ];
    for (what, bytes, told) in cases {
        std::fs::write(&file, bytes).unwrap();
        let verified = way.run(&["verify"]).ended(7);
        let said = format!("{}{}", verified.out, verified.err);
        assert!(said.contains(told), "{what}: {said}");
        let listed = way.run(&["action", "list"]);
        assert!(
            [Some(0), Some(7)].contains(&listed.code) && !listed.err.contains("the operator"),
            "{what}: {listed:?}"
        );
    }
    // Nothing takes the place of what was lost.
    let raised = [
        "register", "body", "new", "--name", "New", "--kind", "panel",
    ];
    way.run(&raised).ended(7);
    std::fs::remove_file(&file).unwrap();
    way.run(&raised).ended(7);
    let port = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let served = way.run(&[&["serve"], port.as_slice()].concat()).ended(7);
    assert!(served.err.contains("is gone"), "{}", served.err);
    assert!(!file.exists());
    std::fs::write(&file, whole).unwrap();
    way.run(&["verify"]).done();
}

#[test]
fn a_question_makes_no_record() {
    let folder = tempfile::TempDir::new().unwrap();
    let data = folder.path().join("data");
    let way = Way::data(&data);
    for question in [
        ["verify"].as_slice(),
        &["action", "list"],
        &["replay"],
        &["export"],
        &["register", "show"],
        &["status"],
        &[
            "meeting",
            "add",
            "september",
            "--body",
            "pcp",
            "--held-on",
            "2018-09-12",
        ],
    ] {
        let said = way.run(question).ended(1);
        assert!(
            said.err.contains("there is no record in"),
            "{question:?}: {}",
            said.err
        );
        assert!(!data.exists(), "{question:?} made something");
    }
}
