//! `matters demo`: loaded through the public API, and again without a change.

use crate::rig::{Server, Way};
use std::path::Path;
use tempfile::TempDir;

/// Starts the demo on this folder.
pub(crate) fn start(data: &Path) -> Server {
    let data = data.display().to_string();
    Way::nowhere().serve(
        &[
            "demo",
            "--data",
            &data,
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ],
        "Ctrl-C stops it",
    )
}

#[test]
fn the_demo_goes_on_where_it_was() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("demo");
    let first = start(&data);
    let way = Way::server(&first.url, &data.join("tokens"));
    let rows = way.run(&["action", "list", "--json"]).done().out;
    let actions: serde_json::Value = serde_json::from_str(&rows).unwrap();
    // 13 that ask, 2 that are noted, 2 undertakings.
    assert_eq!(actions.as_array().unwrap().len(), 17);
    let open = way
        .run(&[
            "action",
            "list",
            "--open",
            "--as-of",
            "2018-11-01",
            "--json",
        ])
        .done()
        .out;
    let open: serde_json::Value = serde_json::from_str(&open).unwrap();
    assert_eq!(open.as_array().unwrap().len(), 15);
    assert_eq!(open[0]["due_on"], "2018-10-10");
    assert_eq!(open[0]["overdue"], true);
    let lines = way.run(&["export"]).done().out;
    assert_eq!(first.stop(), Some(0));

    let second = start(&data);
    let way = Way::server(&second.url, &data.join("tokens"));
    assert_eq!(way.run(&["export"]).done().out, lines, "the record grew");
    way.run(&["verify"]).done();
    assert_eq!(second.stop(), Some(0));
}

#[test]
fn the_demo_leaves_another_record_alone() {
    let (_folder, way) = crate::rig::small_record();
    let said = way
        .run(&[
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ])
        .ended(1);
    assert!(
        said.err.contains("holds a record that is not the demo's"),
        "{}",
        said.err
    );
}
