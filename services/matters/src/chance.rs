//! The system's clock and chance: the one place where they are read; everything else is given them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The instant it is.
#[allow(
    clippy::disallowed_methods,
    reason = "the one clock, passed on to everything else"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// An id that nobody has, with the time it was made at its front (version 7 of RFC 9562): a log's index of
/// ids then grows at its end, and not all over a file of gigabytes.
#[allow(
    clippy::disallowed_methods,
    reason = "ids are made where the request is made, and this is where"
)]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}
