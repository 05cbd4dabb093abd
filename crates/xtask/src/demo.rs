//! `cargo xtask demo`: builds the program and starts it with the demo meeting loaded.

use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use clap::Args;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

/// What `demo` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `matters demo`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds `matters` as the tests do (a minute, not seven) and hands over to `matters demo`.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let program = build(ws)?;
    // Replaces this process, so that Ctrl-C reaches the program and the shell waits for its clean end.
    let error = Command::new(&program)
        .arg("demo")
        .args(&options.arguments)
        .exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

/// Builds the one binary and says where it is.
pub(crate) fn build(ws: &Workspace) -> Result<PathBuf> {
    process::run(
        Command::new(ws.cargo())
            .args(["build", "--package", "matters", "--bin", "matters"])
            .current_dir(&ws.root),
    )?;
    Ok(ws.build_folder().join("debug").join("matters"))
}
