//! Streams on servers of the test's own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use event_log::contract::Rig;
use event_log::{ConflictCode, EventLog, JetStreamLog, JetStreamOptions, provision};
use tempfile::TempDir;
use testkit::nats::{Cluster, NatsOptions, NatsServer};

/// How long the servers of these tests remember an id.
const WINDOW: Duration = Duration::from_secs(2);

/// The options of a handle with an index of ids of its own.
pub(crate) fn options(urls: Vec<String>, replicas: usize, folder: &TempDir) -> JetStreamOptions {
    JetStreamOptions {
        replicas: Some(replicas),
        duplicate_window: WINDOW,
        ..JetStreamOptions::new(urls, folder.path())
    }
}

/// Deletes the stream, as no service has the right to.
pub(crate) async fn delete_stream(urls: &[String]) {
    let client = async_nats::connect(urls).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    jetstream.delete_stream("EVENTS").await.unwrap();
}

/// Publishes one message again and again, outside the log, until the server no longer takes it for a
/// repetition: then it has forgotten every id that is older.
pub(crate) async fn forget(urls: &[String]) {
    let client = async_nats::connect(urls).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let probe = async_nats::jetstream::stream::Config {
        name: "PROBE".to_owned(),
        subjects: vec!["probe".to_owned()],
        duplicate_window: WINDOW,
        ..Default::default()
    };
    jetstream.create_stream(probe).await.unwrap();
    testkit::wait::until("the end of the window of remembered ids", || async {
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Nats-Msg-Id", "probe");
        let published = jetstream
            .publish_with_headers("probe", headers, "".into())
            .await
            .unwrap();
        // On three servers a stream has no leader for a moment after it was made.
        published.await.is_ok_and(|ack| ack.sequence > 1)
    })
    .await
    .unwrap();
    jetstream.delete_stream("PROBE").await.unwrap();
}

pub(crate) struct OneServer {
    pub(crate) server: NatsServer,
    group_commit: bool,
    folders: Vec<TempDir>,
}

impl OneServer {
    pub(crate) async fn new() -> Self {
        Self::with(NatsOptions::default()).await
    }

    pub(crate) async fn synced() -> Self {
        let sync_always = true;
        Self::with(NatsOptions {
            sync_always,
            ..NatsOptions::default()
        })
        .await
    }

    /// A server that syncs every message, to which messages go in groups.
    pub(crate) async fn grouped() -> Self {
        let mut rig = Self::synced().await;
        rig.group_commit = true;
        rig
    }

    pub(crate) async fn with(options: NatsOptions) -> Self {
        let mut rig = Self {
            server: NatsServer::start_with(options).await.unwrap(),
            group_commit: false,
            folders: Vec::new(),
        };
        provision(&rig.options()).await.unwrap();
        rig
    }

    pub(crate) fn options(&mut self) -> JetStreamOptions {
        let folder = TempDir::new().unwrap();
        let options = JetStreamOptions {
            group_commit: self.group_commit,
            ..options(vec![self.server.url()], 1, &folder)
        };
        self.folders.push(folder);
        options
    }
}

#[async_trait]
impl Rig for OneServer {
    async fn handle(&mut self) -> Arc<dyn EventLog> {
        let options = self.options();
        Arc::new(JetStreamLog::connect(options).await.unwrap())
    }

    async fn restart(&mut self) {
        self.server.restart().await.unwrap();
    }

    async fn forget_recent_ids(&mut self) {
        forget(&[self.server.url()]).await;
    }

    fn conflict_codes(&self) -> &'static [ConflictCode] {
        &[ConflictCode::WrongLastSequence]
    }

    async fn replace(&mut self) {
        delete_stream(&[self.server.url()]).await;
        provision(&self.options()).await.unwrap();
    }
}

pub(crate) struct ThreeServers {
    pub(crate) cluster: Cluster,
    folders: Vec<TempDir>,
}

impl ThreeServers {
    pub(crate) async fn new() -> Self {
        let mut rig = Self {
            cluster: Cluster::start(3).await.unwrap(),
            folders: Vec::new(),
        };
        provision(&rig.options()).await.unwrap();
        rig
    }

    fn options(&mut self) -> JetStreamOptions {
        let folder = TempDir::new().unwrap();
        let options = JetStreamOptions {
            read_timeout: Duration::from_secs(30),
            append_timeout: Duration::from_secs(30),
            ..options(self.cluster.urls(), 3, &folder)
        };
        self.folders.push(folder);
        options
    }
}

#[async_trait]
impl Rig for ThreeServers {
    async fn handle(&mut self) -> Arc<dyn EventLog> {
        let options = self.options();
        Arc::new(JetStreamLog::connect(options).await.unwrap())
    }

    /// All three at once: the worst case, in which no copy stays in memory.
    async fn restart(&mut self) {
        self.cluster.restart().await.unwrap();
    }

    async fn forget_recent_ids(&mut self) {
        forget(&self.cluster.urls()).await;
    }

    fn conflict_codes(&self) -> &'static [ConflictCode] {
        &[
            ConflictCode::WrongLastSequence,
            ConflictCode::SubjectInFlight,
            ConflictCode::IdInFlight,
        ]
    }

    async fn replace(&mut self) {
        delete_stream(&self.cluster.urls()).await;
        provision(&self.options()).await.unwrap();
    }
}
