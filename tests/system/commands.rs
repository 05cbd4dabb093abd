//! Where commands go, and what they print: flags before the environment, cells that are no formulas.

use crate::rig::{Said, Way, small_record};

fn raise(way: &Way, text: &str) -> Said {
    let line = [
        "action",
        "raise",
        text,
        "--meeting",
        "september",
        "--due-in",
        "20",
    ];
    way.run(&line).done()
}

#[test]
fn a_flag_beats_the_environment() {
    let (folder, way) = small_record();
    let data = folder.path().join("data").display().to_string();
    let nobody = "http://127.0.0.1:1";
    // What is typed wins over what is set, before and after the noun.
    let set = Way::nowhere().and("MATTERS_SERVER", nobody);
    set.run(&["--data", &data, "meeting", "list"]).done();
    set.run(&["meeting", "list", "--data", &data]).done();
    let said = way.run(&["meeting", "list", "--server", nobody]).ended(1);
    assert!(said.err.contains("no server answers"), "{}", said.err);
    for (arguments, told) in [
        (
            ["meeting", "list", "--server", nobody, "--data", &data],
            "--server and --data are both given; keep one",
        ),
        (
            ["meeting", "list", "--token-file", "a", "--tokens", "b"],
            "--token-file and --tokens are both given; keep one",
        ),
    ] {
        let said = Way::nowhere().run(&arguments).ended(2);
        assert!(said.err.contains(told), "{}", said.err);
    }
    let said = way
        .and("MATTERS_SERVER", nobody)
        .run(&["meeting", "list"])
        .ended(2);
    assert!(said.err.contains("are both set"), "{}", said.err);
}

#[test]
fn meetings_are_listed_as_of_a_day() {
    let (_folder, way) = small_record();
    let list = |day: &str| way.run(&["meeting", "list", "--as-of", day]).done().out;
    assert_eq!(list("2018-01-01"), "meeting\theld_on\tbody\ttitle\n");
    assert!(list("2018-01-02").contains("september"));
}

#[test]
fn a_due_date_that_was_moved_already_is_told() {
    let (_folder, way) = small_record();
    raise(&way, "Is it getting better?");
    let id = "00000000-0000-4000-8000-000000000003";
    let line = [
        "action",
        "move-due",
        "PCP/2018/001",
        "--due",
        "2018-12-31",
        "--reason",
        "More to do",
        "--on",
        "2018-09-20",
        "--request-id",
        id,
    ];
    let told = "PCP/2018/001: due date moved to 2018-12-31";
    assert!(way.run(&line).done().err.contains(told));
    let again = way.run(&line).done().err;
    assert!(
        again.contains(told) && again.contains("on record already"),
        "{again}"
    );
}

#[test]
fn no_cell_is_a_formula_in_a_spreadsheet() {
    let (_folder, way) = small_record();
    raise(&way, "=HYPERLINK(1)");
    for list in [
        ["action", "list"].as_slice(),
        &["meeting", "sheet"],
        &["replay"],
    ] {
        let cells = way.run(list).done().out;
        assert!(cells.contains("\t'=HYPERLINK(1)"), "{cells}");
    }
    let json = way.run(&["action", "list", "--json"]).done().out;
    assert!(json.contains("\"=HYPERLINK(1)\""), "{json}");
}

#[test]
fn a_sheet_can_be_read_on_a_narrow_screen() {
    let (_folder, way) = small_record();
    raise(
        &way,
        "What is done to make the crossings near the three schools of the town safer?",
    );
    raise(&way, "Who pays?");
    let delegate = [
        "action",
        "delegate",
        "PCP/2018/001",
        "--to",
        "drugs",
        "--on",
        "2018-09-20",
    ];
    way.run(&delegate).done();
    let narrow = way.and("COLUMNS", 80).and("MATTERS_FORMAT", "table");
    let sheet = ["meeting", "sheet", "--as-of", "2018-09-21"];
    insta::assert_snapshot!(narrow.run(&sheet).done().out);
}

#[test]
fn a_watch_goes_back_to_the_beginning() {
    let (_folder, way) = small_record();
    raise(&way, "Is it getting better?");
    let line = way.first_line(&["action", "watch", "--after", "0"]);
    assert!(line.starts_with("PCP/2018/001\topen\t"), "{line}");
}

#[test]
fn a_difference_says_why_and_which() {
    let (_folder, way) = small_record();
    raise(&way, "Is it getting better?");
    raise(&way, "Is it getting better now?");
    for line in [
        [
            "link",
            "PCP/2018/002",
            "--kind",
            "duplicate-of",
            "PCP/2018/001",
        ]
        .as_slice(),
        &[
            "restrict",
            "PCP/2018/001",
            "--paragraph",
            "7",
            "--reason",
            "It names people.",
            "--explanation",
            "It names people.",
            "--review-on",
            "2030-01-01",
            "--on",
            "2018-09-20",
        ],
    ] {
        way.run(&[&["action"], line].concat()).done();
    }
    let told = way.run(&["diff", "8", "10"]).ended(1).out;
    for cell in [
        "\tduplicate of PCP/2018/001\n",
        "\tSchedule 12A, paragraph 7; since 2018-09-20; to be looked at again on 2030-01-01; ",
    ] {
        assert!(told.contains(cell), "{told}");
    }
}

#[test]
fn a_restriction_tells_what_it_took_with_it() {
    let (_folder, way) = small_record();
    raise(&way, "Is it getting better?");
    raise(&way, "Is it getting better now?");
    for (reference, told) in [
        (
            "PCP/2018/001",
            Some("restricted with it, since words of it stand there: PCP/2018/003, PCP/2018/004\n"),
        ),
        ("PCP/2018/002", None),
    ] {
        if told.is_some() {
            let split = [
                "action",
                "split",
                reference,
                "--series",
                "pcp-2018",
                "--piece",
                "Is it?",
                "--piece",
                "Since when?",
                "--reason",
                "Two questions.",
            ];
            way.run(&split).done();
        }
        let restrict = [
            "action",
            "restrict",
            reference,
            "--paragraph",
            "7",
            "--reason",
            "It names people.",
            "--explanation",
            "It names people.",
            "--review-on",
            "2030-01-01",
        ];
        let said = way.run(&restrict).done().err;
        assert_eq!(
            said.contains("restricted with it"),
            told.is_some(),
            "{said}"
        );
        assert!(told.is_none_or(|told| said.contains(told)), "{said}");
    }
}
