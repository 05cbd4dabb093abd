//! `cargo xtask bench`: the program beside the limits of the same machine, in one run.
//!
//! Machines differ and are shared: compare within a run, by the ratios. Speed is measured here and
//! asserted nowhere.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is the purpose"
)]

mod appends;
mod bare;
mod beside;
mod bulk;
mod figures;
mod file;
mod fill;
mod logs;
mod process;
mod raw;
mod reads;
mod serving;
mod visible;
mod ways;

use anyhow::Result;
use clap::Parser;
use figures::Figure;
use logs::{Kind, Rig};
use serving::Serving;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the program beside the limits of the same machine, in one run.
#[derive(Parser)]
#[command(name = "matters-bench")]
struct Options {
    #[command(subcommand)]
    instead: Option<Instead>,
    /// Which logs.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["embedded", "jetstream", "jetstream-always"])]
    logs: Vec<Kind>,
    /// How many events the log holds, one size after another.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    events: Vec<u64>,
    /// Appends in each round of each kind.
    #[arg(long, default_value_t = 8_000)]
    appends: u64,
    /// Seed of the generated panels.
    #[arg(long, default_value_t = 2018)]
    seed: u64,
    /// What is measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["rebuilds", "questions", "appends", "starts"])]
    parts: Vec<Part>,
    /// Keep the embedded logs here and use again what is there: ten million take twenty minutes to fill.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Where the figures go as JSON.
    #[arg(long, default_value = "target/bench.json")]
    json: PathBuf,
    /// The program, for start-up and memory; not measured without it.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// What is measured of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Rebuild beside a raw read.
    Rebuilds,
    /// What people ask.
    Questions,
    /// Appends beside their limits, and how long until they are visible.
    Appends,
    /// Start-up and memory of the program.
    Starts,
}

/// What is done instead of measuring beside the machine's limits.
#[derive(clap::Subcommand)]
enum Instead {
    /// Fill a log, write its rows out, and answer questions on standard input (see `tests/peers`)
    Beside(beside::Options),
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(Instead::Beside(beside)) = &options.instead {
        return beside::run(beside).await;
    }
    let mut figures = Vec::new();
    for kind in &options.logs {
        for events in &options.events {
            eprintln!("{} with {events} events …", kind.name());
            figures.extend(one(&options, *kind, *events).await?);
        }
    }
    println!("{}", figures::table(&figures));
    std::fs::write(&options.json, serde_json::to_vec_pretty(&figures)?)?;
    eprintln!("The same as JSON: {}", options.json.display());
    Ok(())
}

/// Every figure of one log at one size.
async fn one(options: &Options, kind: Kind, events: u64) -> Result<Vec<Figure>> {
    let name = kind.name();
    let keep = options
        .keep
        .as_ref()
        .map(|keep| keep.join(format!("{events}-{}", options.seed)));
    let rig = Rig::start(kind, keep).await?;
    let data = rig.folder.clone();
    fill::fill(&rig.log, options.seed, events).await?;
    let mut figures = Vec::from(reads::sizes(&rig, name, events).await?);
    let measured = |part| options.parts.contains(&part);
    if measured(Part::Rebuilds) {
        figures.extend(reads::rebuilding(&rig.log, name, events, &data).await?);
    }
    if measured(Part::Questions) || measured(Part::Appends) {
        let area = fill::area()?;
        let serving = Serving::start(rig.log.clone(), &data, &area).await?;
        if measured(Part::Questions) {
            figures.extend(reads::Questions::new(&serving)?.figures(name, events)?);
        }
        if measured(Part::Appends) {
            figures.extend(appending(options, &rig, &serving, events).await?);
        }
        serving.end().await?;
    }
    if let Some(program) = &options.program
        && measured(Part::Starts)
    {
        figures.extend(starts(program, rig, name, events).await?);
    }
    Ok(figures)
}

/// Appends, beside their limits and until they are visible.
async fn appending(
    options: &Options,
    rig: &Rig,
    serving: &Serving,
    events: u64,
) -> Result<Vec<Figure>> {
    let name = rig.kind.name();
    let mut figures = vec![visible::idle(serving).await?.figure(name, events)];
    let (raw, body) = (rig.raw().await?, appends::sample(serving, &rig.log).await?);
    let sides = appends::Sides {
        serving,
        raw,
        body,
        folder: &rig.folder,
    };
    let appends = sides.figures(name, events, options.appends).await?;
    // What was appended as fast as can be may be ahead of the read model by a second or two.
    serving
        .wait_for(rig.log.head().await?, Duration::from_secs(60))
        .await?;
    let visible = visible::at_half_load(serving, appends::most(&appends)).await?;
    figures.extend(appends);
    figures.push(visible.figure(name, events));
    Ok(figures)
}

/// Starts of the program on the log, with its read models and without.
async fn starts(program: &Path, rig: Rig, name: &str, events: u64) -> Result<Vec<Figure>> {
    let head = rig.log.head().await?;
    let nats = rig.nats();
    let (folder, _stays) = (rig.folder.clone(), rig.close());
    let mut figures = Vec::new();
    for what in ["with its read models", "with nothing built"] {
        let built = folder.join("read-model");
        if what == "with nothing built" && built.exists() {
            std::fs::remove_dir_all(built)?;
        }
        let started = process::start(program, &folder, nats.as_deref(), head).await?;
        let took = started.took.as_secs_f64();
        let peak = reads::mebibytes(started.peak_bytes);
        figures.extend([
            Figure::of(name, events, format!("start {what}"), took, "s"),
            Figure::of(
                name,
                events,
                format!("peak memory, start {what}"),
                peak,
                "MiB",
            ),
        ]);
    }
    Ok(figures)
}
