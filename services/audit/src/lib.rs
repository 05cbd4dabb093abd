//! Audit: replays, compares, exports and verifies the record, by the log alone.
//!
//! [`Service`] answers over gRPC, to auditors only. [`export`] is the form in which the log leaves
//! the program, written and read without any service; [`offline`] replays and verifies an export or
//! a log on this machine: same rows, byte for byte.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod check;
pub mod export;
mod failure;
mod keeper;
mod listing;
mod metrics;
pub mod offline;
mod path;
mod rpc;
mod service;
mod tell;
#[cfg(test)]
mod tests;
mod until;

pub use check::{Finding, Verdict};
pub use listing::Listing;
pub use metrics::Metrics;
pub use service::{AuditServer, Service};
