//! The read side: answers from the read models, each with how fresh it is.
//!
//! Every call takes one path ([`path`]): what is asked becomes checked values, the policy says who
//! reads, the token of a write is waited for, one question goes to the read model, and the answer
//! carries its position. Rows arrive from the read model as the reader may see them.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod failure;
mod metrics;
mod path;
mod returns;
mod rpc;
mod service;
#[cfg(test)]
mod tests;

pub use metrics::Metrics;
pub use service::{QueryServer, Service};
