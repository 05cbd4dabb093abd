//! A server of the command service, its log in a folder of its own, and callers in every role.

use api::auth::Auth;
use api::v1;
use api::v1::command_service_client::CommandServiceClient;
use chrono::{DateTime, TimeDelta, Utc};
use command::{Metrics, Service};
use domain::policy::{Principal, Role};
use event_log::{
    EmbeddedLog, EmbeddedOptions, EventLog, JetStreamLog, JetStreamOptions, Record, provision,
};
use identity::Issuer;
use prometheus_client::registry::Registry;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use testkit::clock::FixedClock;
use testkit::nats::NatsServer;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

pub(crate) const AREA: &str = "cambridgeshire-peterborough";

/// The instant at which most tests stand: the day of the Commissioner's letter.
pub(crate) fn letter_day() -> DateTime<Utc> {
    "2018-11-09T12:00:00Z".parse().unwrap()
}

/// Which log a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Embedded,
    /// One server, a process of the test's own.
    JetStream,
}

/// Makes two tests of each function that takes the log it is to run on.
#[macro_export]
macro_rules! on_both_logs {
    ($($name:ident),+ $(,)?) => {
        mod on_embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::rig::On::Embedded).await;
            })+
        }

        mod on_jetstream {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::rig::On::JetStream).await;
            })+
        }
    };
}

/// What outlives a rig that was stopped.
pub(crate) struct Left {
    pub(crate) folder: TempDir,
    /// The server of the log, when it has one.
    pub(crate) nats: Option<NatsServer>,
}

impl Left {
    pub(crate) fn url(&self) -> Option<String> {
        self.nats.as_ref().map(NatsServer::url)
    }
}

pub(crate) struct Rig {
    pub(crate) folder: PathBuf,
    /// Removed with the rig, when the folder is its own.
    own: Option<TempDir>,
    servers: Vec<AbortHandle>,
    pub(crate) log: Arc<dyn EventLog>,
    /// The server of the log, when it has one: its address, and its process when it is the rig's own.
    url: Option<String>,
    pub(crate) nats: Option<NatsServer>,
    /// How long services that are started from now on wait for that server.
    pub(crate) patience: Duration,
    pub(crate) clock: FixedClock,
    pub(crate) registry: Registry,
    issuer: Issuer,
}

impl Rig {
    /// An empty log.
    pub(crate) async fn empty(on: On) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let nats = match on {
            On::Embedded => None,
            On::JetStream => Some(NatsServer::start().await.unwrap()),
        };
        let url = nats.as_ref().map(NatsServer::url);
        if let Some(url) = &url {
            provision(&options(url, folder.path())).await.unwrap();
        }
        let mut rig = Self::at(folder.path(), url).await;
        rig.own = Some(folder);
        rig.nats = nats;
        rig
    }

    /// The log of a folder, or of a server.
    pub(crate) async fn at(folder: &Path, url: Option<String>) -> Self {
        let log: Arc<dyn EventLog> = match &url {
            None => Arc::new(open(folder).await),
            Some(url) => Arc::new(JetStreamLog::connect(options(url, folder)).await.unwrap()),
        };
        Self {
            log,
            url,
            nats: None,
            patience: Duration::from_secs(15),
            clock: FixedClock::at(letter_day()),
            registry: Registry::default(),
            issuer: Issuer::open_or_create(&folder.join("keys")).unwrap(),
            folder: folder.to_owned(),
            own: None,
            servers: vec![],
        }
    }

    /// Stops every server; the folder is then free for another process.
    pub(crate) async fn stop(self) -> Left {
        let Self {
            log,
            url,
            nats,
            own,
            servers,
            ..
        } = self;
        for server in servers {
            server.abort();
        }
        drop(log);
        let folder = own.expect("a folder of its own");
        if url.is_none() {
            let path = folder.path().join("log");
            testkit::wait::until("the log is free", || async {
                EmbeddedLog::open(&path, EmbeddedOptions::default())
                    .await
                    .is_ok()
            })
            .await
            .unwrap();
        }
        Left { folder, nats }
    }

    /// An embedded log with the register that most tests need, and a clerk of a service on it.
    pub(crate) async fn with_register() -> (Self, Caller) {
        Self::with_register_on(On::Embedded).await
    }

    /// The same on either log.
    pub(crate) async fn with_register_on(on: On) -> (Self, Caller) {
        let mut rig = Self::empty(on).await;
        let server = rig.serve().await;
        let clerk = rig.caller(server, Role::Clerk).await;
        crate::asks::standard_register(&clerk).await;
        (rig, clerk)
    }

    /// The log as one more process has it: over JetStream by a connection of its own.
    async fn handle(&self) -> Arc<dyn EventLog> {
        let Some(url) = &self.url else {
            return Arc::clone(&self.log);
        };
        let options = JetStreamOptions {
            append_timeout: self.patience,
            read_timeout: self.patience,
            ..options(url, &self.folder)
        };
        Arc::new(JetStreamLog::connect(options).await.unwrap())
    }

    /// A service with a journal of its own, beside any other on the same log.
    pub(crate) async fn service(&mut self, journal: &str) -> Service {
        let log = self.handle().await;
        self.service_on(log, journal)
    }

    pub(crate) fn service_on(&mut self, log: Arc<dyn EventLog>, journal: &str) -> Service {
        let clock = self.clock.clone();
        Service::new(
            log,
            Arc::new(move || clock.now()),
            self.folder.join(journal),
            Metrics::new(&mut self.registry),
        )
    }

    /// Serves on a port of its own.
    pub(crate) async fn serve(&mut self) -> SocketAddr {
        static SERVERS: AtomicU64 = AtomicU64::new(0);
        let journal = format!("data-{}", SERVERS.fetch_add(1, Ordering::SeqCst));
        let service = self.service(&journal).await;
        self.serve_this(service).await
    }

    pub(crate) async fn serve_this(&mut self, service: Service) -> SocketAddr {
        let clock = self.clock.clone();
        let auth = Auth::new(
            Arc::new(self.issuer.verifier().unwrap()),
            Arc::new(move || clock.now()),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder()
            .add_service(service.into_server(auth))
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        self.servers.push(tokio::spawn(server).abort_handle());
        address
    }

    pub(crate) async fn caller(&self, server: SocketAddr, role: Role) -> Caller {
        self.somebody(server, role, None, AREA).await
    }

    pub(crate) async fn group(&self, server: SocketAddr, group: &str) -> Caller {
        self.somebody(server, Role::Group, Some(group), AREA).await
    }

    pub(crate) async fn somebody(
        &self,
        server: SocketAddr,
        role: Role,
        group: Option<&str>,
        area: &str,
    ) -> Caller {
        let principal = Principal {
            subject: format!("{}-1", role.as_str()),
            name: format!("Jane of {}", role.as_str()),
            role,
            group: group.map(str::to_owned),
            area: area.to_owned(),
        };
        let token = self
            .issuer
            .issue(
                &principal,
                TimeDelta::days(90),
                letter_day() - TimeDelta::days(69),
                Uuid::from_u128(1),
            )
            .unwrap();
        Caller::new(server, Some(token)).await
    }

    /// Every message of the log.
    pub(crate) async fn messages(&self) -> Vec<Record> {
        self.log.read_batch(0, 10_000).await.unwrap()
    }

    pub(crate) fn figures(&self) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        text
    }
}

