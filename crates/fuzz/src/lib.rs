//! Gives what the program reads from outside bytes that nobody would write.
//!
//! A target takes bytes, holds what comes of them against what must hold of any bytes, and panics where
//! it does not. Bytes come from a corpus of what is right, changed by chance that follows from a seed
//! ([`Mutator`]); any other engine can drive the same targets. Why this one: see this crate's README.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a target that panics is how a finding is made"
)]

mod corpus;
mod mutator;
mod run;
mod targets;

pub use mutator::Mutator;
pub use run::{Found, Told, run};
pub use targets::{Target, all};
