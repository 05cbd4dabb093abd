//! kill -9 at named places, then the same command again: one event, the same answer.

use crate::apart::{Apart, way_to};
use crate::rig::{Said, Way, register, small_record};

const ID: &str = "00000000-0000-4000-8000-0000000000aa";

fn raise(way: &Way) -> Said {
    raise_as(way, ID)
}

fn raise_as(way: &Way, id: &str) -> Said {
    way.run(&[
        "action",
        "raise",
        "Is it getting better?",
        "--meeting",
        "september",
        "--due-in",
        "20",
        "--request-id",
        id,
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

/// The same over a nats-server, with the service in which the place is killed there and restarted.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_died_over_nats_is_asked_again() {
    let apart = Apart::start().await;
    let [mut writer, mut reader, auditor] = apart.serve_all();
    let tokens = apart.tokens();
    register(&way_to([&writer, &reader, &auditor], &tokens));
    let places = [
        ("before-append", "command"),
        ("after-append", "command"),
        ("before-reply", "command"),
        ("projection-batch", "query"),
        ("projection-applied", "query"),
    ];
    for (number, (place, service)) in (1..).zip(places) {
        let failing = Way::nowhere().and("MATTERS_FAILPOINT", place);
        let (slot, data) = match service {
            "command" => (&mut writer, apart.at("writer")),
            _ => (&mut reader, apart.at("reader")),
        };
        // In order: what a kill left unflushed would bring it to the place at once.
        assert_eq!(slot.halt(), Some(0), "{place}");
        *slot = apart.serve(&failing, service, &data);
        let id = format!("00000000-0000-4000-8000-0000000001{number:02}");
        let said = raise_as(&way_to([&writer, &reader, &auditor], &tokens), &id);
        if service == "command" {
            assert_eq!(said.ended(1).out, "", "{place}: acknowledged by the dead");
        } else {
            assert_eq!(
                said.done().out,
                format!("PCP/2018/{number:03}\n"),
                "{place}"
            );
        }
        let slot = if service == "command" {
            &mut writer
        } else {
            &mut reader
        };
        assert!(slot.died(), "{place}: the {service} service goes on");
        *slot = apart.serve(&Way::nowhere(), service, &data);
        let way = way_to([&writer, &reader, &auditor], &tokens);
        let again = raise_as(&way, &id).done();
        assert_eq!(again.out, format!("PCP/2018/{number:03}\n"), "{place}");
        let lines = way.run(&["export"]).done().out;
        assert_eq!(
            lines.lines().count(),
            6 + number,
            "{place}: one message a raise"
        );
        way.run(&["verify"]).done();
    }
}
