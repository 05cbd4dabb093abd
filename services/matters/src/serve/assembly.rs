//! Puts the services of a process together, starts them, and ends them in order.

use crate::chance;
use crate::failure::Failure;
use crate::serve::call_log::CallLog;
use crate::serve::content_type::ContentType;
use crate::serve::incoming::incoming;
use crate::serve::metrics;
use crate::serve::undecodable::as_bad_request;
use api::auth::Auth;
use api::clock::Clock;
use event_log::EventLog;
use identity::{Issuer, Verifier};
use projection::ReadModel;
use prometheus_client::registry::Registry;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic_health::server::HealthReporter;
use tower::util::MapResponseLayer;

/// How long an orderly end may take.
const END_WITHIN: Duration = Duration::from_secs(10);

/// A service of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ServiceName {
    /// Appends.
    Command,
    /// Answers.
    Query,
    /// Replays, compares, exports.
    Audit,
}

impl ServiceName {
    /// Every service.
    pub(crate) const ALL: [Self; 3] = [Self::Command, Self::Query, Self::Audit];

    fn full_name(self) -> &'static str {
        match self {
            Self::Command => "matters.v1.CommandService",
            Self::Query => "matters.v1.QueryService",
            Self::Audit => "matters.v1.AuditService",
        }
    }
}

/// What the services of a process share.
pub(crate) struct Assembly {
    log: Arc<dyn EventLog>,
    data: PathBuf,
    clock: Clock,
    issuer: Option<Arc<Issuer>>,
    verifier: Arc<Verifier>,
}

impl Assembly {
    /// Over this log, with the keys of the data folder, or those in `keys`.
    pub(crate) fn new(
        log: Arc<dyn EventLog>,
        data: &Path,
        keys: Option<&Path>,
    ) -> Result<Self, Failure> {
        let (issuer, verifier) = match keys {
            Some(folder) => (None, Verifier::from_dir(folder)?),
            None => {
                let issuer = Issuer::open_or_create(&data.join("identity"))?;
                let verifier = issuer.verifier()?;
                (Some(Arc::new(issuer)), verifier)
            }
        };
        Ok(Self {
            log,
            data: data.to_owned(),
            clock: Arc::new(chance::now),
            issuer,
            verifier: Arc::new(verifier),
        })
    }

    /// Starts the services at a listener, and their figures at another.
    pub(crate) async fn start(
        self,
        names: &[ServiceName],
        listener: TcpListener,
        figures: Option<TcpListener>,
    ) -> Result<Running, Failure> {
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let mut registry = Registry::default();
        let auth = Auth::new(Arc::clone(&self.verifier), Arc::clone(&self.clock));
        let wanted = |name| names.contains(&name);

        let model = (wanted(ServiceName::Query) || wanted(ServiceName::Audit))
            .then(|| ReadModel::open(self.data.join("read-model"), projection::Options::default()))
            .transpose()?;
        let following = model
            .as_ref()
            .map(|model| tokio::spawn(model.follow(Arc::clone(&self.log), stop.clone())));
        let writes = match wanted(ServiceName::Command) {
            true => Some(self.command(&mut registry, &stop).await?),
            false => None,
        };
        let query = match &model {
            Some(model) if wanted(ServiceName::Query) => {
                let service = self.query(&mut registry, model, &stop);
                Some(service.into_server(auth.clone()))
            }
            _ => None,
        };
        let audit = wanted(ServiceName::Audit).then(|| {
            let figures = audit::Metrics::new(&mut registry);
            let (log, clock) = (Arc::clone(&self.log), Arc::clone(&self.clock));
            let (model, stop) = (model.clone(), stop.clone());
            audit::Service::ending_with(model, log, clock, figures, stop).into_server(auth.clone())
        });

        let (health, health_service) = tonic_health::server::health_reporter();
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(api::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()
            .map_err(|error| Failure::new(error.to_string()))?;
        let router = Server::builder()
            .layer(CallLog)
            .layer(ContentType)
            .layer(MapResponseLayer::new(as_bad_request::<tonic::body::Body>))
            .http2_keepalive_interval(Some(Duration::from_secs(60)))
            .add_service(health_service)
            .add_service(reflection)
            .add_optional_service(
                writes
                    .clone()
                    .map(|writes| writes.into_server(auth.clone())),
            )
            .add_optional_service(query)
            .add_optional_service(audit);
        let incoming = incoming(listener);
        let serving = tokio::spawn(
            router.serve_with_incoming_shutdown(incoming, stop.clone().cancelled_owned()),
        );
        let stands_still = Arc::new(OnceLock::new());
        let figures_at = figures.as_ref().map(TcpListener::local_addr).transpose()?;
        let figures = figures.map(|listener| {
            let reason = Arc::clone(&stands_still);
            let registry = Arc::new(registry);
            tokio::spawn(metrics::serve(listener, registry, reason, stop.clone()))
        });
        Ok(Running {
            address,
            figures_at,
            names: names.to_vec(),
            log: self.log,
            model,
            writes,
            issuer: self.issuer,
            health,
            stands_still,
            stop,
            serving: Some(serving),
            others: following.into_iter().chain(figures).collect(),
        })
    }

    /// The read side, over a read model that follows the log.
    fn query(
        &self,
        registry: &mut Registry,
        model: &ReadModel,
        stop: &CancellationToken,
    ) -> query::Service {
        let figures = query::Metrics::new(registry, model, &self.clock);
        let (log, clock) = (Arc::clone(&self.log), Arc::clone(&self.clock));
        query::Service::ending_with(model.clone(), log, clock, figures, stop.clone())
    }

    /// The write side, with what a crash left half done finished.
    async fn command(
        &self,
        registry: &mut Registry,
        stop: &CancellationToken,
    ) -> Result<command::Service, Failure> {
        let service = command::Service::ending_with(
            Arc::clone(&self.log),
            Arc::clone(&self.clock),
            self.data.clone(),
            command::Metrics::new(registry),
            stop.clone(),
        );
        let finished = service
            .recover()
            .await
            .map_err(|error| Failure::new(error.to_string()))?;
        if finished > 0 {
            tracing::info!(
                finished,
                "finished requests that an earlier process left half done"
            );
        }
        Ok(service)
    }
}

/// Services that run.
pub(crate) struct Running {
    address: SocketAddr,
    figures_at: Option<SocketAddr>,
    names: Vec<ServiceName>,
    log: Arc<dyn EventLog>,
    model: Option<ReadModel>,
    writes: Option<command::Service>,
    issuer: Option<Arc<Issuer>>,
    health: HealthReporter,
    stands_still: Arc<OnceLock<String>>,
    stop: CancellationToken,
    serving: Option<JoinHandle<Result<(), tonic::transport::Error>>>,
    others: Vec<JoinHandle<()>>,
}

impl Running {
    /// Where they answer.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where their figures are, if anywhere.
    pub(crate) fn figures_at(&self) -> Option<SocketAddr> {
        self.figures_at
    }

