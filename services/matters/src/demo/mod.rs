//! `matters demo`.

use crate::cli::Global;
use crate::failure::Failure;
use clap::Args;

/// What `matters demo` takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {}

/// Serves with the demo meeting loaded.
pub(crate) async fn run(_options: &Options, _global: &Global) -> Result<(), Failure> {
    Err(Failure::new("the demo is not there yet"))
}
