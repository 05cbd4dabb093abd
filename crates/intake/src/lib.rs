//! Reads response letters and existing action logs into proposals a clerk can edit.
//!
//! Nothing here decides anything. A letter becomes a [`letter::LetterProposal`]; a person checks it
//! as a [`plan::LetterPlan`], a file written to be edited by hand; a clerk's own spreadsheet
//! becomes a stream of [`action_log::LogRow`]s, each row either understood or reported with its
//! number and the reason. The crate does no input or output beyond the bytes it is given.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

pub mod action_log;
mod civil_date;
mod encoding;
pub mod letter;
pub mod plan;
