//! `matters-torture`: throws faults at the program and counts what was lost.
#![allow(
    clippy::print_stdout,
    reason = "what this program prints is its purpose"
)]

mod all;

use all::{All, all};
use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use torture::request::Wishes;
use torture::run::{Campaign, Finding, On, names, run, scripted};
use torture::simulate::{Seeds, Size, many, simulate};

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
    /// Inject each scripted fault by itself, and print how it was noticed
    Faults(Faults),
    /// All of it, and one line of sums
    All(All),
}

#[derive(clap::Args)]
struct Faults {
    /// All chance follows from it, but the machine's own
    #[arg(long, default_value_t = 2018)]
    seed: u64,
    /// Only these, by name or the beginning of it
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    only: Vec<String>,
    /// Only the short form
    #[arg(long)]
    short: bool,
    /// Print the names of all, and what each does
    #[arg(long)]
    list: bool,
    /// Clients at work at the same time
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// The program; this one, which has it inside, when left out
    #[arg(long)]
    program: Option<PathBuf>,
    /// The program of an earlier release, for the rolling upgrade
    #[arg(long)]
    previous: Option<PathBuf>,
    /// Where the figures go as JSON
    #[arg(long)]
    json: Option<PathBuf>,
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
    /// Ask only for the first eight calls, as the seeds did that found the first bugs
    #[arg(long)]
    few: bool,
    /// Threads that simulate, a seed each
    #[arg(long, default_value_t = 2)]
    threads: usize,
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
        Command::All(options) => all(&options),
        Command::Faults(options) if options.list => {
            for (name, fault) in names() {
                println!("{name:<22} {fault}");
            }
            Ok(())
        }
        Command::Faults(options) => faults(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("matters-torture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The program under test and what comes before its own arguments.
fn program(named: Option<&PathBuf>) -> Result<(PathBuf, Vec<String>)> {
    Ok(match named {
        Some(path) => (path.clone(), vec![]),
        None => (std::env::current_exe()?, vec![AS_PROGRAM.to_owned()]),
    })
}

#[tokio::main]
async fn faults(options: &Faults) -> Result<()> {
    let campaign = Campaign {
        seed: options.seed,
        lasts: Duration::ZERO,
        on: On::Embedded,
        clients: options.clients,
        alone: true,
        program: program(options.program.as_ref())?,
        previous: options.previous.clone(),
        now: now(),
        clock: now,
    };
    println!("{}", Finding::HEAD);
    let each = |finding: &Finding| println!("{finding}");
    let findings = scripted(&campaign, &options.only, options.short, each).await;
    if let Some(path) = &options.json {
        std::fs::write(path, serde_json::to_vec_pretty(&findings)?)?;
    }
    let acknowledged: u64 = findings.iter().map(|finding| finding.acknowledged).sum();
    let skipped = findings.iter().filter(|finding| finding.skipped.is_some());
    println!(
        "seed {}: {} faults, {} of them skipped, {acknowledged} requests acknowledged",
        options.seed,
        findings.len(),
        skipped.count()
    );
    let wrong: usize = findings.iter().map(|finding| finding.problems.len()).sum();
    if wrong > 0 {
        bail!("{wrong} things are wrong, with seed {}", options.seed);
    }
    Ok(())
}

#[tokio::main]
async fn campaigns(options: &Run) -> Result<()> {
    let program = program(options.program.as_ref())?;
    let mut reports = Vec::new();
    for on in &options.on {
        let campaign = Campaign {
            seed: options.seed,
            lasts: Duration::from_secs_f64(options.minutes * 60.0),
            on: *on,
            clients: options.clients,
            alone: options.alone,
            program: program.clone(),
            previous: None,
            now: now(),
            clock: now,
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
        few,
        ..
    } = *options;
    let size = Size {
        replicas,
        clients,
        requests,
        wishes: if few { Wishes::Few } else { Wishes::Every },
    };
    if options.seeds == 1 {
        let simulated = simulate(options.seed, size)?;
        print!("{}", simulated.trace.text());
        println!("trace {}", simulated.trace.digest());
    }
    let begun = Instant::now();
    let seeds = Seeds {
        first: options.seed,
        count: options.seeds,
        acknowledged: u64::MAX,
        within: Duration::MAX,
    };
    let sums = many(seeds, size, options.threads)?;
    for (seed, problem) in &sums.wrong {
        println!("seed {seed}: {problem}");
    }
    for (fault, times) in &sums.injected {
        println!("{times:>10} {fault}");
    }
    println!("{:>10} requests acknowledged", sums.acknowledged);
    let seconds = begun.elapsed().as_secs_f64();
    println!("{:>10} seeds in {seconds:.1} s", sums.seeds);
    if !sums.wrong.is_empty() {
        bail!("{} things are wrong", sums.wrong.len());
    }
    Ok(())
}
