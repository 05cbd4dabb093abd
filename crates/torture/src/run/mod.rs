//! Real processes under real faults: clients over gRPC write and read while services and the log's
//! server are killed, frozen and cut off; then everything is held against the log.

mod client;
mod faults;
mod process;
mod proxy;
mod report;
mod scene;
mod scripted;
mod servers;
mod setting;
mod stage;
mod tally;

pub use report::{FaultRow, Report};
pub use scripted::{Finding, names, scripted};
pub use stage::On;

use crate::chance::Chance;
use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use client::Office;
use faults::Fault;
use futures::future::join_all;
use scene::Scene;
use setting::Setting;
use stage::Stage;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a campaign is.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// All chance follows from it; the machine's own is beside it.
    pub seed: u64,
    /// How long faults are injected.
    pub lasts: Duration,
    /// Which log.
    pub on: On,
    /// How many clients are at work at the same time.
    pub clients: usize,
    /// One fault after the other, each kind in turn, instead of random ones of which two may meet.
    pub alone: bool,
    /// The program's binary, and what comes before its own arguments.
    pub program: (PathBuf, Vec<String>),
    /// An earlier release of the program, for upgrades.
    pub previous: Option<PathBuf>,
    /// When the campaign began, for tokens.
    pub now: DateTime<Utc>,
    /// The machine's clock, for those that are moved.
    pub clock: fn() -> DateTime<Utc>,
}

/// Runs a campaign.
///
/// # Errors
/// When the stage cannot be set, or does not come back to peace after the faults; what is wrong with
/// the record is in the report.
pub async fn run(campaign: &Campaign) -> Result<Report> {
    let mut scene = Scene::set(campaign, &Setting::of(campaign.on)).await?;
    scene.crowd(campaign.clients)?;
    let storms = if campaign.alone { 1 } else { 2 };
    let (stage, office) = (&scene.stage, &scene.office);
    let storms = (0..storms).map(|storm| storm_of(campaign, stage, office, storm));
    for ended in join_all(storms).await {
        ended?;
    }
    scene.end(&format!("{:?}", campaign.on)).await
}

/// One fault after another; two such run beside each other, so that faults combine.
async fn storm_of(campaign: &Campaign, stage: &Stage, office: &Office, storm: u64) -> Result<()> {
    let mut chance = Chance::of(campaign.seed, &format!("storm {storm}"));
    let faults = Fault::all(stage);
    let begun = Instant::now();
    let mut turn = 0;
    while begun.elapsed() < campaign.lasts {
        let pause = chance.between(200, 2_000) + storm * 1_000;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let fault = if campaign.alone {
            faults.get(turn % faults.len().max(1))
        } else {
            chance.pick(&faults)
        };
        turn += 1;
        let fault = fault.context("there is no fault to inject")?;
        fault.inject(stage, &mut chance).await?;
        office.tally.mended(fault.name());
    }
    Ok(())
}
