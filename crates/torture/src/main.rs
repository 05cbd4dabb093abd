//! `matters-torture`: throws faults at the program and counts what was lost.
#![allow(
    clippy::print_stdout,
    reason = "what this program prints is its purpose"
)]

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::time::Instant;
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

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Simulate(options) => simulations(&options),
    }
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
