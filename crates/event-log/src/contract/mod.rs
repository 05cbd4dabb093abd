//! The contract of [`EventLog`], as tests that every implementation passes.
//!
//! A [`Rig`] makes a log, restarts it and hands out handles; the cases know nothing else of it. A
//! crate that implements the trait writes a rig and says [`contract_tests!`](crate::contract_tests).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "these are tests: a broken promise panics"
)]

mod appends;
mod following;
mod messages;
mod reads;
mod restarts;
mod retries;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{ConflictCode, EventLog};

pub use appends::*;
pub use following::*;
pub use messages::{Message, append_until_answered, instant, subject};
pub use reads::*;
pub use restarts::*;
pub use retries::*;

/// One log of a test's own.
#[async_trait]
pub trait Rig: Send {
    /// A further handle onto the same log, as another process would have one: nothing of what the
    /// other handles remember is known to it.
    async fn handle(&mut self) -> Arc<dyn EventLog>;

    /// Stops the log without warning and starts it again. No handle is held by the caller,
    /// unless the log's handles outlive a restart.
    async fn restart(&mut self);

    /// Returns when the log has forgotten whatever it remembers of recent ids only.
    async fn forget_recent_ids(&mut self);

    /// The codes that a conflict without any accident may have.
    fn conflict_codes(&self) -> &'static [ConflictCode];

    /// Destroys the log and makes a new one in its place. No handle is held by the caller.
    async fn replace(&mut self);
}

/// How long a case waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Hands the names of the cases to a macro: those that leave the log running, and those that restart
/// it, which is slow where servers have to elect a leader.
#[macro_export]
macro_rules! contract_cases {
    (running: $then:ident!($($first:tt)*)) => {
        $then! { $($first)*
            an_append_says_where_it_is,
            an_append_that_expects_too_little_or_too_much_conflicts,
            one_of_many_writers_wins,
            writers_on_many_subjects_leave_no_gap,
            what_is_too_long_is_refused,
            a_dropped_append_is_written_once_or_never,
            a_retry_gets_the_first_answer,
            a_retry_gets_the_first_answer_when_recent_ids_are_forgotten,
            retries_at_the_same_time_write_once,
            an_id_stands_for_one_message,
            a_cheap_look_sees_every_older_id,
            an_empty_log_says_so,
            everything_written_reads_back,
            batches_follow_each_other,
            a_long_subject_reads_whole,
            a_follower_catches_up_and_goes_live,
            followers_do_not_disturb_each_other,
            a_follower_beyond_the_head_is_refused,
        }
    };
    (restarting: $then:ident!($($first:tt)*)) => {
        $then! { $($first)*
            a_retry_gets_the_first_answer_after_a_restart,
            the_incarnation_is_the_creation,
            nothing_acknowledged_is_lost_in_a_restart,
        }
    };
}

/// One test per case of the contract, in the module it is called from: `contract_tests!(make_rig)`,
/// where `make_rig().await` is a new [`Rig`](crate::contract::Rig).
#[macro_export]
macro_rules! contract_tests {
    ($rig:path) => {
        $crate::contract_cases!(running: contract_tests!(@each $rig:));
        $crate::contract_cases!(restarting: contract_tests!(@each $rig:));
    };
    (@each $rig:path: $($case:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let mut rig = $rig().await;
                $crate::contract::$case(&mut rig).await;
            }
        )*
    };
}
