//! The kernel says EIO, by strace: to syncs and writes of one file's process.

use super::super::setting::Setting;
use super::super::stage::{On, Stage};
use super::super::{Campaign, scene::Scene};
use super::rot::files_under;
use super::{Outcome, at_work};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::time::Duration;
use testkit::failing_calls::FailingCalls;

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
    if let Some(why) = FailingCalls::impossible() {
        return Ok(Outcome::Skipped(why));
    }
    let scene = at_work(campaign, &Setting::of(On::Nats), 50).await?;
    let mut failed = 0;
    for failure in FAILURES {
        let nats = scene.stage.nats.as_ref().context("a server")?;
        let pid = nats.lock().await.server(0)?.pid().context("a server")?;
        // It writes messages with pwrite64 and to its sockets with writev; what write(2) is for comes below.
        let failure = failure.replace("pwrite64,write", "pwrite64");
        let strace = FailingCalls::attach(pid, &[], &failure).await?;
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
    let strace = FailingCalls::attach(pid, &[index], "write:error=EIO").await?;
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
    if let Some(why) = FailingCalls::impossible() {
        return Ok(Outcome::Skipped(why));
    }
    let scene = at_work(campaign, &Setting::of(on), 50).await?;
    let mut failed = 0;
    for failure in FAILURES {
        let seat = scene.stage.seats.first().context("a service")?;
        let pid = seat.service.pid().context("a service")?;
        let strace = FailingCalls::attach(pid, &files(&scene.stage), failure).await?;
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
