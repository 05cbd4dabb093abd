//! Real nats-server processes of a test's own, on free ports and a temporary store.

mod binary;
mod cluster;
mod raw;
mod server;

pub use binary::{SERVER_VARIABLE, find};
pub use cluster::Cluster;
pub use raw::RawPublisher;
pub use server::{NatsOptions, NatsServer, Place};
