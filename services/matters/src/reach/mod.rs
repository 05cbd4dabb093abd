//! How the services are reached: at an address, or in this very process over a data folder. The
//! client code is the same either way.

mod credentials;
mod in_process;
mod write;

pub(crate) use credentials::{Part, TokenSource};
pub(crate) use write::WriteCall;

use crate::failure::{Exit, Failure};
use api::v1;
use api::v1::audit_service_client::AuditServiceClient;
use api::v1::command_service_client::CommandServiceClient;
use api::v1::query_service_client::QueryServiceClient;
use in_process::InProcess;
use std::path::PathBuf;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// How long a call may take before the client gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The largest answer that is taken, as the services' own limit: a page of 1,000 long actions.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Where the services are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// At this address, or at these: `command=URL,query=URL,audit=URL`.
    Server(String),
    /// In this process, over this data folder.
    Data(PathBuf),
}

/// A way to the services, for one person's command.
pub(crate) struct Reach {
    channels: Channels,
    tokens: TokenSource,
    served: Option<InProcess>,
}

/// A connection for each service; the same one where they run together.
struct Channels {
    command: Channel,
    query: Channel,
    audit: Channel,
}

impl Channels {
    /// To `URL`, or to `command=URL,query=URL,audit=URL` where the services run apart.
    async fn connect(servers: &str) -> Result<Self, Failure> {
        if !servers.contains('=') {
            let channel = connect(servers).await?;
            return Ok(Self {
                command: channel.clone(),
                query: channel.clone(),
                audit: channel,
            });
        }
        let of = |name: &str| {
            servers
                .split(',')
                .find_map(|server| server.trim().strip_prefix(name)?.strip_prefix('='))
                .ok_or_else(|| {
                    Failure::usage(format!("--server {servers} names no address for {name}"))
                })
        };
        Ok(Self {
            command: connect(of("command")?).await?,
            query: connect(of("query")?).await?,
            audit: connect(of("audit")?).await?,
        })
    }
}

/// Adds the bearer token to each call.
#[derive(Clone)]
pub(crate) struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", token.clone());
        }
        Ok(request)
    }
}

type Signed = InterceptedService<Channel, Bearer>;
/// The write side.
pub(crate) type Command = CommandServiceClient<Signed>;
/// The read side.
pub(crate) type Query = QueryServiceClient<Signed>;
/// Replays and comparisons.
pub(crate) type Audit = AuditServiceClient<Signed>;

impl Reach {
    /// Connects to a server, or starts the services over a data folder.
    pub(crate) async fn open(place: &Place, tokens: TokenSource) -> Result<Self, Failure> {
        match place {
            Place::Server(url) => Ok(Self {
                channels: Channels::connect(url).await?,
                tokens,
                served: None,
            }),
            Place::Data(folder) => {
                let served = InProcess::start(folder).await?;
                let channels = Channels::connect(&served.url()).await?;
                let tokens = tokens.or_issued_by(served.issuer());
                Ok(Self {
                    channels,
                    tokens,
                    served: Some(served),
                })
            }
        }
    }

    fn bearer(&self, part: &Part) -> Result<Bearer, Failure> {
        let Some(token) = self.tokens.token(part)? else {
            return Ok(Bearer(None));
        };
        let value = format!("Bearer {token}").parse().map_err(|_| {
            Failure::with(Exit::SignIn, "the token has characters that no token has")
        })?;
        Ok(Bearer(Some(value)))
    }

    /// The write side, in this part.
    pub(crate) fn command(&self, part: &Part) -> Result<Command, Failure> {
        let bearer = self.bearer(part)?;
        Ok(CommandServiceClient::with_interceptor(
            self.channels.command.clone(),
            bearer,
        ))
    }

    /// The read side, in this part.
    pub(crate) fn query(&self, part: &Part) -> Result<Query, Failure> {
        let bearer = self.bearer(part)?;
        Ok(
            QueryServiceClient::with_interceptor(self.channels.query.clone(), bearer)
                .max_decoding_message_size(LARGEST_ANSWER),
        )
    }

    /// Replays and comparisons, in this part.
    pub(crate) fn audit(&self, part: &Part) -> Result<Audit, Failure> {
        let bearer = self.bearer(part)?;
        Ok(
            AuditServiceClient::with_interceptor(self.channels.audit.clone(), bearer)
                .max_decoding_message_size(LARGEST_ANSWER),
        )
    }

    /// Ends services that run in this process, in order.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        drop(self.channels);
        match self.served {
            Some(served) => served.stop().await,
            None => Ok(()),
        }
    }
}

/// A unary call with the usual limit of time.
pub(crate) fn within<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(PATIENCE);
    request
}

async fn connect(url: &str) -> Result<Channel, Failure> {
    let with_scheme = if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{url}")
    };
    let endpoint = Endpoint::from_shared(with_scheme)
        .map_err(|error| Failure::usage(format!("--server {url}: {error}")))?
        .connect_timeout(Duration::from_secs(5))
        .tcp_nodelay(true);
    endpoint.connect().await.map_err(|error| {
        let cause = std::error::Error::source(&error)
            .map_or_else(|| error.to_string(), ToString::to_string);
        Failure::new(format!("no server answers at {url}: {cause}")).and(
            "start one with `matters serve --data DIR`, or give --data DIR to work without one",
        )
    })
}

/// What a write led to, from its response.
pub(crate) type Written = v1::Written;
