//! System tests: one binary, the whole program from outside, through its command line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod apart;
mod bad_requests;
mod commands;
mod crashes;
mod damage;
mod demo;
mod disk_full;
mod exports;
mod imports;
mod refusals;
mod rig;
mod session;
mod tokens;
