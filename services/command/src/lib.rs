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

mod aggregate;
mod answer;
mod asking;
mod asks;
mod before;
mod bulk;
mod caller;
mod finishing;
#[doc(hidden)]
pub mod fuzzing;
mod journal;
mod metrics;
mod recovery;
mod rpc;
mod series;
mod service;
mod states;
mod step;
mod told;
mod turns;
mod unsettled;

pub use metrics::Metrics;
pub use recovery::RecoveryError;
pub use service::{CommandServer, Service};
