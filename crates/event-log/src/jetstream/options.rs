//! How to reach the stream.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::LogError;

/// How a client proves who it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// It does not.
    #[default]
    None,
    /// By user and password.
    UserPassword {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// By the NKEY seed in a file.
    NkeyFile(PathBuf),
    /// By a `.creds` file: a JWT and its seed.
    CredentialsFile(PathBuf),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::UserPassword { user, .. } => write!(f, "UserPassword({user}, ...)"),
            Self::NkeyFile(path) => write!(f, "NkeyFile({})", path.display()),
            Self::CredentialsFile(path) => write!(f, "CredentialsFile({})", path.display()),
        }
    }
}

/// How a [`JetStreamLog`](super::JetStreamLog) is connected and what its stream must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JetStreamOptions {
    /// Addresses of the servers, `nats://host:port` or `tls://host:port`.
    pub urls: Vec<String>,
    /// How the client proves who it is.
    pub credentials: Credentials,
    /// Certificates of the authority that signed the servers', when it is not a public one.
    pub root_certificates: Option<PathBuf>,
    /// The stream's name.
    pub stream: String,
    /// How many servers keep the stream; `None` makes a stream of one, and takes one as it is.
    pub replicas: Option<usize>,
    /// Whether messages that wait together go as one atomic batch: worth it where the server syncs
    /// every message, slower where it does not. Needs server 2.12, and a stream that allows it, as
    /// [`provision`](super::provision) makes one there.
    pub group_commit: bool,
    /// How long the server remembers an id. The index of ids must be no older than half of it.
    pub duplicate_window: Duration,
    /// The folder of this process's index of ids. It can be deleted; it is made again from the log.
    pub id_index_dir: PathBuf,
    /// First token of the client's reply subjects, for servers that grant only that one.
    pub inbox_prefix: Option<String>,
    /// The name the server's operator sees.
    pub client_name: String,
    /// How long an append tries to learn its outcome.
    pub append_timeout: Duration,
    /// How long a read tries to get an answer.
    pub read_timeout: Duration,
    /// How long an append or a look-up waits for the index of ids to catch up.
    pub catch_up_timeout: Duration,
}

impl JetStreamOptions {
    /// Options for these servers with the index of ids in this folder; everything else as the log's
    /// design has it: stream `EVENTS`, its replicas as they are, two minutes of remembered ids.
    #[must_use]
    pub fn new(urls: Vec<String>, id_index_dir: impl Into<PathBuf>) -> Self {
        Self {
            urls,
            credentials: Credentials::None,
            root_certificates: None,
            stream: "EVENTS".to_owned(),
            replicas: None,
            group_commit: false,
            duplicate_window: Duration::from_secs(120),
            id_index_dir: id_index_dir.into(),
            inbox_prefix: None,
            client_name: "matters".to_owned(),
            append_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(15),
            catch_up_timeout: Duration::from_secs(15),
        }
    }

    /// How old the knowledge of the index may be when an append relies on it.
    pub(super) fn freshness(&self) -> Duration {
        self.duplicate_window / 2
    }

    /// How long one attempt waits for the server's word: well within the window of remembered ids.
    pub(super) fn attempt_timeout(&self) -> Duration {
        (self.duplicate_window / 8).clamp(Duration::from_millis(250), Duration::from_secs(3))
    }

    /// Connects a client.
    pub(super) async fn client(&self) -> Result<async_nats::Client, LogError> {
        let name = &self.stream;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(LogError::Option {
                field: "stream",
                reason: format!("{name:?} must be letters, digits and underscores"),
            });
        }
        if let Some(replicas) = self.replicas
            && !(1..=5).contains(&replicas)
        {
            return Err(LogError::Option {
                field: "replicas",
                reason: format!("{replicas} must be 1 to 5, best 1 or 3"),
            });
        }
        let mut options = self
            .credentials
            .options()
            .await?
            .name(&self.client_name)
            .connection_timeout(Duration::from_secs(5))
            .max_reconnects(None)
            .reconnect_delay_callback(|attempts| {
                let steps = u32::try_from(attempts.min(8)).unwrap_or(8);
                Duration::from_millis(25) * 2_u32.pow(steps) / 2
            });
        if let Some(prefix) = &self.inbox_prefix {
            options = options.custom_inbox_prefix(prefix);
        }
        if let Some(path) = &self.root_certificates {
            options = options.add_root_certificates(path.clone());
        }
        options
            .connect(self.urls.as_slice())
            .await
            .map_err(|error| LogError::Unavailable {
                reason: format!("connecting to NATS at {}: {error}", self.urls.join(", ")),
            })
    }
}

impl Credentials {
    async fn options(&self) -> Result<async_nats::ConnectOptions, LogError> {
        let unreadable = |field, path: &PathBuf, error: &dyn fmt::Display| LogError::Option {
            field,
            reason: format!("{}: {error}", path.display()),
        };
        let options = async_nats::ConnectOptions::new();
        match self {
            Self::None => Ok(options),
            Self::UserPassword { user, password } => {
                Ok(options.user_and_password(user.clone(), password.clone()))
            }
            Self::NkeyFile(path) => {
                let text = tokio::fs::read_to_string(path)
                    .await
                    .map_err(|error| unreadable("nkey file", path, &error))?;
                let seed = text
                    .lines()
                    .map(str::trim)
                    .find(|line| line.starts_with("SU"));
                let seed = seed.ok_or_else(|| {
                    unreadable("nkey file", path, &"no line holds a user's seed (SU...)")
                })?;
                Ok(options.nkey(seed.to_owned()))
            }
            Self::CredentialsFile(path) => options
                .credentials_file(path)
                .await
                .map_err(|error| unreadable("credentials file", path, &error)),
        }
    }
}
