//! Read models in sled: what the log amounts to, kept so that questions are answered at once.
//!
//! [`ReadModel`] follows a log and answers: lists, counts, one action, returns, changes,
//! comparisons, performance, each as of any day or instant ([`AsOf`]). [`Replay`] is the same fold
//! without a store, for audit; [`verify::compare`] holds one against the other. Everything here can
//! be deleted and is rebuilt from the log.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod as_of;
mod dense;
mod error;
mod filter;
mod follow;
#[doc(hidden)]
pub mod fuzzing;
pub mod generate;
mod keys;
mod message;
mod model;
mod query;
mod replay;
mod row;
mod seen;
mod sort;
mod status;
mod store;
mod trail;
pub mod verify;
mod view;

pub use as_of::AsOf;
pub use error::{ReadError, StoreError, WaitError};
pub use filter::Filter;
pub use model::{Options, ReadModel, Token};
pub use query::{
    ActionStory, Change, ChangeKind, ChangedRow, Changes, Counts, CoverageRow, Difference,
    FieldChange, PAGE_LIMIT, Page, Performance, Question, ReturnCell, Since,
};
pub use replay::{Gap, Replay};
pub use row::{
    ClosingCell, DelegationAnswer, DelegationCell, LinkCell, MeetingCell, ParkedCell, PartCell,
    ResponseCell, RestrictionCell, Row,
};
pub use seen::{Gate, Told};
pub use sort::{Cursor, Sort, SortBy};
pub use status::{Parked, ReadStatus, Rebuilding};