/// A connection with an index of ids that no other has.
fn options(url: &str, folder: &Path) -> JetStreamOptions {
    static INDEXES: AtomicU64 = AtomicU64::new(0);
    let index = INDEXES.fetch_add(1, Ordering::SeqCst);
    let index = format!("ids-{}-{index}", std::process::id());
    JetStreamOptions::new(vec![url.to_owned()], folder.join(index))
}

pub(crate) async fn open(folder: &Path) -> EmbeddedLog {
    EmbeddedLog::open(folder.join("log"), EmbeddedOptions::default())
        .await
        .unwrap()
}

/// Somebody with a token, or without.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) client: CommandServiceClient<Channel>,
    token: Option<String>,
}

impl Caller {
    pub(crate) async fn new(server: SocketAddr, token: Option<String>) -> Self {
        let channel = Channel::from_shared(format!("http://{server}"))
            .unwrap()
            .connect()
            .await
            .unwrap();
        Self {
            client: CommandServiceClient::new(channel).max_encoding_message_size(8 << 20),
            token,
        }
    }

    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", value);
        }
        request
    }
}

/// Calls, and answers what was written or the status.
#[macro_export]
macro_rules! call {
    ($caller:expr, $method:ident, $message:expr) => {{
        let caller: &$crate::rig::Caller = &$caller;
        let request = caller.request($message);
        caller
            .client
            .clone()
            .$method(request)
            .await
            .map(|response| response.into_inner().written.unwrap())
    }};
}

/// A request id that no other test request has.
pub(crate) fn new_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::SeqCst)) << 64 | 7).to_string()
}

/// What every write carries, on a day.
pub(crate) fn write(on: &str) -> Option<v1::Write> {
    Some(v1::Write {
        request_id: new_id(),
        area: AREA.to_owned(),
        on: on.to_owned(),
        etag: String::new(),
    })
}

/// A refusal as people and programs see it.
pub(crate) fn refusal(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().expect("an ErrorInfo");
    assert_eq!(info.domain, "matters-arising");
    let mut facts: Vec<String> = info
        .metadata
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    facts.sort();
    let mut text = format!(
        "{:?} {}: {} [{}]",
        status.code(),
        info.reason,
        status.message(),
        facts.join(", ")
    );
    if let Some(bad) = details.bad_request() {
        for violation in &bad.field_violations {
            text.push_str(&format!(
                "\n  {}: {}",
                violation.field, violation.description
            ));
        }
    }
    text
}
