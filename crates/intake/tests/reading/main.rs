//! What is found in letters and logs of many layouts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod action_logs;
mod any_text;
mod letters;
mod plans;
