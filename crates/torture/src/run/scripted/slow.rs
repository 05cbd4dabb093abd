//! Readers that are too slow: nobody else waits for them.

use super::super::Campaign;
use super::super::client::channel;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work};
use crate::request::AREA;
use anyhow::{Context as _, Result};
use api::v1;
use api::v1::query_service_client::QueryServiceClient;
use domain::policy::Role;
use std::time::Duration;

/// How many watchers open a stream and never read it.
const WATCHERS: usize = 40;

/// Longer than the server keeps a consumer that nobody asks.
const STOPPED: Duration = Duration::from_secs(20);

/// By how much memory may grow while nobody reads, in MiB.
const GROWTH: u64 = 200;

pub(super) async fn watcher(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Embedded), 100).await?;
    let before = memory(&scene)?;
    let mut streams = Vec::new();
    for _ in 0..WATCHERS {
        let seat = scene.stage.seats.first().context("a service")?;
        let mut to = QueryServiceClient::new(channel(seat.front.address())?);
        let reading = v1::Reading {
            area: AREA.to_owned(),
            ..Default::default()
        };
        let asked = v1::WatchActionsRequest {
            reading: Some(reading),
            after_position: 1,
            ..Default::default()
        };
        let mut request = scene.office.request(Role::Auditor, asked);
        request.set_timeout(Duration::from_secs(120));
        let mut stream = to.watch_actions(request).await?.into_inner();
        // The first is read, so that it is known to be open; then none.
        stream.message().await?;
        streams.push(stream);
    }
    scene.work(1_000).await?;
    let after = memory(&scene)?;
    scene
        .office
        .tally
        .mended("watchers that do not read".to_owned());
    scene.work(50).await?;
    drop(streams);
    let mut report = scene.end("slow watchers").await?;
    if after > before + GROWTH {
        report.wrong([format!("memory grew from {before} to {after} MiB")]);
    }
    let noticed = format!("{WATCHERS} watchers; memory {before} MiB before, {after} after");
    Ok(Outcome::noticed(report, noticed))
}

pub(super) async fn projection(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Nats), 50).await?;
    let seat = scene.stage.seats.first().context("a service")?;
    let before = scene.office.tally.counts().0;
    seat.service.signal("STOP");
    tokio::time::sleep(STOPPED).await;
    let meanwhile = scene.office.tally.counts().0 - before;
    seat.service.signal("CONT");
    scene.office.tally.mended("service stopped".to_owned());
    scene.work(50).await?;
    let report = scene.end("slow projection").await?;
    let noticed = format!("{meanwhile} acknowledged by the other meanwhile; it caught up");
    Ok(Outcome::noticed(report, noticed))
}

/// The resident memory of the first service, in MiB.
fn memory(scene: &Scene) -> Result<u64> {
    let seat = scene.stage.seats.first().context("a service")?;
    let pid = seat.service.pid().context("a service that runs")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .context("VmRSS")?;
    Ok(kib / 1024)
}
