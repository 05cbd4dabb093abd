//! The kernel says EIO, by strace: to syncs and writes of one file's process.

use super::super::setting::Setting;
use super::super::stage::{On, Stage};
use super::super::{Campaign, scene::Scene};
use super::rot::files_under;
use super::{Outcome, at_work, machine};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// How long the kernel says so.
const LASTS: Duration = Duration::from_secs(3);

/// What fails: all of a kind, or one now and then.
const FAILURES: [&str; 4] = [
    "fsync,fdatasync:error=EIO:when=2+3",
    "pwrite64,write:error=EIO:when=3+5",
    "fsync,fdatasync:error=EIO",
    "pwrite64,write,fsync,fdatasync:error=EIO",
];

pub(super) async fn embedded(campaign: &Campaign) -> Result<Outcome> {
    let files = |stage: &Stage| {
        let log = stage
            .seats
            .iter()
            .map(|seat| seat.data.join("log/events.db"));
        let log: Vec<PathBuf> = log.collect();
        let wal = log.iter().map(|file| file.with_extension("db-wal"));
        wal.chain(log.iter().cloned()).collect()
    };
    service(campaign, On::Embedded, files).await
}

pub(super) async fn read_model(campaign: &Campaign) -> Result<Outcome> {
    let files = |stage: &Stage| {
        let folders = stage.seats.iter().map(|seat| seat.data.join("read-model"));
        folders.flat_map(|folder| files_under(&folder)).collect()
    };
    service(campaign, On::Nats, files).await
}

pub(super) async fn nats(campaign: &Campaign) -> Result<Outcome> {
    if let Some(why) = machine::lacks("strace") {
        return Ok(Outcome::Skipped(why));
    }
    let scene = at_work(campaign, &Setting::of(On::Nats), 50).await?;
    let mut failed = 0;
    for failure in FAILURES {
        let nats = scene.stage.nats.as_ref().context("a server")?;
        let pid = nats.lock().await.server(0)?.pid().context("a server")?;
        // It writes messages with pwrite64 and to its sockets with writev; what write(2) is for comes below.
        let failure = failure.replace("pwrite64,write", "pwrite64");
        let strace = Strace::attach(pid, &[], &failure).await?;
        tokio::time::sleep(LASTS).await;
        failed += strace.detach()?;
        // What failed stays failed in some versions until a new start.
        nats.lock().await.server(0)?.restart().await?;
        mended(&scene).await?;
    }
    failed += index_unwritten(&scene).await?;
    ended(scene, failed).await
}

/// The one file that nats-server writes with write(2) is the index of its blocks, every two minutes and
/// before it ends: here it ends while that fails.
async fn index_unwritten(scene: &Scene) -> Result<usize> {
    let nats = scene.stage.nats.as_ref().context("a server")?;
    let mut nats = nats.lock().await;
    let server = nats.server(0)?;
    let pid = server.pid().context("a server")?;
    let index = server
        .store_dir()
        .join("jetstream/$G/streams/EVENTS/msgs/index.db");
    let strace = Strace::attach(pid, &[index], "write:error=EIO").await?;
    server.stop().await?;
    let failed = strace.detach()?;
    if failed == 0 {
        bail!("no write of the index failed");
    }
    server.restart().await?;
    drop(nats);
    mended(scene).await?;
    Ok(failed)
}

async fn service(
    campaign: &Campaign,
    on: On,
    files: impl Fn(&Stage) -> Vec<PathBuf>,
) -> Result<Outcome> {
    if let Some(why) = machine::lacks("strace") {
        return Ok(Outcome::Skipped(why));
    }
    let scene = at_work(campaign, &Setting::of(on), 50).await?;
    let mut failed = 0;
    for failure in FAILURES {
        let seat = scene.stage.seats.first().context("a service")?;
        let pid = seat.service.pid().context("a service")?;
        let strace = Strace::attach(pid, &files(&scene.stage), failure).await?;
        tokio::time::sleep(LASTS).await;
        failed += strace.detach()?;
        mended(&scene).await?;
    }
    ended(scene, failed).await
}

/// Nothing is proven by calls that never failed.
async fn ended(scene: Scene, failed: usize) -> Result<Outcome> {
    if failed == 0 {
        bail!("no call failed: strace hit nothing");
    }
    let report = scene.end("EIO").await?;
    Ok(Outcome::told(report).and(&format!("{failed} calls failed")))
}

async fn mended(scene: &Scene) -> Result<()> {
    scene.office.tally.mended("EIO".to_owned());
    scene.work(20).await
}

/// A process whose system calls fail while this is attached.
struct Strace {
    child: Child,
    /// What it did.
    trace: NamedTempFile,
}

impl Strace {
    /// Attaches; of these files alone, when any are given.
    async fn attach(pid: u32, files: &[PathBuf], failure: &str) -> Result<Self> {
        let mut command = Command::new("strace");
        let trace = NamedTempFile::new().context("a file for strace")?;
        command.args(["-f", "-qq", "-p", &pid.to_string(), "-o"]);
        command.arg(trace.path());
        for file in files {
            command.arg("-P").arg(file);
        }
        let calls = failure.split(':').next().unwrap_or_default();
        command.args(["-e", &format!("trace={calls}")]);
        command.args(["-e", &format!("inject={failure}")]);
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let strace = Self { child, trace };
        let begun = Instant::now();
        while !traced(pid) {
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("strace did not attach to {pid}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(strace)
    }

    /// Lets go: killed otherwise, it would leave what it traces stopped. How many calls failed.
    fn detach(mut self) -> Result<usize> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status()?;
        self.child.wait()?;
        let trace = std::fs::read_to_string(self.trace.path())?;
        Ok(trace.matches("(INJECTED)").count())
    }
}

fn traced(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mut lines = status.lines().filter_map(|l| l.strip_prefix("TracerPid:"));
    lines.next().is_some_and(|tracer| tracer.trim() != "0")
}
