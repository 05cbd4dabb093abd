//! An export is replayed with no server: the rows that its server lists, byte for byte.

use crate::rig::{Way, small_record};

fn raise(way: &Way, text: &str, due: &str) {
    let on = ["--meeting", "september", "--due", due];
    way.run(&[&["action", "raise", text][..], &on].concat())
        .done();
}

#[test]
fn an_export_lists_what_its_server_lists() {
    let (folder, way) = small_record();
    raise(&way, "Is it getting better?", "2018-12-31");
    raise(&way, "Who pays for the lights?", "2018-10-10");
    raise(&way, "Which schools were visited?", "2018-11-30");
    for line in [
        ["delegate", "PCP/2018/002", "--to", "drugs"].as_slice(),
        &[
            "respond",
            "PCP/2018/001",
            "By a third.",
            "--on",
            "2018-11-09",
        ],
        &[
            "restrict",
            "PCP/2018/003",
            "--paragraph",
            "7",
            "--explanation",
            "It names people.",
            "--reason",
            "It names people.",
            "--review-on",
            "2030-01-01",
        ],
    ] {
        way.run(&[&["action"], line].concat()).done();
    }
    let export = folder.path().join("export").display().to_string();
    way.run(&["export", "--out", &export]).done();

    let alone = Way::nowhere();
    let questions: [&[&str]; 8] = [
        &[],
        &["--order", "reference-desc"],
        &["--sort", "last-change"],
        &["--open", "--delegated-to", "Drugs and Alcohol Misuse"],
        &["--overdue", "--as-of", "2018-11-15"],
        &["--meeting", "2018-09-12", "--text", "PAYS"],
        &["--known-at", "8"],
        &["--as", "public", "--due-from", "2018-11-01"],
    ];
    for question in questions {
        for format in ["json", "tsv"] {
            let mut question = [question, &["--format", format]].concat();
            if !question.contains(&"--as") {
                question.extend(["--as", "auditor"]);
            }
            let listed = way.run(&[&["action", "list"], &question[..]].concat());
            let replayed = [&["replay", "--export", &export], &question[..]].concat();
            let (listed, replayed) = (listed.done().out, alone.run(&replayed).done().out);
            assert!(
                listed == replayed && listed.contains("PCP/2018/"),
                "{question:?}:\n{listed}\n{replayed}"
            );
        }
    }
    alone
        .run(&["replay", "--export", &export, "--asked-of", "nobody"])
        .ended(2);
    alone
        .run(&["replay", "--export", &export, "--area", "norfolk"])
        .ended(2);

    let lines = format!("{export}/log.ndjson");
    let whole = std::fs::read_to_string(&lines).unwrap();
    std::fs::write(&lines, whole.replacen("Who pays", "Who paid", 1)).unwrap();
    let said = alone.run(&["replay", "--export", &export]).ended(7);
    assert_eq!(said.out, "");
    assert!(
        said.err.contains("at position 1: lines 1 to 12 "),
        "{}",
        said.err
    );
    let verified = alone.run(&["verify", "--export", &export]).ended(7);
    assert!(
        verified.out.contains("at position 1: lines 1 to 12 "),
        "{}",
        verified.out
    );
}
