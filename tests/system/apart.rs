//! The services apart, over a real NATS server.

use crate::rig::{Server, Way};
use event_log::{
    Append, EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions, Subject,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use testkit::nats::{NatsOptions, NatsServer};

/// A server with its stream, and the folders of the services.
pub(crate) struct Apart {
    pub(crate) nats: NatsServer,
    folder: TempDir,
    /// Where the keys are that sign tokens.
    keys: PathBuf,
}

impl Apart {
    /// Starts a server that syncs each message, and makes the stream. A service would not.
    pub(crate) async fn start() -> Self {
        Self::start_with(NatsOptions::default()).await
    }

    pub(crate) async fn start_with(options: NatsOptions) -> Self {
        let options = NatsOptions {
            sync_always: true,
            ..options
        };
        let nats = NatsServer::start_with(options).await.unwrap();
        let folder = TempDir::new().unwrap();
        let keys = folder.path().join("writer/identity");
        let apart = Self { nats, folder, keys };
        let missing = Way::data(&apart.at("writer"))
            .run(&[
                "serve",
                "--nats",
                &apart.nats.url(),
                "--listen",
                "127.0.0.1:0",
                "--metrics",
                "127.0.0.1:0",
            ])
            .ended(1);
        assert!(missing.err.contains("matters provision"), "{}", missing.err);
        Way::nowhere()
            .run(&["provision", "--nats", &apart.nats.url()])
            .done();
        apart
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a service, with its data in this folder.
    pub(crate) fn serve(&self, way: &Way, service: &str, data: &Path) -> Server {
        let (data, keys) = (data.display().to_string(), self.keys.display().to_string());
        let url = self.nats.url();
        let mut arguments = vec![
            "serve",
            "--services",
            service,
            "--data",
            &data,
            "--nats",
            &url,
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ];
        // The command service signs in this test; what was signed elsewhere comes with its keys.
        if service != "command" || self.keys != self.at("writer/identity") {
            arguments.extend(["--keys", &keys]);
        }
        way.serve(&arguments, "serving at")
    }

    /// Starts all three, each in a folder of its own.
    pub(crate) fn serve_all(&self) -> [Server; 3] {
        let nowhere = Way::nowhere();
        [
            ("command", "writer"),
            ("query", "reader"),
            ("audit", "auditor"),
        ]
        .map(|(service, data)| self.serve(&nowhere, service, &self.at(data)))
    }

    /// Makes a token per role with the command service's keys.
    pub(crate) fn tokens(&self) -> PathBuf {
        let tokens = self.at("tokens");
        std::fs::create_dir_all(&tokens).unwrap();
        for role in ["clerk", "office", "auditor", "operator"] {
            let file = tokens.join(format!("{role}.token")).display().to_string();
            let issue = [
                "token", "issue", "--role", role, "--name", role, "--out", &file,
            ];
            Way::data(&self.at("writer")).run(&issue).done();
        }
        tokens
    }
}

/// To the three services where they are.
pub(crate) fn way_to([writer, reader, auditor]: [&Server; 3], tokens: &Path) -> Way {
    let servers = format!(
        "command={},query={},audit={}",
        writer.url, reader.url, auditor.url
    );
    Way::server(&servers, tokens)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_run_apart_over_nats() {
    let apart = Apart::start().await;
    let servers = apart.serve_all();
    let way = way_to(servers.each_ref(), &apart.tokens());
    crate::rig::register(&way);
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
    way.run(&["verify"]).done();
    for server in servers {
        assert_eq!(server.stop(), Some(0));
    }
}

/// The record of a demo, message by message, in the stream.
async fn carry_over(demo: &Path, apart: &Apart) {
    let from = EmbeddedLog::open(demo.join("log"), EmbeddedOptions::default())
        .await
        .unwrap();
    let options = JetStreamOptions::new(vec![apart.nats.url()], apart.at("carried"));
    let to = JetStreamLog::connect(options).await.unwrap();
    let mut last: HashMap<Subject, u64> = HashMap::new();
    for record in from.read_batch(0, 1_000).await.unwrap() {
        let expected = last.insert(record.subject.clone(), record.sequence);
        let append = Append {
            id: record.id,
            subject: record.subject,
            expected: expected.unwrap_or(0),
            digest: record.digest,
            attributes: record.attributes,
            body: record.body,
        };
        assert_eq!(to.append(append).await.unwrap().sequence, record.sequence);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_session_goes_as_printed_over_nats() {
    let mut apart = Apart::start().await;
    let demo = apart.at("demo");
    assert_eq!(crate::demo::start(&demo).stop(), Some(0));
    carry_over(&demo, &apart).await;
    apart.keys = demo.join("identity");
    let servers = apart.serve_all();
    crate::session::walk(&way_to(servers.each_ref(), &demo.join("tokens")));
    for server in servers {
        assert_eq!(server.stop(), Some(0));
    }
}
