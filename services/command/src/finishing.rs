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
use domain::action::{Action, same_view};
use domain::aggregate::Address;
use domain::register::Register;
use event_log::{Sequence, Subject};
use std::collections::BTreeMap;

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
        self.one_view_since(asking, address, began).await?;
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

    /// Refuses one response to several when some of them were restricted and some were not, at any time
    /// since it began and before its first message: whoever came then was refused.
    async fn one_view_since(
        &self,
        asking: &Asking,
        address: &Address,
        began: Sequence,
    ) -> Result<(), Failure> {
        if asking.together.is_empty() {
            return Ok(());
        }
        let others = asking.together.iter();
        let others = others.map(|other| Address::action(&asking.area, other));
        let mut records = vec![];
        for address in others.chain([address.clone()]) {
            records.extend(self.log.read_subject(&Self::subject(&address)?, 0).await?);
        }
        records.sort_by_key(|record| record.sequence);
        let mut all: BTreeMap<Subject, Held<Option<Action>>> = BTreeMap::new();
        let first = asking.caller.first().unwrap_or(Sequence::MAX);
        for (at, record) in records.iter().enumerate() {
            if record.sequence >= first {
                break;
            }
            let held = all
                .entry(record.subject.clone())
                .or_insert_with(Held::nothing);
            held.take_in(&decision::<Option<Action>>(record)?, record.sequence);
            // It stood so until the next message on any of them.
            let next = records.get(at + 1);
            if next.is_none_or(|next| next.sequence > began) {
                same_view(all.values().filter_map(|held| held.state.as_ref()))?;
            }
        }
        Ok(())
    }
}
