//! The power goes: what the disk has not got is gone. A loop-mounted ext4 whose journal waits ten
//! minutes; everything is killed, the disk is copied as it is, and the copy takes its place.

use super::super::setting::Setting;
use super::super::stage::On;
use super::super::{Campaign, scene::Scene};
use super::damage::{self, Trouble};
use super::{Outcome, at_work};
use anyhow::{Context as _, Result};
use testkit::loop_disk::LoopDisk;

/// How often the power goes.
const CUTS: usize = 3;

pub(super) async fn embedded(campaign: &Campaign) -> Result<Outcome> {
    let mut disk = match LoopDisk::mount(256) {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let setting = Setting {
        data: Some(disk.path().to_owned()),
        ..Setting::of(On::Embedded)
    };
    let scene = at_work(campaign, &setting, 100).await?;
    for _ in 0..CUTS {
        cut(&scene, &mut disk).await?;
        scene.work(100).await?;
    }
    scene.end("power").await.map(Outcome::told)
}

pub(super) async fn always(campaign: &Campaign) -> Result<Outcome> {
    let mut disk = match LoopDisk::mount(256) {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let setting = Setting {
        store: Some(disk.path().join("store")),
        ..Setting::of(On::Nats)
    };
    let scene = at_work(campaign, &setting, 100).await?;
    for _ in 0..CUTS {
        cut(&scene, &mut disk).await?;
        scene.work(100).await?;
    }
    scene.end("power").await.map(Outcome::told)
}

/// Kills everything as it stands, under load, and the disk with it; then everything starts again.
async fn cut(scene: &Scene, disk: &mut LoopDisk) -> Result<()> {
    for seat in &scene.stage.seats {
        seat.service.hold("KILL").await?;
    }
    if let Some(nats) = &scene.stage.nats {
        nats.lock().await.server(0)?.kill()?;
    }
    disk.cut()?;
    if let Some(nats) = &scene.stage.nats {
        nats.lock().await.server(0)?.restart().await?;
    }
    for seat in &scene.stage.seats {
        seat.service.release();
    }
    scene.office.tally.mended("power cut".to_owned());
    Ok(())
}

/// That the experiment can fail: with the server's default nothing is on disk for two minutes. What was
/// acknowledged is lost, and the loss must be noticed.
pub(super) async fn default_sync(campaign: &Campaign) -> Result<Outcome> {
    let mut disk = match LoopDisk::mount(256) {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let setting = Setting {
        store: Some(disk.path().join("store")),
        sync_always: false,
        ..Setting::of(On::Nats)
    };
    let scene = at_work(campaign, &setting, 200).await?;
    let trouble = Trouble {
        ends: "KILL",
        harm: Box::new(|_| disk.cut().context("the power cut")),
        restore: false,
        must_be_noticed: true,
    };
    damage::after(scene, trouble).await
}
