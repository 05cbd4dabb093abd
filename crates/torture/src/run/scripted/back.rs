//! The record goes back to what it was, or is another one under the same name.

use super::super::Campaign;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::{On, Stage, provision};
use super::damage::{self, Trouble, block_on, copy};
use super::{Outcome, at_work};
use crate::request::AREA;
use anyhow::{Context as _, Result};
use bytes::Bytes;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use testkit::nats::RawPublisher;

/// How much is on record before a copy is made, and after that again.
const WORK: u64 = 80;

/// The folder with the record, of a stage.
async fn record_of(stage: &Stage) -> Result<PathBuf> {
    match &stage.nats {
        Some(nats) => Ok(nats.lock().await.server(0)?.store_dir().to_owned()),
        None => Ok(stage.seats.first().context("a service")?.data.join("log")),
    }
}

/// Works, keeps a copy of the record as it is then, and works on.
async fn copied(campaign: &Campaign, on: On) -> Result<(Scene, PathBuf, TempDir)> {
    let scene = at_work(campaign, &Setting::of(on), WORK).await?;
    let record = record_of(&scene.stage).await?;
    let folder = TempDir::new().context("a folder for a copy")?;
    for seat in &scene.stage.seats {
        seat.service.hold("TERM").await?;
    }
    if let Some(nats) = &scene.stage.nats {
        nats.lock().await.server(0)?.stop().await?;
    }
    copy(&record, &folder.path().join("old"))?;
    if let Some(nats) = &scene.stage.nats {
        nats.lock().await.server(0)?.restart().await?;
    }
    for seat in &scene.stage.seats {
        seat.service.release();
    }
    scene.work(WORK).await?;
    Ok((scene, record, folder))
}

fn put_back(record: &Path, folder: &TempDir) -> Result<()> {
    std::fs::remove_dir_all(record)?;
    copy(&folder.path().join("old"), record)
}

async fn rolled_back(campaign: &Campaign, on: On) -> Result<Outcome> {
    let (scene, record, folder) = copied(campaign, on).await?;
    let trouble = Trouble {
        ends: "TERM",
        harm: Box::new(|_| put_back(&record, &folder)),
        restore: true,
        must_be_noticed: true,
    };
    damage::after(scene, trouble).await
}

pub(super) async fn nats(campaign: &Campaign) -> Result<Outcome> {
    rolled_back(campaign, On::Nats).await
}

pub(super) async fn embedded(campaign: &Campaign) -> Result<Outcome> {
    rolled_back(campaign, On::Embedded).await
}

/// Put back, and then so many messages of somebody else that the end is where it was, and beyond.
pub(super) async fn reused(campaign: &Campaign) -> Result<Outcome> {
    let (scene, record, folder) = copied(campaign, On::Nats).await?;
    let harm = |stage: &Stage| {
        put_back(&record, &folder)?;
        while_served(stage, |url| async move {
            let raw = RawPublisher::connect(&url).await?;
            for number in 0..400 {
                let subject = format!("evt.{AREA}.action.PCP/2017/{number:03}");
                let body = Bytes::from_static(b"{}");
                raw.publish(subject, &[], body).await?;
            }
            Ok(())
        })
    };
    let trouble = Trouble {
        ends: "TERM",
        harm: Box::new(harm),
        restore: true,
        must_be_noticed: true,
    };
    damage::after(scene, trouble).await
}

/// The store wiped and the stream provisioned anew.
pub(super) async fn replaced(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Nats), WORK).await?;
    let record = record_of(&scene.stage).await?;
    let harm = |stage: &Stage| {
        std::fs::remove_dir_all(&record)?;
        let nats = stage.nats.as_ref().context("a server")?;
        while_served(stage, |_| async { Ok(()) })?;
        let mut nats = nats.try_lock().context("the server is busy")?;
        block_on(nats.server(0)?.restart())?;
        provision(&stage.program, &nats)?;
        block_on(nats.server(0)?.stop())
    };
    let trouble = Trouble {
        ends: "TERM",
        harm: Box::new(harm),
        restore: true,
        must_be_noticed: true,
    };
    damage::after(scene, trouble).await
}

/// Starts the server, does this, and stops it again.
fn while_served<F: Future<Output = Result<()>>>(
    stage: &Stage,
    work: impl FnOnce(String) -> F,
) -> Result<()> {
    let nats = stage.nats.as_ref().context("a server")?;
    let mut nats = nats.try_lock().context("the server is busy")?;
    let server = nats.server(0)?;
    block_on(async {
        server.restart().await?;
        work(server.url()).await?;
        server.stop().await
    })
}
