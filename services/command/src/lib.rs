//! The write side: decides and appends.
//!
//! Every call takes one path: the message becomes a domain command, the policy says whether its
//! principal may, the aggregate's state is loaded, the domain decides, the log appends, and a token
//! for reads goes back. The request id is the message id, so a repeated call finds what the first
//! one recorded.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod metrics;
mod rpc;
mod service;

pub use metrics::Metrics;
pub use service::{CommandServer, RecoveryError, Service};
