//! The read models against their laws: one fold however it is come by, one selection behind lists
//! and numbers, nothing shown to who may not see it, and no fault that leaves them wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod as_of;
mod bench;
mod faults;
mod matrix;
mod memory;
mod pages;
mod redaction;
mod rig;
mod same;
mod search;

/// As the program: so that the figures are its.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
