//! `cargo xtask bench`: builds the program and its bench for speed, and measures.

use crate::process;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use std::process::Command;

/// What `bench` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `matters-bench`: --logs, --events, --appends, --seed, --json
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds with optimisation (minutes the first time) and runs every measurement.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let tools = setup::tools(ws, &mut Steps::default())?;
    process::run(
        Command::new(ws.cargo())
            .args([
                "build",
                "--release",
                "--package",
                "matters",
                "--package",
                "bench",
            ])
            .args(["--bin", "matters", "--bin", "matters-bench"])
            .current_dir(&ws.root),
    )?;
    let release = ws.build_folder().join("release");
    process::run(
        Command::new(release.join("matters-bench"))
            .arg("--program")
            .arg(release.join("matters"))
            .args(&options.arguments)
            .env("MATTERS_NATS_SERVER", tools.nats_server)
            .current_dir(&ws.root),
    )
}
