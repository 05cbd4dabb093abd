//! Real processes under real faults: clients over gRPC write and read while services and the log's
//! server are killed, frozen and cut off; then everything is held against the log.

mod client;
mod faults;
mod process;
mod proxy;
mod report;
mod servers;
mod stage;
mod tally;

pub use report::{FaultRow, Report};
pub use stage::On;

use crate::chance::Chance;
use crate::check::{Evidence, misread, problems, unexplained};
use crate::request::register_requests;
use anyhow::{Context as _, Result, bail};
use api::v1::command_service_client::CommandServiceClient;
use chrono::{DateTime, Utc};
use client::{Client, Office, channel};
use domain::policy::Role;
use faults::Fault;
use futures::future::join_all;
use process::Program;
use stage::Stage;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;

/// How long a campaign waits for peace to come back.
const PATIENCE: Duration = Duration::from_secs(60);

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
    /// Now, for tokens.
    pub now: DateTime<Utc>,
}

/// Runs a campaign.
///
/// # Errors
/// When the stage cannot be set, or does not come back to peace after the faults; what is wrong with
/// the record is in the report.
pub async fn run(campaign: &Campaign) -> Result<Report> {
    let (path, before) = campaign.program.clone();
    let program = Program { path, before };
    let mut stage = Stage::set(campaign.on, program, campaign.now).await?;
    let services = stage.seats.iter().map(|seat| seat.front.address());
    let office = Arc::new(Office::new(services.collect(), stage.tokens.clone()));
    let before = enter_register(&stage, &office).await?;
    let clients = (0..campaign.clients)
        .map(|number| {
            Ok(tokio::spawn(
                Client::new(&office, campaign.seed, number)?.work(),
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    let begun = Instant::now();
    let storms = if campaign.alone { 1 } else { 2 };
    let storms = (0..storms).map(|storm| storm_of(campaign, &stage, &office, storm));
    for ended in join_all(storms).await {
        ended?;
    }
    let lasted = begun.elapsed();
    peace(&stage, &office).await?;
    office.done.cancel();
    let mut memories = Vec::new();
    for client in join_all(clients).await {
        memories.push(client?.tell().await);
    }
    peace(&stage, &office).await?;
    let mut report = Report::new(
        campaign.seed,
        format!("{:?}", campaign.on),
        lasted,
        &office.tally,
    );
    let verified = stage.verify();
    report.starts = stage.starts();
    let panics = stage.panics()?;
    let records = stage.end().await?;
    report.messages = records.len() as u64;
    let (ops, reads): (Vec<_>, Vec<_>) = memories.into_iter().map(|m| (m.ops, m.reads)).unzip();
    let (ops, reads) = (ops.concat(), reads.concat());
    let evidence = Evidence {
        ops: &ops,
        records: &records,
        before,
    };
    let mut found = problems(&evidence);
    found.extend(misread(&reads, &records));
    report.found(&found, &unexplained(&found, &evidence));
    report.problems.extend(panics);
    report
        .problems
        .extend(verified.err().map(|error| format!("{error:#}")));
    Ok(report)
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

/// Writes the register; how many messages that makes.
async fn enter_register(stage: &Stage, office: &Office) -> Result<usize> {
    let seat = stage.seats.first().context("a service")?;
    let to = CommandServiceClient::new(channel(seat.front.address())?);
    let (bodies, series, meeting) = register_requests();
    let count = bodies.len() + 2;
    for body in bodies {
        until_done(|| {
            let request = office.request(Role::Clerk, body.clone());
            let mut to = to.clone();
            async move { to.register_body(request).await.map(drop) }
        })
        .await?;
    }
    until_done(|| {
        let request = office.request(Role::Clerk, series.clone());
        let mut to = to.clone();
        async move { to.open_series(request).await.map(drop) }
    })
    .await?;
    until_done(|| {
        let request = office.request(Role::Clerk, meeting.clone());
        let mut to = to.clone();
        async move { to.arrange_meeting(request).await.map(drop) }
    })
    .await?;
    Ok(count)
}

/// Waits until every service writes again: a request that is on record already is answered.
async fn peace(stage: &Stage, office: &Office) -> Result<()> {
    let (_, _, meeting) = register_requests();
    for seat in &stage.seats {
        let to = CommandServiceClient::new(channel(seat.front.address())?);
        until_done(|| {
            let request = office.request(Role::Clerk, meeting.clone());
            let mut to = to.clone();
            async move { to.arrange_meeting(request).await.map(drop) }
        })
        .await?;
    }
    Ok(())
}

/// Asks again and again until the answer is yes.
async fn until_done<F: Future<Output = Result<(), Status>>>(ask: impl Fn() -> F) -> Result<()> {
    let begun = Instant::now();
    loop {
        match tokio::time::timeout(Duration::from_secs(5), ask()).await {
            Ok(Ok(())) => return Ok(()),
            answer if begun.elapsed() > PATIENCE => {
                bail!("no service within {} s: {answer:?}", PATIENCE.as_secs());
            }
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
