//! `matters import`.

use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use clap::Subcommand;

/// Read a response letter, or an existing action log.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {}

impl Import {
    /// Runs it.
    pub(crate) async fn run(self, _session: &mut Session) -> Result<Exit, Failure> {
        match self {}
    }
}
