//! The rules of actions: each step once and again, each refusal, and laws over all of them.

mod choices;
mod examples;
mod harness;
mod kin;
mod laws;
mod refused;
mod standing;
mod steps;

pub(crate) use choices::{Choices, event};
