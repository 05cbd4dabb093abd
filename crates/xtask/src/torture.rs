//! `cargo xtask torture`: builds the program and its torture for speed, and throws faults at it.

use crate::process;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the library that moves the clocks of a process.
const FAKETIME: &str = "MATTERS_FAKETIME";

/// What `torture` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `matters-torture`, such as `simulate --seed 7` or `faults --only disk`; `all` when empty
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
        // A flag alone is one of `all`.
        [first, ..] if !first.starts_with('-') => &[][..],
        _ => &["all"][..],
    };
    let mut command = Command::new(ws.build_folder().join("release").join("matters-torture"));
    match faketime(&ws.tools()) {
        Ok(library) => {
            command.env(FAKETIME, library);
        }
        Err(reason) => println!("clocks are not moved: no libfaketime: {reason:#}"),
    }
    process::run(
        command
            .args(arguments)
            .args(&options.arguments)
            .env("MATTERS_NATS_SERVER", tools.nats_server)
            .current_dir(&ws.root),
    )
}

/// libfaketime of the machine's own release, unpacked beside the other tools; nothing is installed.
fn faketime(tools: &Path) -> Result<PathBuf> {
    let place = tools.join("libfaketimeMT.so.1");
    if place.is_file() {
        return Ok(place);
    }
    let work = tools.join("libfaketime.work");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work)?;
    let found = fetched(&work).and_then(|library| {
        fs::copy(library, &place)?;
        Ok(place)
    });
    let _ = fs::remove_dir_all(&work);
    found
}

fn fetched(work: &Path) -> Result<PathBuf> {
    let mut download = Command::new("apt-get");
    download.args(["-q", "download", "libfaketime"]);
    process::capture(download.current_dir(work))?;
    let package = fs::read_dir(work)?.flatten().map(|entry| entry.path());
    let package = package.last().context("apt-get downloaded nothing")?;
    process::capture(Command::new("dpkg-deb").arg("-x").arg(package).arg(work))?;
    let folders = fs::read_dir(work.join("usr/lib"))?.flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries
        .find(|library| library.is_file())
        .context("the package holds no libfaketimeMT.so.1")
}
