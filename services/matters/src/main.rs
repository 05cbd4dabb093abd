//! The one binary: every service in one process, and the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    matters::run(std::env::args_os())
}
