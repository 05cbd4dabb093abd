//! The command service over real gRPC, on the embedded log and on a nats-server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod asks;
mod bulk;
mod counted;
mod crashes;
mod every_call;
mod fields;
mod hot_path;
mod next_meeting;
mod numbering;
mod outages;
mod races;
mod recovering;
mod refusals;
mod restricting;
mod retries;
mod rig;
