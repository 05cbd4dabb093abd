//! The whole of it: random faults on every log, each scripted fault, and simulation until enough was
//! acknowledged; one table at the end.

use crate::{AS_PROGRAM, now};
use anyhow::{Result, bail};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use torture::request::Wishes;
use torture::run::{Campaign, Finding, On, Report, run, scripted};
use torture::simulate::{Seeds, Size, Sums, many};

/// What is simulated for the count: more requests a seed than where every schedule is a small one.
const LONG: Size = Size {
    replicas: 2,
    clients: 5,
    requests: 40,
    wishes: Wishes::Every,
};

/// Threads of the simulation.
const THREADS: usize = 2;

#[derive(clap::Args)]
pub(crate) struct All {
    /// All chance follows from it, but the machine's own
    #[arg(long, default_value_t = 2018)]
    seed: u64,
    /// How many minutes of random faults, on each of the four logs
    #[arg(long, default_value_t = 2.0)]
    minutes: f64,
    /// How many minutes the simulation may take at most
    #[arg(long, default_value_t = 15.0)]
    simulate_minutes: f64,
    /// How many requests are to be acknowledged in all
    #[arg(long, default_value_t = 1_000_000)]
    acknowledged: u64,
    /// Clients at work at the same time
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// A minute or two of everything instead
    #[arg(long)]
    short: bool,
    /// The program of an earlier release, for the rolling upgrade
    #[arg(long)]
    previous: Option<PathBuf>,
    /// Where the figures go as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Runs everything.
pub(crate) fn all(options: &All) -> Result<()> {
    let begun = Instant::now();
    println!("seed {}", options.seed);
    let short = simulated(options, 2_000, u64::MAX, Size::default())?;
    println!("simulation: {}", line(&short));
    let (reports, findings) = real(options)?;
    let mut acknowledged = short.acknowledged;
    acknowledged += reports.iter().map(|r| r.acknowledged).sum::<u64>();
    acknowledged += findings.iter().map(|f| f.acknowledged).sum::<u64>();
    let rest = options.acknowledged.saturating_sub(acknowledged);
    let long = match options.short {
        true => Sums::default(),
        false => simulated(options, u64::MAX, rest, LONG)?,
    };
    println!("longer simulation: {}", line(&long));
    acknowledged += long.acknowledged;
    let simulations = [short, long];
    let wrong: Vec<String> = wrong(&simulations, &reports, &findings);
    let (lost, doubled) = lost(&simulations, &reports, &findings);
    let faults: u64 = simulations.iter().flat_map(|s| s.injected.values()).sum();
    let injected = faults
        + reports
            .iter()
            .flat_map(|r| &r.faults)
            .map(|f| f.times)
            .sum::<u64>()
        + findings.iter().map(|f| f.times).sum::<u64>();
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    println!(
        "\nin {minutes:.1} minutes: {injected} faults injected, {acknowledged} requests acknowledged, \
         {lost} lost, {doubled} doubled, {} things wrong; seed {}",
        wrong.len(),
        options.seed
    );
    if let Some(path) = &options.json {
        let sums = simulations.iter().map(
            |s| json!({"seeds": s.seeds, "acknowledged": s.acknowledged, "injected": s.injected}),
        );
        let figures = json!({
            "seed": options.seed,
            "minutes": minutes,
            "simulations": sums.collect::<Vec<_>>(),
            "random": reports,
            "scripted": findings,
        });
        std::fs::write(path, serde_json::to_vec_pretty(&figures)?)?;
    }
    if !wrong.is_empty() {
        wrong.iter().take(50).for_each(|wrong| println!("{wrong}"));
        bail!(
            "{} things are wrong, with seed {}",
            wrong.len(),
            options.seed
        );
    }
    Ok(())
}

fn simulated(options: &All, count: u64, acknowledged: u64, size: Size) -> Result<Sums> {
    let seeds = Seeds {
        first: options.seed,
        count: if options.short { 200 } else { count },
        acknowledged,
        within: Duration::from_secs_f64(options.simulate_minutes * 60.0),
    };
    many(seeds, size, THREADS)
}

fn line(sums: &Sums) -> String {
    let faults: u64 = sums.injected.values().sum();
    format!(
        "{} seeds, {} requests acknowledged, {faults} faults, {} wrong",
        sums.seeds,
        sums.acknowledged,
        sums.wrong.len()
    )
}

/// Real processes under random faults, then under each scripted one.
#[tokio::main]
async fn real(options: &All) -> Result<(Vec<Report>, Vec<Finding>)> {
    let minutes = if options.short { 0.2 } else { options.minutes };
    let campaign = |on, clients| -> Result<Campaign> {
        Ok(Campaign {
            seed: options.seed,
            lasts: Duration::from_secs_f64(minutes * 60.0),
            on,
            clients,
            alone: false,
            program: (std::env::current_exe()?, vec![AS_PROGRAM.to_owned()]),
            previous: options.previous.clone(),
            now: now(),
            clock: now,
        })
    };
    let mut reports = Vec::new();
    for on in [On::Embedded, On::Nats, On::NatsGrouped, On::Cluster] {
        let report = run(&campaign(on, options.clients)?).await?;
        println!("{report}");
        reports.push(report);
    }
    println!("{}", Finding::HEAD);
    let each = |finding: &Finding| println!("{finding}");
    let findings = scripted(&campaign(On::Embedded, 8)?, &[], options.short, each).await;
    Ok((reports, findings))
}

fn wrong(simulations: &[Sums], reports: &[Report], findings: &[Finding]) -> Vec<String> {
    let seeds = simulations.iter().flat_map(|sums| &sums.wrong);
    let seeds = seeds.map(|(seed, what)| format!("simulation, seed {seed}: {what}"));
    let random = reports
        .iter()
        .flat_map(|r| r.problems.iter().map(move |p| (&r.on, p)));
    let random = random.map(|(on, what)| format!("{on}: {what}"));
    let scripted = findings
        .iter()
        .flat_map(|f| f.problems.iter().map(move |p| (f.name, p)));
    let scripted = scripted.map(|(name, what)| format!("{name}: {what}"));
    seeds.chain(random).chain(scripted).collect()
}

/// What was lost, and what was doubled. A scripted fault that destroys what was acknowledged is not
/// counted: that it was noticed is what it is about.
fn lost(simulations: &[Sums], reports: &[Report], findings: &[Finding]) -> (u64, u64) {
    let of = |kind: &str| {
        let seeds = simulations.iter().flat_map(|sums| &sums.wrong);
        seeds.filter(|(_, what)| what.starts_with(kind)).count() as u64
    };
    let silent = |f: &&Finding| !f.problems.is_empty();
    let lost = findings.iter().filter(silent).map(|f| f.lost).sum::<u64>();
    let doubled: u64 = findings.iter().map(|f| f.doubled).sum();
    (
        of("lost: ") + lost + reports.iter().map(|r| r.lost).sum::<u64>(),
        of("doubled: ") + doubled + reports.iter().map(|r| r.doubled).sum::<u64>(),
    )
}
