//! What is said when it cannot be done: sentences, flags, exit codes.

use crate::rig::{Way, small_record};
use insta::assert_snapshot;

const RAISE: [&str; 6] = [
    "action",
    "raise",
    "Is it getting better?",
    "--meeting",
    "september",
    "--due-in",
];

fn raise(way: &Way) {
    way.run(&[&RAISE[..], &["20"]].concat()).done();
}

#[test]
fn refusals_say_what_would_be_right() {
    let (_folder, way) = small_record();
    raise(&way);
    let said = |arguments: &[&str]| {
        let said = way.run(arguments);
        format!("{:?}\n{}{}", said.code.unwrap(), said.out, said.err)
    };
    // A date that is not in the calendar.
    assert_snapshot!(said(&["action", "raise", "What?", "--due", "2018-02-31"]));
    // An action that nobody raised.
    assert_snapshot!(said(&["action", "show", "PCP/2018/099"]));
    // A role that may not.
    assert_snapshot!(said(&[
        "action",
        "close",
        "PCP/2018/001",
        "--outcome",
        "noted",
        "--as",
        "office"
    ]));
    // A state that does not allow it.
    assert_snapshot!(said(&[
        "action",
        "accept",
        "PCP/2018/001",
        "--as",
        "group:drugs"
    ]));
    // Every field that is wrong, by its flag.
    assert_snapshot!(said(&[
        "action",
        "delegate",
        "PCP/2018/001",
        "--to",
        " ",
        "--note",
        "\u{202e}x"
    ]));
    // A body that the register does not have.
    assert_snapshot!(said(&["action", "list", "--asked-of", "nobody"]));
}

#[test]
fn a_dry_run_shows_the_request_and_sends_nothing() {
    let (_folder, way) = small_record();
    let said = way
        .run(&[
            "action",
            "delegate",
            "PCP/2018/001",
            "--to",
            "drugs",
            "--dry-run",
            "--on",
            "2018-09-20",
            "--request-id",
            "00000000-0000-4000-8000-000000000001",
        ])
        .done();
    assert_snapshot!(said.out);
    assert_eq!(way.run(&["export"]).done().out.lines().count(), 6);
}

#[test]
fn a_request_id_is_used_once() {
    let (_folder, way) = small_record();
    let id = "00000000-0000-4000-8000-000000000002";
    let with_id = |text: &str| {
        way.run(&[
            "action",
            "raise",
            text,
            "--meeting",
            "september",
            "--due-in",
            "20",
            "--request-id",
            id,
        ])
    };
    let first = with_id("Is it getting better?").done();
    assert_eq!(first.out, "PCP/2018/001\n");
    let again = with_id("Is it getting better?").done();
    assert_eq!(again.out, first.out);
    assert!(again.err.contains("on record already"), "{}", again.err);
    with_id("Is it getting worse?").ended(6);
}

#[test]
fn no_token_no_writing_and_reading_without_one() {
    let (folder, way) = small_record();
    raise(&way);
    let data = folder.path().join("data").display().to_string();
    let server = Way::nowhere().serve(
        &[
            "serve",
            "--data",
            &data,
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ],
        "serving at",
    );
    let public = Way::nowhere().and("MATTERS_SERVER", &server.url);
    assert!(
        public
            .run(&["action", "list"])
            .done()
            .out
            .contains("PCP/2018/001")
    );
    public.run(&[&RAISE[..], &["20"]].concat()).ended(4);
    public.run(&["verify"]).ended(4);

    // The folder belongs to the server now.
    let said = way.run(&["action", "list"]).ended(1);
    assert!(
        said.err.contains("is in use by another process"),
        "{}",
        said.err
    );
    assert_eq!(server.stop(), Some(0));
    way.run(&["action", "list"]).done();
}

#[test]
fn lists_are_tables_tabs_or_json() {
    let (_folder, way) = small_record();
    raise(&way);
    let on = ["--as-of", "2018-10-11"];
    assert_snapshot!(way.run(&[&["action", "list"][..], &on].concat()).done().out);
    let table = way.clone().and("MATTERS_FORMAT", "table");
    assert_snapshot!(
        table
            .run(&[&["action", "list"][..], &on].concat())
            .done()
            .out
    );
    let json = way
        .run(&[&["action", "list", "--json"][..], &on].concat())
        .done()
        .out;
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    for key in [
        "reference",
        "kind",
        "state",
        "topic",
        "theme",
        "text",
        "meeting_on",
        "raised_on",
        "first_due_on",
        "due_on",
        "overdue",
        "asked_of",
        "delegated_to",
        "coverage",
        "rag",
        "restricted",
        "last_change_at",
        "position",
    ] {
        assert!(rows[0].get(key).is_some(), "{key} is missing");
    }
    assert_eq!(rows[0]["overdue"], true);
    assert_snapshot!(table.run(&["register", "show"]).done().out);
    assert_snapshot!(table.run(&["meeting", "coverage", "2018-09-12"]).done().out);
    way.run(&["diff", "2018-09-12", "2018-09-13"]).done();
    way.run(&["diff", "2018-09-11", "2018-09-12"]).ended(1);
}
