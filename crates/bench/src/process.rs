//! The program as a process of its own on the same data: start-up and memory.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tonic::transport::Endpoint;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a start of `matters serve` took.
pub(crate) struct Started {
    pub(crate) took: Duration,
    /// Most memory that it ever held, in bytes.
    pub(crate) peak_bytes: u64,
}

struct Running(Child);

impl Running {
    /// Until it ends by itself; what it says is on standard error.
    async fn ended(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program on a data folder and waits until it answers with everything taken in.
pub(crate) async fn start(
    program: &Path,
    data: &Path,
    nats: Option<&str>,
    head: u64,
) -> Result<Started> {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        listener.local_addr()?.port()
    };
    let mut command = Command::new(program);
    command
        .args(["serve", "--data"])
        .arg(data)
        .env("RUST_LOG", "warn");
    command.args([
        "--listen",
        &format!("127.0.0.1:{port}"),
        "--metrics",
        "127.0.0.1:0",
    ]);
    if let Some(url) = nats {
        command.args(["--nats", url]);
    }
    let began = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    let mut running = Running(child);
    tokio::select! {
        up = tokio::time::timeout(PATIENCE, caught_up(port, head)) => {
            up.context("the program did not answer in time")??;
        }
        ended = running.ended() => bail!("the program ended: {}", ended?),
    }
    let took = began.elapsed();
    Ok(Started {
        took,
        peak_bytes: peak(running.0.id())?,
    })
}

/// Asks for the status until the read models have taken in the head of the log.
async fn caught_up(port: u16, head: u64) -> Result<()> {
    let endpoint = Endpoint::new(format!("http://127.0.0.1:{port}"))?;
    let channel = loop {
        match endpoint.connect().await {
            Ok(channel) => break channel,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let mut query = api::v1::query_service_client::QueryServiceClient::new(channel);
    loop {
        let status = query.get_status(api::v1::GetStatusRequest::default()).await;
        let position = status
            .ok()
            .and_then(|answer| answer.into_inner().freshness)
            .map_or(0, |freshness| freshness.position);
        if position >= head {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The most memory that a process held, from the kernel (`VmHWM`, see proc(5)).
fn peak(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .context("the kernel does not say how much memory it held")?;
    Ok(kib.parse::<u64>()? * 1024)
}
