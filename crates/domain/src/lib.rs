//! The rules: actions, the register, quarterly returns, calendars, references, policy.
//!
//! Pure: no input or output, no clock, no chance. Each aggregate has its events, the state they
//! fold into (`evolve`), its commands, its rejections and `decide`, in that order.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests may"
    )
)]

pub mod action;
pub mod aggregate;
pub mod calendar;
pub mod policy;
pub mod reference;
pub mod register;
pub mod returns;
pub mod stored;
pub mod text;
