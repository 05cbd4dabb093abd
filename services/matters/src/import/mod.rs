//! `matters import`: a response letter, or a clerk's existing action log.

mod applier;
mod apply;
mod letter;
mod log;
mod log_check;
mod log_row;
mod log_steps;
mod progress;

use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use clap::Subcommand;

/// Read a response letter, or an existing action log.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Read a response letter: text or Markdown
    Letter(letter::Letter),
    /// Read an existing action log: CSV or Excel
    Log(log::Log),
}

impl Import {
    /// Runs it.
    pub(crate) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        match self {
            Self::Letter(verb) => verb.run(session).await,
            Self::Log(verb) => verb.run(session).await,
        }
    }
}
