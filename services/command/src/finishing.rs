//! Finishing a write of several messages for nobody: its caller has gone, or the process died.
//!
//! Since the check that it began with, the same request may have come again, to another replica, and
//! have been refused there or told that nothing changes. So it is finished only if no state since then
//! would have answered so; a decision on the last state alone would record what its caller was told is
//! not recorded.

use crate::aggregate::Folded;
use crate::asking::Asking;
use crate::service::Inner;
use crate::states::{Held, decision};
use crate::step::{Decided, Done, Seen, changed_since};
use api::failure::Failure;
use domain::aggregate::Address;
use domain::register::Register;

impl Inner {
    /// What the request would have been answered, had it come again at any time since it began, other
    /// than by a record; `None` when nothing stands in the way of finishing it.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) async fn answered_since_it_began<S: Folded>(
        &self,
        asking: &Asking,
        address: &Address,
        register: &Register,
        decide: &(impl Fn(Seen<'_, S>) -> Result<Decided<S::Event>, Failure> + Send + Sync),
    ) -> Result<Option<Done<S::Event>>, Failure> {
        let Some(began) = asking.caller.gone_since_it_began() else {
            return Ok(None);
        };
        let subject = Self::subject(address)?;
        let mut held = Held::<S>::nothing();
        for record in self.log.read_subject(&subject, 0).await? {
            // The state before this message was seen by whoever came between the two.
            if held.last > 0 && record.sequence > began {
                let decided = decide(Seen {
                    state: &held.state,
                    register,
                })?;
                if decided.events.is_empty() {
                    return Ok(Some(held.unchanged(decided.events)));
                }
            }
            held.take_in(&decision::<S>(&record)?, record.sequence);
            // Before its first message nobody could tell that it had begun, and that a change which its
            // caller had not seen came after.
            if let (Some(etag), Some(first)) = (asking.etag, asking.caller.first())
                && (etag + 1..first).contains(&record.sequence)
            {
                return Err(changed_since(etag, &held, address));
            }
        }
        Ok(None)
    }
}
