//! The register of an area: bodies, delivery groups, series of references, meetings, and when
//! boards want their groups' returns. Names are kept as they were on the day.

mod decide;
mod event;
mod state;

pub use decide::{Command, Rejection, decide};
pub use event::{BodyKind, GroupDetails, RegisterEvent};
pub use state::{Body, Group, Meeting, Names, Party, PartyKind, Register, evolve, fold};

#[cfg(test)]
pub(crate) mod tests;
