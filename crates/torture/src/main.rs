//! `matters-torture`: throws faults at the program and counts what was lost.
#![allow(
    clippy::print_stdout,
    reason = "what this program prints is its purpose"
)]

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use torture::run::{Campaign, On, run};
use torture::simulate::{Size, simulate};

/// Throws faults at the program and counts what was lost.
#[derive(Parser)]
#[command(name = "matters-torture")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate one seed and print everything that happens, or many seeds and print the sums
    Simulate(Simulate),
    /// Run real processes under real faults, and print what was lost
    Run(Run),
}

#[derive(clap::Args)]
struct Run {
    /// All chance follows from it, but the machine's own
    #[arg(long, default_value_t = 2018)]
    seed: u64,
    /// How many minutes faults are injected, on each log
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// Which logs
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["embedded", "nats", "nats-grouped", "cluster"])]
    on: Vec<On>,
    /// Clients at work at the same time
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// Each kind of fault in turn and alone, instead of random ones of which two may meet
    #[arg(long)]
    alone: bool,
    /// The program; this one, which has it inside, when left out
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where the figures go as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Simulate {
    /// The seed, or the first of several
    #[arg(long)]
    seed: u64,
    /// How many seeds from there on
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Requests of each client
    #[arg(long, default_value_t = Size::default().requests)]
    requests: usize,
    /// Clients at work at the same time
    #[arg(long, default_value_t = Size::default().clients)]
    clients: usize,
    /// Replicas of the service
    #[arg(long, default_value_t = Size::default().replicas)]
    replicas: usize,
}

/// The first argument that makes this the program under test, with the arguments that follow.
const AS_PROGRAM: &str = "as-program";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == AS_PROGRAM)
    {
        return matters::run(name.into_iter().chain(arguments.skip(1)));
    }
    let outcome = match Cli::parse().command {
        Command::Simulate(options) => simulations(&options),
        Command::Run(options) => campaigns(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("matters-torture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn campaigns(options: &Run) -> Result<()> {
    let program = match &options.program {
        Some(path) => (path.clone(), vec![]),
        None => (std::env::current_exe()?, vec![AS_PROGRAM.to_owned()]),
    };
    let mut reports = Vec::new();
    for on in &options.on {
        let campaign = Campaign {
            seed: options.seed,
            lasts: Duration::from_secs_f64(options.minutes * 60.0),
            on: *on,
            clients: options.clients,
            alone: options.alone,
            program: program.clone(),
            now: now(),
        };
        let report = run(&campaign).await?;
        println!("{report}");
        reports.push(report);
    }
    if let Some(path) = &options.json {
        std::fs::write(path, serde_json::to_vec_pretty(&reports)?)?;
    }
    let wrong: usize = reports.iter().map(|report| report.problems.len()).sum();
    if wrong > 0 {
        bail!("{wrong} things are wrong, with seed {}", options.seed);
    }
    Ok(())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one clock of this program, read once and passed on"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

fn simulations(options: &Simulate) -> Result<()> {
    let Simulate {
        replicas,
        clients,
        requests,
        ..
    } = *options;
    let size = Size {
        replicas,
        clients,
        requests,
    };
    let begun = Instant::now();
    let (mut wrong, mut acknowledged) = (0_u64, 0);
    let mut injected: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in options.seed..options.seed.saturating_add(options.seeds) {
        let simulated = simulate(seed, size)?;
        if options.seeds == 1 {
            print!("{}", simulated.trace.text());
            println!("trace {}", simulated.trace.digest());
        }
        for problem in &simulated.problems {
            println!("seed {seed}: {problem}");
        }
        wrong += u64::from(!simulated.problems.is_empty());
        acknowledged += simulated.acknowledged();
        for (fault, times) in simulated.injected {
            *injected.entry(fault).or_default() += times;
        }
    }
    for (fault, times) in &injected {
        println!("{times:>10} {fault}");
    }
    println!("{acknowledged:>10} requests acknowledged");
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{:>10} seeds in {seconds:.1} s, {wrong} of them wrong",
        options.seeds
    );
    if wrong > 0 {
        bail!("{wrong} seeds found something wrong");
    }
    Ok(())
}
