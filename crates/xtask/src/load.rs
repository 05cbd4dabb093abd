//! `cargo xtask load`: builds the program and its load for speed, and asks of it what a panel's day asks.

use crate::process;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;

/// What `load` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `matters-load`: --minutes, --phases, --seed, --json
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds with optimisation (minutes the first time) and runs every phase.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    process::run_for_speed(ws, "load", "matters-load", &options.arguments)
}
