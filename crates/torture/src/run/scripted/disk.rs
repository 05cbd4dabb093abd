//! Disks without room, and room again.

use super::super::Campaign;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work};
use anyhow::Result;
use std::time::{Duration, Instant};
use testkit::small_disk::SmallDisk;

/// How long a disk stays full.
const FULL: Duration = Duration::from_secs(4);

pub(super) async fn embedded(campaign: &Campaign) -> Result<Outcome> {
    let disk = match SmallDisk::mount("64m") {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(why.to_string())),
    };
    let setting = Setting {
        data: Some(disk.path().to_owned()),
        ..Setting::of(On::Embedded)
    };
    let scene = at_work(campaign, &setting, 50).await?;
    filled(scene, &disk, Again::Nobody).await
}

pub(super) async fn nats(campaign: &Campaign) -> Result<Outcome> {
    let disk = match SmallDisk::mount("32m") {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(why.to_string())),
    };
    let setting = Setting {
        store: Some(disk.path().join("store")),
        ..Setting::of(On::Nats)
    };
    let scene = at_work(campaign, &setting, 50).await?;
    // nats-server 2.15 does not heal by itself.
    filled(scene, &disk, Again::Server).await
}

pub(super) async fn read_model(campaign: &Campaign) -> Result<Outcome> {
    let disk = match SmallDisk::mount("64m") {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(why.to_string())),
    };
    let setting = Setting {
        data: Some(disk.path().to_owned()),
        ..Setting::of(On::Nats)
    };
    let scene = at_work(campaign, &setting, 50).await?;
    filled(scene, &disk, Again::Nobody).await
}

/// Who is started again when there is room.
#[derive(Clone, Copy)]
enum Again {
    Nobody,
    Server,
}

/// Fills the disk under load, twice, gives its space back, and lets the work go on.
async fn filled(scene: Scene, disk: &SmallDisk, again: Again) -> Result<Outcome> {
    for _ in 0..2 {
        let ballast = disk.fill()?;
        let begun = Instant::now();
        while begun.elapsed() < FULL {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        std::fs::remove_file(&ballast)?;
        if let (Again::Server, Some(nats)) = (again, &scene.stage.nats) {
            nats.lock().await.server(0)?.restart().await?;
        }
        scene.office.tally.mended("disk full".to_owned());
        scene.work(30).await?;
    }
    scene.end("full disk").await.map(Outcome::told)
}
