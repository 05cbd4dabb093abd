//! Throws faults at the program and counts what was lost: nothing, or it is a bug.
//!
//! [`simulate`] runs the command service in one thread over a log that misbehaves as far as the
//! contract of [`event_log::EventLog`] permits, by a schedule that follows from one number, so that a
//! failure is replayed by its number. [`run`] does the same to real processes by real means. What concurrent clients asked for and were told is a
//! [`history`]; [`check`] holds it against the log.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

pub mod chance;
pub mod check;
pub mod history;
pub mod request;
pub mod run;
pub mod simulate;
