//! `cargo xtask torture`: builds the program and its torture for speed, and throws faults at it.

use crate::process;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use std::process::Command;

/// What `torture` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `matters-torture`, such as `simulate --seed 7`; `run` with its defaults when empty
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds with optimisation (minutes the first time) and runs it.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let tools = setup::tools(ws, &mut Steps::default())?;
    process::run(
        Command::new(ws.cargo())
            .args(["build", "--release", "--package", "torture"])
            .current_dir(&ws.root),
    )?;
    let arguments = match options.arguments.as_slice() {
        // A flag alone is one of `run`.
        [first, ..] if !first.starts_with('-') => &[][..],
        _ => &["run"][..],
    };
    process::run(
        Command::new(ws.build_folder().join("release").join("matters-torture"))
            .args(arguments)
            .args(&options.arguments)
            .env("MATTERS_NATS_SERVER", tools.nats_server)
            .current_dir(&ws.root),
    )
}
