//! `cargo xtask fuzz`: builds the fuzz targets for speed and gives them cases.

use crate::process;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;

/// What `fuzz` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `matters-fuzz`: --cases, --target, --seed, --first
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds with optimisation (minutes the first time) and runs every target.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    process::run_for_speed(ws, "fuzz", "matters-fuzz", &options.arguments)
}
