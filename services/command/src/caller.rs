//! Whether the caller of a write is still there.
//!
//! A write runs on when its caller has gone, so that what has begun is finished. But a caller that has
//! gone may have asked again, at another replica, and been refused there or told that nothing changed.
//! Whatever that answer was made on, a decision of the first attempt that was made on an older state
//! conflicts; one made anew on a newer state would record what the caller was told is not. So nothing is
//! decided for a caller that is gone by the time the state was read.

use api::failure::Failure;
use event_log::Sequence;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// Kept by whoever answers the caller, for as long as an answer would still reach it.
#[derive(Debug)]
pub(crate) struct There(Arc<()>);

/// What a write knows of its caller.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    there: Weak<()>,
    /// A write of several messages that has begun is finished, for whomever: the last message on what
    /// it speaks to, when it was checked before the first of its own; 0 before that.
    begun: Arc<AtomicU64>,
    /// The first message of its own that it wrote; 0 before that, or where nobody knows.
    first: Arc<AtomicU64>,
}

impl Caller {
    /// A caller that waits until the other half is dropped.
    pub(crate) fn waiting() -> (There, Self) {
        let there = Arc::new(());
        let caller = Self {
            there: Arc::downgrade(&there),
            begun: Arc::default(),
            first: Arc::default(),
        };
        (There(there), caller)
    }

    /// Nobody waits: what is asked for has begun before, when it was checked up to a message.
    pub(crate) fn of_what_has_begun(checked: Sequence) -> Self {
        Self {
            there: Weak::new(),
            begun: Arc::new(AtomicU64::new(checked)),
            first: Arc::default(),
        }
    }

    /// From now on the write is finished whether somebody waits for it or not, unless it was begun
    /// before: up to which message it was checked when it began.
    pub(crate) fn begun(&self, checked: Sequence) -> Sequence {
        let first = self
            .begun
            .compare_exchange(0, checked, Ordering::Relaxed, Ordering::Relaxed);
        first.err().unwrap_or(checked)
    }

    /// Of a write that has begun: it wrote this message.
    pub(crate) fn wrote(&self, sequence: Sequence) {
        if self.has_begun() {
            let order = Ordering::Relaxed;
            // Only the first counts.
            let _ = self.first.compare_exchange(0, sequence, order, order);
        }
    }

    /// The first message that it wrote, as far as anybody knows.
    pub(crate) fn first(&self) -> Option<Sequence> {
        Some(self.first.load(Ordering::Relaxed)).filter(|first| *first > 0)
    }

    /// Whether it is a write of several messages that has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed) > 0
    }

    /// Of a write that has begun and that nobody waits for: up to which message it was checked.
    pub(crate) fn gone_since_it_began(&self) -> Option<Sequence> {
        let begun = self.begun.load(Ordering::Relaxed);
        (begun > 0 && self.there.strong_count() == 0).then_some(begun)
    }

    /// Refuses to decide for a caller that has gone: asked once the state was read.
    pub(crate) fn still_waits(&self) -> Result<(), Failure> {
        if self.there.strong_count() > 0 || self.has_begun() {
            Ok(())
        } else {
            Err(Failure::Deadline)
        }
    }
}

impl There {
    /// Keeps the caller there until now.
    pub(crate) fn until_here(self) {
        drop(self.0);
    }
}
