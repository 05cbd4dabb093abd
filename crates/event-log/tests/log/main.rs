//! Both logs against the one contract, and what only one of them can promise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod embedded;
mod jetstream;
