//! Matters Arising, from outside: its program, its bench's half of a comparison, its gRPC.

pub(crate) mod beside;
pub(crate) mod program;
pub(crate) mod reader;
pub(crate) mod writer;

/// The stubs, generated as any client would.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
pub(crate) mod v1 {
    tonic::include_proto!("matters.v1");
}
