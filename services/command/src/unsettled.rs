//! Appends of this process of which nobody knows whether they are on record, or will be.
//!
//! A message without an answer may arrive later, for as long as its subject stands where it expects it to.
//! A request that comes again and is refused by what another subject says (a return, by who holds an action)
//! does not move its own: told so, its client would be told wrong once the first message arrives. So before a
//! request is told that it records nothing, a message of an earlier attempt is sent once more as it was:
//! it is on record then, or can never be.

use crate::asking::Asking;
use crate::service::Inner;
use api::failure::Failure;
use event_log::{Append, AppendError};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Most that are remembered; the oldest are forgotten first.
const LIMIT: usize = 1_024;

/// Most bytes of bodies that are remembered.
const LIMIT_BYTES: usize = 16 << 20;

/// What is remembered, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Unsettled(Mutex<VecDeque<Append>>);

impl Unsettled {
    /// Nobody knows what became of it.
    pub(crate) fn note(&self, append: Append) {
        self.with(|kept| {
            kept.retain(|one| one.id != append.id);
            kept.push_back(append);
            let mut bytes: usize = kept.iter().map(|one| one.body.len()).sum();
            while kept.len() > LIMIT || bytes > LIMIT_BYTES {
                let Some(oldest) = kept.pop_front() else {
                    break;
                };
                bytes -= oldest.body.len();
            }
        });
    }

    fn of(&self, id: Uuid) -> Option<Append> {
        self.with(|kept| kept.iter().find(|one| one.id == id).cloned())
    }

    fn forget(&self, id: Uuid) {
        self.with(|kept| kept.retain(|one| one.id != id));
    }

    fn with<T>(&self, look: impl FnOnce(&mut VecDeque<Append>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    /// Sees to it that no message of an earlier attempt of this request, by this process, is on its way any
    /// more.
    ///
    /// # Errors
    /// When that cannot be known now.
    pub(crate) async fn settle_earlier(&self, asking: &Asking) -> Result<(), Failure> {
        let earlier = self.unsettled.of(asking.id);
        let Some(earlier) = earlier.filter(|earlier| earlier.digest == asking.digest) else {
            return Ok(());
        };
        match self.log.append(earlier).await {
            Err(error @ (AppendError::OutcomeUnknown { .. } | AppendError::Unavailable { .. })) => {
                Err(error.into())
            }
            // Whatever the answer: it is one.
            _ => {
                self.unsettled.forget(asking.id);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use event_log::{Attributes, Digest, Subject};

    fn append(id: u128, bytes: usize) -> Append {
        Append {
            id: Uuid::from_u128(id),
            subject: Subject::parse("evt.area.register").unwrap(),
            expected: 0,
            digest: Digest::of(b""),
            attributes: Attributes {
                source: String::new(),
                kind: String::new(),
                time: DateTime::UNIX_EPOCH,
            },
            body: vec![0; bytes].into(),
        }
    }

    #[test]
    fn the_oldest_are_forgotten_first_by_number_and_by_size() {
        let known = |unsettled: &Unsettled, id| unsettled.of(Uuid::from_u128(id)).is_some();
        let many = Unsettled::default();
        for id in 0..=LIMIT as u128 {
            many.note(append(id, 1));
        }
        assert!(!known(&many, 0) && known(&many, 1) && known(&many, LIMIT as u128));
        // Noted again, it is the youngest.
        many.note(append(1, 1));
        many.note(append(u128::MAX, 1));
        assert!(known(&many, 1) && !known(&many, 2));
        many.forget(Uuid::from_u128(1));
        assert!(!known(&many, 1));

        let large = Unsettled::default();
        for id in 0..3 {
            large.note(append(id, LIMIT_BYTES / 2));
        }
        assert!(!known(&large, 0) && known(&large, 1) && known(&large, 2));
    }
}
