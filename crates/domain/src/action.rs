//! An action: the thing that is tracked, from the meeting that raised it to the closure the
//! Panel agreed.
//!
//! `event` says what can happen, `state` and `evolve` what it amounts to, `command` what can be asked for,
//! `rejection` why it may be refused, `kin` which actions hold words of another,
//! `ancestry` whether links form a circle, and `decide` brings them together.

mod ancestry;
mod command;
mod decide;
mod event;
mod evolve;
mod kin;
mod rejection;
mod slim;
mod state;
mod terms;

pub use ancestry::{ANCESTRY_LIMIT, Ancestry};
pub use command::{Command, Lookup, Raise, RespondPart};
pub(crate) use decide::needs_recovery;
pub use decide::{Context, decide};
pub use event::{ActionEvent, DueSet, MeetingRef, Origin, PartText, Raised, SplitChild};
pub use evolve::{evolve, fold, step};
pub use kin::{KIN_LIMIT, Kin, Reach, may_correct, same_view};
pub use rejection::Rejection;
pub use state::{
    Action, Clock, Closing, Delegation, DelegationStatus, Due, LinkState, PartState, Progress,
    ResponseState, RestrictionState, TriageState, Undone,
};
pub use terms::{
    Citation, Coverage, Ground, Kind, LinkKind, Outcome, PartId, Protocol, Rag, Remit, ResponseId,
    ResponseKind, Sensitivity, Status,
};

#[cfg(test)]
pub(crate) mod tests;
