//! The one binary: every service in one process on the embedded log, any of them over NATS, and the
//! command line. `main` is nothing but [`run`].
//!
//! Data goes to standard output, messages to standard error; exit codes are those of
//! [`failure::Exit`]; the keys of `--json` are documented in `JSON.md` beside this crate.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod chance;
mod cli;
mod data_folder;
mod demo;
pub mod failure;
mod import;
mod output;
mod reach;
mod serve;
mod words;

use failure::{Exit, Failure};
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments, its name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match cli::Cli::parsed(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no failure.
            let code = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            if error.print().is_err() {
                return Exit::Failed.into();
            }
            return code.into();
        }
    };
    match cli::main(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => said(&failure),
    }
}

fn said(failure: &Failure) -> ExitCode {
    for line in failure.lines() {
        output::message(&line);
    }
    failure.exit.into()
}
