//! The gRPC contract: generated stubs, conversions both ways, and the one map from failures to
//! gRPC status.

pub mod v1 {
    //! The generated messages, clients and servers of `matters.v1`.
    #![allow(
        missing_docs,
        unreachable_pub,
        clippy::all,
        clippy::allow_attributes_without_reason,
        reason = "generated; the documentation is in the .proto files"
    )]
    tonic::include_proto!("matters.v1");
}

/// The descriptors of the contract, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

pub mod auth;
pub mod clock;
pub mod deadline;
pub mod failure;
pub mod figures;
pub mod message;
pub mod read_figures;
pub mod request;
pub mod words;
