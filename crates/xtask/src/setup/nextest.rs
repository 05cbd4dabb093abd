//! cargo-nextest: the one that is there, or built by cargo.

use super::version::first_version;
use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

/// Returns the folder to put in front of the PATH, or none when cargo finds its nextest already.
pub(super) fn bring(ws: &Workspace) -> Result<Option<PathBuf>> {
    if let Some(there) = process::on_path("cargo-nextest") {
        println!("    found {} {}", there.display(), version(&there)?);
        return Ok(None);
    }
    let folder = ws.tools().join("bin");
    let program = folder.join("cargo-nextest");
    if !program.is_file() {
        println!("    building cargo-nextest (some minutes, once)");
        process::run(
            Command::new(ws.cargo())
                .args(["install", "cargo-nextest", "--locked", "--quiet", "--root"])
                .arg(ws.tools())
                .current_dir(&ws.root),
        )?;
    }
    println!("    {} {}", ws.shown(&program), version(&program)?);
    Ok(Some(folder))
}

fn version(program: &PathBuf) -> Result<String> {
    let said = process::capture(Command::new(program).args(["nextest", "--version"]))?;
    let (major, minor, patch) =
        first_version(&said).with_context(|| format!("{} says \"{said}\"", program.display()))?;
    Ok(format!("({major}.{minor}.{patch})"))
}
