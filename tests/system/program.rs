//! The program, built beside its system tests so that they find it.

use std::process::ExitCode;

fn main() -> ExitCode {
    matters::run(std::env::args_os())
}
