//! Asks of the program what a panel's day asks, by schedule, and measures how it answers.
//!
//! Open loop: a request is sent when its time has come, whether or not earlier ones were answered, and
//! its latency counts from that time. So a server that stands still for a second is seen to have made
//! everybody wait who came in that second, which a client that waits for its answers would hide.
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
mod day;
mod office;
mod outcome;
mod phase;
mod report;
mod request;
mod run;
mod server;

pub use phase::Phase;
pub use report::Report;
pub use run::{Asked, run};
