//! kill -9 at named places, then the same command again: one event, the same answer.

use crate::rig::{Said, Way, small_record};

const ID: &str = "00000000-0000-4000-8000-0000000000aa";

fn raise(way: &Way) -> Said {
    way.run(&[
        "action",
        "raise",
        "Is it getting better?",
        "--meeting",
        "september",
        "--due-in",
        "20",
        "--request-id",
        ID,
    ])
}

#[test]
fn a_command_that_died_is_finished_by_sending_it_again() {
    for place in [
        "before-append",
        "after-append",
        "before-reply",
        "projection-batch",
        "projection-applied",
    ] {
        let (_folder, way) = small_record();
        let dead = raise(&way.clone().and("MATTERS_FAILPOINT", place));
        assert_eq!(dead.code, None, "{place}: killed by a signal: {dead:#?}");
        let again = raise(&way).done();
        assert_eq!(again.out, "PCP/2018/001\n", "{place}");
        let lines = way.run(&["export"]).done().out;
        assert_eq!(
            lines.lines().count(),
            7,
            "{place}: one message for the raise"
        );
        way.run(&["verify"]).done();
    }
}

#[test]
fn an_import_that_died_goes_on_where_it_was() {
    let (folder, way) = small_record();
    let log = crate::imports::action_log(folder.path());
    let dead = way
        .clone()
        .and("MATTERS_FAILPOINT", "mid-import:1")
        .run(&["import", "log", &log]);
    assert_eq!(dead.code, None, "{dead:#?}");
    way.run(&["import", "log", &log]).done();
    let whole = way.run(&["export"]).done().out;
    way.run(&["import", "log", &log]).done();
    assert_eq!(
        way.run(&["export"]).done().out,
        whole,
        "a third run changed something"
    );
}