    /// The issuer of the data folder's tokens, where the folder has one.
    pub(crate) fn issuer(&self) -> Option<Arc<Issuer>> {
        self.issuer.clone()
    }

    /// Waits until the read models have everything that the log had at the start, then says so to
    /// whoever asks for the health of the services.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let head = self.log.head().await?;
        if let Some(model) = &self.model {
            let mut positions = model.positions();
            // One that is ahead of the log has not caught up: it is of another log, and is put
            // aside, or this log lost its end, and it stops.
            let ahead = Some(model.position()).filter(|before| *before > head);
            // No limit of time: a rebuild takes as long as it takes, and the status tells how far it is.
            let caught_up =
                positions.wait_for(|position| *position >= head && Some(*position) != ahead);
            tokio::select! {
                reached = caught_up => drop(reached),
                stopped = stopped(model) => return Err(stopped),
            }
        }
        for name in &self.names {
            let serving = tonic_health::ServingStatus::Serving;
            self.health
                .set_service_status(name.full_name(), serving)
                .await;
        }
        self.watch();
        Ok(())
    }

    /// From now on read models that stand still are no health, for gRPC and HTTP.
    fn watch(&self) {
        let Some(model) = self.model.clone() else {
            return;
        };
        let (health, names) = (self.health.clone(), self.names.clone());
        let writes = self.writes.clone();
        let (reason, stop) = (Arc::clone(&self.stands_still), self.stop.clone());
        tokio::spawn(async move {
            let failure = tokio::select! {
                failure = stopped(&model) => failure,
                () = stop.cancelled() => return,
            };
            tracing::error!("{}", failure.message);
            // Here is the one who noticed: what more is written would bury what was lost.
            if let Some(writes) = writes {
                writes.halt(&failure.message);
            }
            let _ = reason.set(failure.message);
            for name in names {
                let ended = tonic_health::ServingStatus::NotServing;
                health.set_service_status(name.full_name(), ended).await;
            }
        });
    }

    /// Waits for an end that nobody asked for.
    pub(crate) async fn ended(&mut self) -> Result<(), Failure> {
        match self.serving.as_mut() {
            Some(serving) => match serving.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(error.into()),
                Err(error) => Err(Failure::new(format!("the server ended: {error}"))),
            },
            None => Ok(()),
        }
    }

    /// Stops accepting, finishes what was begun, lets go of the folder. Bounded.
    pub(crate) async fn stop(&mut self) -> Result<(), Failure> {
        for name in &self.names {
            let ending = tonic_health::ServingStatus::NotServing;
            self.health
                .set_service_status(name.full_name(), ending)
                .await;
        }
        self.stop.cancel();
        let serving = self.serving.take();
        let others = std::mem::take(&mut self.others);
        let writes = self.writes.take();
        let orderly = async {
            if let Some(serving) = serving {
                let _ = serving.await;
            }
            if let Some(writes) = writes {
                writes.finish().await;
            }
            for task in others {
                let _ = task.await;
            }
        };
        if tokio::time::timeout(END_WITHIN, orderly).await.is_err() {
            tracing::warn!("some calls did not end within 10 seconds and were dropped");
        }
        Ok(())
    }
}

/// Comes when the read model stands still for good, with its reason.
async fn stopped(model: &ReadModel) -> Failure {
    let mut every = tokio::time::interval(Duration::from_millis(250));
    loop {
        every.tick().await;
        if let Some(reason) = model.status(chance::now()).stopped {
            return Failure::with(
                crate::failure::Exit::Integrity,
                format!("the read models stand still: {reason}"),
            );
        }
    }
}
