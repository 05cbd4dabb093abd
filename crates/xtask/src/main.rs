//! The project's own commands: `cargo xtask setup | test | tidy | contract | demo | seeds | bench | torture | fuzz | load`.
#![allow(
    clippy::print_stdout,
    reason = "what this program prints is its purpose"
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod bench;
mod contract;
mod demo;
#[cfg(test)]
mod deploy;
mod fuzz;
mod load;
mod process;
mod seeds;
mod setup;
mod steps;
mod test;
mod tidy;
mod torture;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring what the tests need: nats-server, cargo-nextest, buf
    Setup,
    /// Run every check and every test, or the tests that match a filter
    Test(test::Options),
    /// Check the house rules
    Tidy,
    /// Check the gRPC contract: lint, and nothing that breaks a client
    Contract(contract::Options),
    /// Start every service in one process with the demo meeting loaded
    Demo(demo::Options),
    /// Import the seed letter and compare what is found with the known counts
    Seeds(seeds::Options),
    /// Measure the program beside the limits of this machine, in one run
    Bench(bench::Options),
    /// Throw faults at the program, real or simulated, and count what was lost
    Torture(torture::Options),
    /// Give every reader of bytes from outside millions of cases that nobody would write
    Fuzz(fuzz::Options),
    /// Ask of the program what a panel's day asks, ten times that, and more than it can answer
    Load(load::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = workspace::Workspace::locate().and_then(|ws| match cli.command {
        Command::Setup => setup::run(&ws),
        Command::Test(options) => test::run(&ws, &options),
        Command::Tidy => tidy::run(&ws),
        Command::Contract(options) => contract::run(&ws, &options),
        Command::Demo(options) => demo::run(&ws, &options),
        Command::Seeds(options) => seeds::run(&ws, &options),
        Command::Bench(options) => bench::run(&ws, &options),
        Command::Torture(options) => torture::run(&ws, &options),
        Command::Fuzz(options) => fuzz::run(&ws, &options),
        Command::Load(options) => load::run(&ws, &options),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
