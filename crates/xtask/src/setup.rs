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

/// What running tests needs.
pub(crate) struct Tools {
    /// A nats-server new enough to trust.
    pub(crate) nats_server: PathBuf,
    /// The folder to put in front of the PATH so that cargo finds its nextest; none when it is there already.
    pub(crate) nextest_folder: Option<PathBuf>,
}

/// Brings everything that is missing and says what was found or installed, and where.
pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let mut steps = Steps::default();
    tools(ws, &mut steps)?;
    buf(ws, &mut steps)?;
    steps.print_summary();
    Ok(())
}

/// Brings what running tests needs, as steps of a longer list.
pub(crate) fn tools(ws: &Workspace, steps: &mut Steps) -> Result<Tools> {
    Ok(Tools {
        nats_server: steps.step("setup: nats-server", || nats::bring(ws))?,
        nextest_folder: steps.step("setup: cargo-nextest", || nextest::bring(ws))?,
    })
}

/// Brings the contract's checker; none, with a notice, when there is no npm to bring it with and this is not CI.
pub(crate) fn buf(ws: &Workspace, steps: &mut Steps) -> Result<Option<PathBuf>> {
    let buf = steps.step("setup: buf", || buf::bring(ws))?;
    if buf.is_none() {
        steps.notice(
            "npm is missing, so the gRPC contract was not checked: install npm (with Node.js) and run again"
                .to_owned(),
        );
    }
    Ok(buf)
}
