//! `matters-load`: asks of the program what a panel's day asks, and measures how it answers.
#![allow(
    clippy::print_stdout,
    reason = "what this program prints is its purpose"
)]

use anyhow::{Context as _, Result};
use clap::Parser;
use load::{Asked, Phase, run};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// As the program itself, so that no other binary needs to be there.
const AS_PROGRAM: &str = "as-program";

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Asks of the program what a panel's day asks, by schedule, and measures how it answers.
#[derive(Debug, Parser)]
#[command(name = "matters-load")]
struct Options {
    /// How long each phase lasts, in minutes
    #[arg(long, default_value_t = 10.0, value_name = "MINUTES")]
    minutes: f64,
    /// Which phases; all of them when left out
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PHASES")]
    phases: Vec<Phase>,
    /// From which chance follows
    #[arg(long, default_value_t = 2018, value_name = "N")]
    seed: u64,
    /// Write the figures as JSON to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[allow(
    clippy::disallowed_methods,
    reason = "the clock is read here, once, for tokens that the server's clock judges"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == AS_PROGRAM)
    {
        return matters::run(name.into_iter().chain(arguments.skip(1)));
    }
    match measure(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("matters-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing is wrong.
fn measure(options: &Options) -> Result<bool> {
    let phases = match options.phases.as_slice() {
        [] => Phase::ALL.to_vec(),
        some => some.to_vec(),
    };
    let asked = Asked {
        program: (std::env::current_exe()?, vec![AS_PROGRAM.to_owned()]),
        phases,
        lasts: Duration::try_from_secs_f64(options.minutes * 60.0).context("--minutes")?,
        step: Duration::from_secs(5),
        seed: options.seed,
        now: now(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(run(&asked, |line| println!("{line}")))?;
    println!("{report}");
    if let Some(file) = &options.json {
        let json = serde_json::to_string_pretty(&report.json())?;
        std::fs::write(file, json).with_context(|| file.display().to_string())?;
    }
    Ok(report.problems().is_empty())
}
