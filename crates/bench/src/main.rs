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
use std::path::PathBuf;
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
    /// Where the figures go as JSON.
    #[arg(long, default_value = "target/bench.json")]
    json: PathBuf,
    /// The program, for start-up and memory; not measured without it.
    #[arg(long)]
    program: Option<PathBuf>,
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
    let rig = Rig::start(kind).await?;
    let data = rig.folder.path().to_path_buf();
    let filled = fill::fill(&rig.log, options.seed, events).await?;
    let figure = |what: &str, value: f64, unit: &'static str| Figure {
        log: name.to_owned(),
        events,
        what: what.to_owned(),
        value,
        unit,
        beside: None,
        latency_ms: None,
    };
    let mut figures = vec![
        figure("log on disk", reads::mebibytes(rig.bytes()?), "MiB"),
        figure(
            "JSON of the events",
            reads::mebibytes(filled.json_bytes),
            "MiB",
        ),
    ];
    figures.extend(reads::rebuilding(&rig.log, name, events, &data).await?);
    let area = fill::area()?;
    {
        let serving = Serving::start(rig.log.clone(), &data, &area).await?;
        figures.extend(reads::Questions::new(&serving)?.figures(name, events)?);
        figures.push(visible::idle(&serving).await?.figure(name, events));
        let (raw, body) = (rig.raw().await?, appends::sample(&serving, &rig.log).await?);
        let sides = appends::Sides {
            serving: &serving,
            raw,
            body,
            folder: &data,
        };
        let appends = sides.figures(name, events, options.appends).await?;
        // What was appended as fast as can be may be ahead of the read model by a second or two.
        serving
            .wait_for(rig.log.head().await?, Duration::from_secs(60))
            .await?;
        let visible = visible::at_half_load(&serving, appends::most(&appends)).await?;
        figures.extend(appends);
        figures.push(visible.figure(name, events));
        serving.end().await?;
    }
    if let Some(program) = &options.program {
        let head = rig.log.head().await?;
        let nats = rig.nats();
        let (folder, _server) = rig.close();
        for what in ["with its read models", "with nothing built"] {
            if what == "with nothing built" {
                std::fs::remove_dir_all(data.join("read-model"))?;
            }
            let started = process::start(program, &data, nats.as_deref(), head).await?;
            figures.push(figure(
                &format!("start {what}"),
                started.took.as_secs_f64(),
                "s",
            ));
            let peak = reads::mebibytes(started.peak_bytes);
            figures.push(figure(&format!("peak memory, start {what}"), peak, "MiB"));
        }
        drop(folder);
    }
    Ok(figures)
}
