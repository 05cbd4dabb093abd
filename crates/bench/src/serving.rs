//! The write side behind gRPC and the read model beside it, on a log that is filled already.

use crate::ways::Through;
use anyhow::{Context, Result};
use api::auth::Auth;
use api::clock::Clock;
use api::v1::command_service_client::CommandServiceClient;
use api::v1::{DueRule, Kind, RaiseActionRequest, Write, due_rule};
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::{Principal, Role};
use domain::text::Slug;
use event_log::{EventLog, Sequence};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use identity::Issuer;
use projection::{Options, ReadModel};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Status};
use uuid::Uuid;

/// Connections between the clients and the service; more do not help on two cores.
const CHANNELS: usize = 4;
/// Actions that the clients update in turn, so that each comes to about as many messages as a real one;
/// the service keeps the states of somewhat more.
const TARGETS: usize = 4_000;
/// How many of them are raised at one time.
const AT_ONCE: usize = 256;

/// The services while they serve.
pub(crate) struct Serving {
    pub(crate) area: String,
    pub(crate) model: ReadModel,
    channels: Vec<Channel>,
    bearer: Bearer,
    targets: Vec<String>,
    stop: CancellationToken,
    following: JoinHandle<()>,
    next: std::sync::atomic::AtomicUsize,
}

#[derive(Clone)]
pub(crate) struct Bearer(MetadataValue<tonic::metadata::Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A client of the write side.
pub(crate) type Stub = CommandServiceClient<InterceptedService<Channel, Bearer>>;

impl Serving {
    /// Serves the log, with the read models in `folder`, once they have caught up.
    pub(crate) async fn start(log: Arc<dyn EventLog>, folder: &Path, area: &Slug) -> Result<Self> {
        let clock: Clock = Arc::new(now);
        let issuer = Issuer::open_or_create(&folder.join("identity"))?;
        let office = person(area, Role::Office);
        let bearer = |who: &Principal| -> Result<Bearer> {
            let token = issuer.issue(who, TimeDelta::hours(12), now(), fresh_id())?;
            Ok(Bearer(format!("Bearer {token}").parse()?))
        };
        let clerk = person(area, Role::Clerk);
        let auth = Auth::new(Arc::new(issuer.verifier()?), Arc::clone(&clock));
        let metrics = command::Metrics::new(&mut prometheus_client::registry::Registry::default());
        let service = command::Service::new(Arc::clone(&log), clock, folder.to_path_buf(), metrics);
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let serving = Server::builder().add_service(service.into_server(auth));
        tokio::spawn(serving.serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stop.clone().cancelled_owned(),
        ));
        let channels = channels(address).await?;
        let model = ReadModel::open(folder.join("read-model"), Options::default())?;
        let following = tokio::spawn(model.follow(Arc::clone(&log), stop.clone()));
        let mut this = Self {
            area: area.to_string(),
            model,
            channels,
            bearer: bearer(&office)?,
            targets: Vec::new(),
            stop,
            following,
            next: std::sync::atomic::AtomicUsize::new(0),
        };
        this.wait_for(log.head().await?, Duration::from_secs(3_600))
            .await?;
        this.targets = this.raise(bearer(&clerk)?).await?;
        let head = log.head().await?;
        this.wait_for(head, Duration::from_secs(60)).await?;
        Ok(this)
    }

    /// Raises the actions that the clients update.
    async fn raise(&self, clerk: Bearer) -> Result<Vec<String>> {
        let raising = (0..TARGETS).map(|n| {
            let mut stub = CommandServiceClient::with_interceptor(
                self.channels[n % self.channels.len()].clone(),
                clerk.clone(),
            );
            let reference = format!("BENCH/{n}");
            let request = RaiseActionRequest {
                write: Some(Write {
                    request_id: fresh_id().to_string(),
                    area: self.area.clone(),
                    ..Write::default()
                }),
                kept_reference: reference.clone(),
                kind: Kind::Action.into(),
                text: "Tell the Panel how the referrals are going.".to_owned(),
                asked_of: "opcc".to_owned(),
                raised_by: "pcp".to_owned(),
                due: Some(DueRule {
                    rule: Some(due_rule::Rule::NoneAgreed(
                        "for as long as it takes".to_owned(),
                    )),
                }),
                ..RaiseActionRequest::default()
            };
            async move {
                stub.raise_action(request).await?;
                anyhow::Ok(reference)
            }
        });
        stream::iter(raising)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// A client of the write side, on one of the connections in turn.
    pub(crate) fn command(&self) -> Stub {
        let turn = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let channel = self.channels[turn % self.channels.len()].clone();
        CommandServiceClient::with_interceptor(channel, self.bearer.clone())
    }

    /// A client that updates its share of the actions.
    pub(crate) fn through(&self, client: usize, clients: usize) -> Through {
        Through {
            stub: self.command(),
            area: self.area.clone(),
            targets: self.targets(client, clients).into_iter().cycle(),
        }
    }

    /// The open actions that are one client's to update.
    pub(crate) fn targets(&self, client: usize, clients: usize) -> Vec<String> {
        self.targets
            .iter()
            .skip(client)
            .step_by(clients.max(1))
            .cloned()
            .collect()
    }

    /// Stops, and lets go of the read model's folder.
    pub(crate) async fn end(self) -> Result<()> {
        self.stop.cancel();
        Ok(self.following.await?)
    }

    /// Waits until the read model has taken in a position.
    pub(crate) async fn wait_for(&self, position: Sequence, limit: Duration) -> Result<()> {
        let mut positions = self.model.positions();
        tokio::time::timeout(limit, positions.wait_for(|there| *there >= position))
            .await
            .with_context(|| format!("the read model did not reach {position}"))??;
        Ok(())
    }
}

/// As many connections as every measurement uses.
pub(crate) async fn channels(address: SocketAddr) -> Result<Vec<Channel>> {
    let mut channels = Vec::new();
    for _ in 0..CHANNELS {
        let endpoint = Endpoint::new(format!("http://{address}"))?;
        channels.push(endpoint.connect().await?);
    }
    Ok(channels)
}

pub(crate) fn person(area: &Slug, role: Role) -> Principal {
    Principal {
        subject: format!("bench-{}", role.as_str()),
        name: "Bench".to_owned(),
        role,
        group: None,
        area: area.to_string(),
    }
}

/// The system's clock: a measurement is about now.
#[allow(clippy::disallowed_methods, reason = "the measurement's one clock")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

#[allow(
    clippy::disallowed_methods,
    reason = "a token's identifier is never replayed"
)]
fn fresh_id() -> Uuid {
    Uuid::new_v4()
}
