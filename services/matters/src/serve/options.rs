//! What `serve` and its kin take.

use super::ServiceName;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What `matters serve` takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Address for gRPC
    #[arg(long, default_value = "127.0.0.1:7400", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Address for Prometheus: /metrics, and /healthz
    #[arg(long, default_value = "127.0.0.1:7401", value_name = "ADDRESS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Which services to run here
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "command,query,audit",
        value_name = "NAMES"
    )]
    pub(crate) services: Vec<ServiceName>,
    /// Folder of the keys that sign tokens, when it is not DIR/identity; its key set is read
    #[arg(long, env = "MATTERS_KEYS", value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// How the process logs to standard error
    #[arg(long, value_enum, default_value_t = LogFormat::Pretty, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    #[command(flatten)]
    pub(crate) nats: NatsOptions,
}

impl Options {
    /// Every service on the embedded log, as the demo runs them.
    pub(crate) fn embedded(listen: SocketAddr, metrics: SocketAddr) -> Self {
        Self {
            listen,
            metrics: Some(metrics),
            services: ServiceName::ALL.to_vec(),
            keys: None,
            log_format: LogFormat::Pretty,
            nats: NatsOptions::default(),
        }
    }
}

/// How a process logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for the eye.
    Pretty,
    /// A JSON object a line.
    Json,
}

/// How NATS is reached; without an address the embedded log is used.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct NatsOptions {
    /// Use NATS JetStream at these addresses instead of the embedded log
    #[arg(
        long = "nats",
        env = "MATTERS_NATS",
        value_delimiter = ',',
        value_name = "URL"
    )]
    pub(crate) urls: Vec<String>,
    /// The stream
    #[arg(
        long,
        env = "MATTERS_STREAM",
        default_value = "EVENTS",
        value_name = "NAME"
    )]
    pub(crate) stream: String,
    /// How many servers keep the stream; when left out `provision` makes it on one, and `serve` takes it as it is
    #[arg(long, value_name = "N")]
    pub(crate) replicas: Option<usize>,
    /// Send appends that wait together as one atomic batch: for a server of 2.12 or later with `sync_interval: always`
    #[arg(long, env = "MATTERS_NATS_GROUP_COMMIT")]
    pub(crate) nats_group_commit: bool,
    /// User at the NATS server
    #[arg(
        long,
        env = "MATTERS_NATS_USER",
        requires = "nats_password_file",
        value_name = "USER"
    )]
    pub(crate) nats_user: Option<String>,
    /// File that holds the user's password
    #[arg(long, env = "MATTERS_NATS_PASSWORD_FILE", value_name = "FILE")]
    pub(crate) nats_password_file: Option<PathBuf>,
    /// File of NATS credentials (a JWT and its seed)
    #[arg(
        long,
        env = "MATTERS_NATS_CREDS",
        conflicts_with = "nats_user",
        value_name = "FILE"
    )]
    pub(crate) nats_creds: Option<PathBuf>,
    /// File of an NKEY seed
    #[arg(long, env = "MATTERS_NATS_NKEY", conflicts_with_all = ["nats_user", "nats_creds"], value_name = "FILE")]
    pub(crate) nats_nkey: Option<PathBuf>,
    /// Certificates of the authority that signed the NATS server's
    #[arg(long, env = "MATTERS_NATS_CA", value_name = "FILE")]
    pub(crate) nats_ca: Option<PathBuf>,
    /// First token of reply subjects, for servers that grant only that one
    #[arg(long, env = "MATTERS_NATS_INBOX", value_name = "PREFIX")]
    pub(crate) nats_inbox: Option<String>,
}
