//! The services apart, over a real NATS server.

use crate::rig::Way;
use std::path::Path;
use tempfile::TempDir;
use testkit::nats::NatsServer;

fn part(services: &str, data: &Path, keys: Option<&Path>, nats: &str) -> crate::rig::Server {
    let data = data.display().to_string();
    let mut arguments = vec![
        "serve",
        "--services",
        services,
        "--data",
        &data,
        "--nats",
        nats,
        "--listen",
        "127.0.0.1:0",
        "--metrics",
        "127.0.0.1:0",
    ];
    let keys = keys.map(|keys| keys.display().to_string());
    if let Some(keys) = &keys {
        arguments.extend(["--keys", keys]);
    }
    Way::nowhere().serve(&arguments, "serving at")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_run_apart_over_nats() {
    let nats = NatsServer::start().await.unwrap();
    let url = nats.url();
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);

    // A service never makes the stream; somebody does, deliberately.
    let missing = Way::data(&at("writer"))
        .run(&[
            "serve",
            "--nats",
            &url,
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ])
        .ended(1);
    assert!(missing.err.contains("matters provision"), "{}", missing.err);
    Way::nowhere().run(&["provision", "--nats", &url]).done();

    let writer = part("command", &at("writer"), None, &url);
    let keys = at("writer").join("identity");
    let reader = part("query", &at("reader"), Some(&keys), &url);
    let auditor = part("audit", &at("auditor"), Some(&keys), &url);

    let tokens = at("tokens");
    std::fs::create_dir(&tokens).unwrap();
    for role in ["clerk", "office", "auditor", "operator"] {
        let file = tokens.join(format!("{role}.token")).display().to_string();
        Way::data(&at("writer"))
            .run(&[
                "token", "issue", "--role", role, "--name", role, "--out", &file,
            ])
            .done();
    }
    let servers = format!(
        "command={},query={},audit={}",
        writer.url, reader.url, auditor.url
    );
    from_question_to_closure(&Way::server(&servers, &tokens));
    for server in [writer, reader, auditor] {
        assert_eq!(server.stop(), Some(0));
    }
}

/// A whole life of an action, then what was open in between.
fn from_question_to_closure(way: &Way) {
    let on = ["--on", "2018-01-02"];
    for line in [
        [
            "register",
            "body",
            "pcp",
            "--name",
            "The Panel",
            "--kind",
            "panel",
        ]
        .as_slice(),
        &[
            "register",
            "body",
            "opcc",
            "--name",
            "The Office",
            "--kind",
            "commissioner-office",
        ],
        &[
            "register",
            "series",
            "pcp-2018",
            "--body",
            "pcp",
            "--year",
            "2018",
            "--pattern",
            "PCP/{year}/{n:03}",
        ],
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
        way.run(&[line, &on].concat()).done();
    }
    let raise = [
        "action",
        "raise",
        "Is it getting better?",
        "--meeting",
        "september",
        "--due-in",
        "20",
    ];
    assert_eq!(way.run(&raise).done().out, "PCP/2018/001\n");
    way.run(&[
        "action",
        "respond",
        "PCP/2018/001",
        "Yes, by a third.",
        "--on",
        "2018-11-09",
    ])
    .done();
    way.run(&[
        "action",
        "close",
        "PCP/2018/001",
        "--outcome",
        "answered",
        "--on",
        "2018-11-20",
    ])
    .done();
    assert!(
        way.run(&["action", "list", "--closed"])
            .done()
            .out
            .contains("PCP/2018/001")
    );
    let then = way
        .run(&["action", "list", "--open", "--as-of", "2018-11-01"])
        .done()
        .out;
    assert!(then.contains("PCP/2018/001"), "{then}");
    way.run(&["verify"]).done();
}
