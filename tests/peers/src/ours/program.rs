//! `matters serve` as a process, on one of its logs.

use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use testkit::nats::{NatsOptions, NatsServer};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::v1::GetStatusRequest;
use super::v1::query_service_client::QueryServiceClient;

/// Connections between many clients and the service; more do not help on two cores.
pub(crate) const CHANNELS: usize = 4;
/// How long a start may take: with a million events it builds its read models first.
const PATIENCE: Duration = Duration::from_secs(900);
const PAUSE: Duration = Duration::from_millis(20);

/// Which log it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Log {
    Embedded,
    Nats,
    NatsAlways,
}

/// A token on every call.
#[derive(Clone)]
pub(crate) struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token = self.0.clone();
        request.metadata_mut().insert("authorization", token);
        Ok(request)
    }
}

/// The program while it serves.
pub(crate) struct Program {
    pub(crate) channels: Vec<Channel>,
    pub(crate) clerk: Bearer,
    pub(crate) office: Bearer,
    process: Child,
    _nats: Option<NatsServer>,
    _folder: Option<TempDir>,
}

impl Program {
    /// On a new log.
    pub(crate) async fn fresh(program: &Path, log: Log) -> Result<Self> {
        let folder = TempDir::new()?;
        let data = folder.path().join("data");
        let nats = match log {
            Log::Embedded => None,
            _ => {
                let options = NatsOptions {
                    sync_always: log == Log::NatsAlways,
                    ..NatsOptions::default()
                };
                Some(NatsServer::start_with(options).await?)
            }
        };
        let mut this = Self::start(program, &data, log, nats.as_ref().map(NatsServer::url)).await?;
        this._nats = nats;
        this._folder = Some(folder);
        Ok(this)
    }

    /// On a data folder that is there, with everything in it taken in.
    pub(crate) async fn on(program: &Path, data: &Path, head: u64) -> Result<Self> {
        let this = Self::start(program, data, Log::Embedded, None).await?;
        this.caught_up(head).await?;
        Ok(this)
    }

    async fn start(program: &Path, data: &Path, log: Log, nats: Option<String>) -> Result<Self> {
        std::fs::create_dir_all(data)?;
        let clerk = token(program, data, "clerk")?;
        let office = token(program, data, "office")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let mut serve = Command::new(program);
        serve.arg("serve").arg("--data").arg(data);
        serve.args([
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--metrics",
            "127.0.0.1:0",
        ]);
        if let Some(url) = &nats {
            let made = Command::new(program)
                .args(["provision", "--nats", url, "--replicas", "1"])
                .output()?;
            ensure!(
                made.status.success(),
                "matters provision failed: {}",
                String::from_utf8_lossy(&made.stderr)
            );
            serve.args(["--nats", url]);
        }
        if log == Log::NatsAlways {
            serve.arg("--nats-group-commit");
        }
        let process = serve
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut this = Self {
            channels: Vec::new(),
            clerk,
            office,
            process,
            _nats: None,
            _folder: None,
        };
        this.connect(port).await?;
        Ok(this)
    }

    async fn connect(&mut self, port: u16) -> Result<()> {
        let endpoint = Endpoint::new(format!("http://127.0.0.1:{port}"))?.tcp_nodelay(true);
        let begun = std::time::Instant::now();
        let mut again = tokio::time::interval(PAUSE);
        while self.channels.len() < CHANNELS {
            again.tick().await;
            if let Some(status) = self.process.try_wait()? {
                bail!("the program ended: {status}");
            }
            match endpoint.connect().await {
                Ok(channel) => self.channels.push(channel),
                Err(error) if begun.elapsed() > PATIENCE => bail!("no answer: {error}"),
                Err(_) => {}
            }
        }
        Ok(())
    }

    async fn caught_up(&self, head: u64) -> Result<()> {
        let mut query = QueryServiceClient::new(self.channel(0));
        let begun = std::time::Instant::now();
        let mut again = tokio::time::interval(PAUSE);
        loop {
            again.tick().await;
            let status = query.get_status(GetStatusRequest::default()).await;
            let freshness = status.ok().and_then(|answer| answer.into_inner().freshness);
            if freshness.is_some_and(|freshness| freshness.position >= head) {
                return Ok(());
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "the read models did not catch up"
            );
        }
    }

    /// One of the connections, in turn.
    pub(crate) fn channel(&self, turn: usize) -> Channel {
        self.channels[turn % self.channels.len()].clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What it wrote goes with its folder.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn token(program: &Path, data: &Path, role: &str) -> Result<Bearer> {
    let file: PathBuf = data.join(format!("{role}.token"));
    let made = Command::new(program)
        .arg("--data")
        .arg(data)
        .args(["token", "issue", "--name", "Peers", "--role", role, "--out"])
        .arg(&file)
        .output()
        .with_context(|| format!("starting {}", program.display()))?;
    ensure!(
        made.status.success(),
        "matters token issue failed: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let token = std::fs::read_to_string(&file)?;
    Ok(Bearer(format!("Bearer {}", token.trim()).parse()?))
}
