//! `cargo xtask setup`: what the tests need beside cargo, brought into `target/tools`; nothing is installed elsewhere.

mod apt;
mod apt_sources;
mod buf;
mod nats;
mod nextest;
mod version;

use crate::steps::Steps;
use crate::workspace::Workspace;
use anyhow::Result;
use std::path::PathBuf;

/// The tools, each with its path.
pub(crate) struct Tools {
    /// A nats-server new enough to trust.
    pub(crate) nats_server: PathBuf,
    /// The folder to put in front of the PATH so that cargo finds its nextest; none when it is there already.
    pub(crate) nextest_folder: Option<PathBuf>,
    /// The contract's checker; none when there is no npm to bring it with, outside CI.
    pub(crate) buf: Option<PathBuf>,
}

/// Brings what is missing and says what was found or installed, and where.
pub(crate) fn run(ws: &Workspace) -> Result<Tools> {
    let mut steps = Steps::default();
    let tools = bring(ws, &mut steps)?;
    steps.print_summary();
    Ok(tools)
}

/// The same as [`run`], as steps of a longer list.
pub(crate) fn bring(ws: &Workspace, steps: &mut Steps) -> Result<Tools> {
    let nats_server = steps.step("setup: nats-server", || nats::bring(ws))?;
    let nextest_folder = steps.step("setup: cargo-nextest", || nextest::bring(ws))?;
    let buf = steps.step("setup: buf", || buf::bring(ws))?;
    if buf.is_none() {
        steps.notice(
            "npm is missing, so the gRPC contract was not checked: install npm (with Node.js) and run again"
                .to_owned(),
        );
    }
    Ok(Tools {
        nats_server,
        nextest_folder,
        buf,
    })
}
