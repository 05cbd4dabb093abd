//! Running other programs: found on the PATH, with errors that say what was run.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first program of that name on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// Runs a program with its output shown; an error when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", line_of(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line_of(command));
    }
    Ok(())
}

/// Runs a program quietly and returns what it printed; an error with the end of both outputs when it fails.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", line_of(command)))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let said = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        bail!(
            "`{}` failed ({}):\n{}",
            line_of(command),
            output.status,
            last_lines(&said, 15)
        );
    }
    Ok(stdout)
}

/// `PATH` with a folder put in front of it.
pub(crate) fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(folder.to_path_buf()).chain(env::split_paths(&rest)))
        .context("a folder on the PATH cannot be joined")
}

fn line_of(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Builds a package with optimisation and runs a program of it.
pub(crate) fn run_for_speed(
    ws: &Workspace,
    package: &str,
    program: &str,
    arguments: &[String],
) -> Result<()> {
    run(Command::new(ws.cargo())
        .args(["build", "--release", "--package", package])
        .current_dir(&ws.root))?;
    run(
        Command::new(ws.build_folder().join("release").join(program))
            .args(arguments)
            .current_dir(&ws.root),
    )
}
