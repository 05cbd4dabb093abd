//! `cargo xtask contract`: buf's checks of `proto/` against the committed `proto/baseline.binpb`.
//!
//! The baseline is the contract as last accepted, in the repository, so that the check needs no history (a fresh or
//! shallow clone has none) and works offline. It fails when the contract breaks a client, and also when it grew without
//! being accepted: otherwise what was added since could be broken unseen. `--accept` writes the new baseline after a
//! compatible change; `--accept-breaking` after one that is meant, which then shows in the diff of a review.

use crate::process;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BASELINE: &str = "proto/baseline.binpb";

/// What `contract` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Make the contract as it stands the baseline, if it breaks no client
    #[arg(long)]
    accept: bool,
    /// Make the contract as it stands the baseline, whatever it breaks
    #[arg(long, conflicts_with = "accept")]
    accept_breaking: bool,
}

/// Checks the contract, or accepts it as the new baseline.
pub(crate) fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    let Some(buf) = setup::buf(ws, &mut steps)? else {
        bail!("buf is not there and there is no npm to bring it: install npm (with Node.js)");
    };
    if !options.accept && !options.accept_breaking {
        return check(ws, &buf);
    }
    lint(ws, &buf)?;
    if options.accept && ws.root.join(BASELINE).is_file() {
        breaking(ws, &buf)?;
    }
    build(ws, &buf, &ws.root.join(BASELINE))?;
    println!("    wrote {BASELINE}: commit it with the change it accepts");
    Ok(())
}

/// Lint, nothing broken, nothing unaccepted.
pub(crate) fn check(ws: &Workspace, buf: &Path) -> Result<()> {
    lint(ws, buf)?;
    let baseline = ws.root.join(BASELINE);
    ensure!(
        baseline.is_file(),
        "{BASELINE} is missing: `cargo xtask contract --accept` writes it"
    );
    breaking(ws, buf)?;
    let now = ws.tools().join("contract-now.binpb");
    build(ws, buf, &now)?;
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    ensure!(
        read(&now)? == read(&baseline)?,
        "the contract grew since {BASELINE} was accepted and breaks nothing: run `cargo xtask contract --accept` and commit the file"
    );
    println!("    lint is clean, and the contract is the accepted one");
    Ok(())
}

fn lint(ws: &Workspace, buf: &Path) -> Result<()> {
    process::run(buf_in(ws, buf).args(["lint", "proto"])).context("buf lint (STANDARD)")
}

fn breaking(ws: &Workspace, buf: &Path) -> Result<()> {
    process::run(buf_in(ws, buf).args(["breaking", "proto", "--against", BASELINE])).context(
        "the contract breaks a client (WIRE_JSON); if that is meant, `cargo xtask contract --accept-breaking`",
    )
}

fn build(ws: &Workspace, buf: &Path, out: &Path) -> Result<()> {
    process::run(
        buf_in(ws, buf)
            .args(["build", "proto", "--exclude-source-info", "--output"])
            .arg(out),
    )
}

/// buf keeps a cache; it goes beside the tool, since a machine may have no home folder.
fn buf_in(ws: &Workspace, buf: &Path) -> Command {
    let cache: PathBuf = ws.tools().join("buf-cache");
    let mut command = Command::new(buf);
    command.env("BUF_CACHE_DIR", cache).current_dir(&ws.root);
    command
}
