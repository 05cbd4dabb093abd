//! A server of the command service, its log in a folder of its own, and callers in every role.

use api::auth::Auth;
use api::v1;
use api::v1::command_service_client::CommandServiceClient;
use chrono::{DateTime, TimeDelta, Utc};
use command::{Metrics, Service};
use domain::policy::{Principal, Role};
use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, Record};
use identity::Issuer;
use prometheus_client::registry::Registry;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use testkit::clock::FixedClock;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Server};
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

pub(crate) const AREA: &str = "cambridgeshire-peterborough";

/// The instant at which most tests stand: the day of the Commissioner's letter.
pub(crate) fn letter_day() -> DateTime<Utc> {
    "2018-11-09T12:00:00Z".parse().unwrap()
}

pub(crate) struct Rig {
    pub(crate) folder: PathBuf,
    /// Removed with the rig, when the folder is its own.
    own: Option<TempDir>,
    servers: Vec<AbortHandle>,
    pub(crate) log: EmbeddedLog,
    pub(crate) clock: FixedClock,
    pub(crate) registry: Registry,
    issuer: Issuer,
}

impl Rig {
    /// An empty log.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut rig = Self::at(folder.path()).await;
        rig.own = Some(folder);
        rig
    }

    /// The log of a folder.
    pub(crate) async fn at(folder: &Path) -> Self {
        Self {
            log: open(folder).await,
            clock: FixedClock::at(letter_day()),
            registry: Registry::default(),
            issuer: Issuer::open_or_create(&folder.join("keys")).unwrap(),
            folder: folder.to_owned(),
            own: None,
            servers: vec![],
        }
    }

    /// Stops every server; the folder is then free for another process.
    pub(crate) async fn stop(self) -> TempDir {
        let Self {
            log, own, servers, ..
        } = self;
        for server in servers {
            server.abort();
        }
        drop(log);
        let own = own.expect("a folder of its own");
        let folder = own.path().join("log");
        testkit::wait::until("the log is free", || async {
            EmbeddedLog::open(&folder, EmbeddedOptions::default())
                .await
                .is_ok()
        })
        .await
        .unwrap();
        own
    }

    /// A log with the register that most tests need, and a clerk of a service on it.
    pub(crate) async fn with_register() -> (Self, Caller) {
        let mut rig = Self::empty().await;
        let server = rig.serve().await;
        let clerk = rig.caller(server, Role::Clerk).await;
        crate::asks::standard_register(&clerk).await;
        (rig, clerk)
    }

    /// A service with a journal of its own, beside any other on the same log.
    pub(crate) fn service(&mut self, journal: &str) -> Service {
        let clock = self.clock.clone();
        Service::new(
            Arc::new(self.log.clone()),
            Arc::new(move || clock.now()),
            self.folder.join(journal),
            Metrics::new(&mut self.registry),
        )
    }

    /// Serves on a port of its own.
    pub(crate) async fn serve(&mut self) -> SocketAddr {
        static SERVERS: AtomicU64 = AtomicU64::new(0);
        let journal = format!("data-{}", SERVERS.fetch_add(1, Ordering::SeqCst));
        let service = self.service(&journal);
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
            .serve_with_incoming(TcpListenerStream::new(listener));
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
