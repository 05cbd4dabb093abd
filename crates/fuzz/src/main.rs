//! `matters-fuzz`: runs targets, and tells what was found.
#![allow(
    clippy::print_stdout,
    reason = "what this program prints is its purpose"
)]

use anyhow::{Result, bail};
use clap::Parser;
use fuzz::{Told, all, run};
use std::io::Write as _;

/// Gives what the program reads from outside bytes that nobody would write.
#[derive(Debug, Parser)]
#[command(name = "matters-fuzz")]
struct Options {
    /// Cases of each target
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    cases: u64,
    /// Only these targets
    #[arg(long = "target", value_name = "NAME")]
    targets: Vec<String>,
    /// From which chance follows
    #[arg(long, default_value_t = 2018, value_name = "N")]
    seed: u64,
    /// The number of the first case: with --cases 1, one case again
    #[arg(long, default_value_t = 0, value_name = "N")]
    first: u64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let known = all();
    for name in &options.targets {
        if known.iter().all(|target| target.name != name) {
            let names: Vec<&str> = known.iter().map(|target| target.name).collect();
            bail!("there is no target {name}; there are {}", names.join(", "));
        }
    }
    println!("seed {}", options.seed);
    println!("| target | cases | read | s | cases/s | slowest ms | found |");
    println!("|---|---|---|---|---|---|---|");
    let mut found = 0;
    for target in &known {
        if options.targets.is_empty() || options.targets.iter().any(|name| name == target.name) {
            let told = run(target, options.seed, options.first, options.cases);
            found += told.found.len();
            tell(&told, options.seed);
            std::io::stdout().flush()?;
        }
    }
    if found > 0 {
        bail!("{found} cases broke what must hold");
    }
    Ok(())
}

fn tell(told: &Told, seed: u64) {
    let seconds = told.took.as_secs_f64();
    println!(
        "| {} | {} | {} | {seconds:.1} | {:.0} | {:.2} | {} |",
        told.name,
        told.cases,
        told.read,
        told.cases as f64 / seconds,
        told.slowest.as_secs_f64() * 1_000.0,
        told.found.len()
    );
    for found in &told.found {
        println!(
            "{} --seed {seed} --first {} --cases 1: {}\n{:?}",
            told.name,
            found.case,
            found.said,
            String::from_utf8_lossy(&found.bytes)
        );
    }
}
