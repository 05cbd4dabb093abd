//! The command service over real gRPC on the embedded log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod asks;
mod crashes;
mod every_call;
mod fields;
mod races;
mod refusals;
mod retries;
mod rig;
