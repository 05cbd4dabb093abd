//! One request that speaks to several actions.
//!
//! Everything is checked before anything is written. The message of the request itself, on the action
//! that it names first, comes last: when it stands, the whole request is done.

use super::action::decided;
use super::partly;
use crate::asking::Asking;
use crate::journal::Entry;
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::unchanged_since;
use api::failure::Failure;
use api::v1;
use domain::action::{Action, Command};
use domain::aggregate::Address;
use domain::reference::Reference;
use event_log::Sequence;

/// What one of the actions is told.
pub(super) struct Part {
    pub(super) asking: Asking,
    pub(super) reference: Reference,
    pub(super) command: Command,
}

impl Part {
    /// What the action is told that the request names first.
    pub(super) fn own(asking: &Asking, reference: &Reference, command: &Command) -> Self {
        Self {
            asking: asking.clone(),
            reference: reference.clone(),
            command: command.clone(),
        }
    }
}

impl Inner {
    /// Tells the others, then the one that the request is about.
    pub(super) async fn tell(
        &self,
        own: &Part,
        others: Vec<Part>,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        let named: Vec<Reference> = others.iter().map(|part| part.reference.clone()).collect();
        let mut told = Vec::with_capacity(others.len());
        let mut unwritten = Vec::with_capacity(others.len());
        let mut checked = 0;
        for other in others {
            match self.untold(&other).await? {
                Some(last) => {
                    checked = last.max(checked);
                    unwritten.push(other);
                }
                None => told.push(other.reference),
            }
        }
        let last = self.check(own).await;
        checked = checked.max(last.map_err(|failure| partly(failure, &told))?);
        self.journalled(&own.asking, entry, checked, async {
            for other in &unwritten {
                self.tell_one(other)
                    .await
                    .map_err(|failure| partly(failure, &told))?;
                told.push(other.reference.clone());
            }
            self.act_with(&own.asking, &own.reference, &own.command, &named)
                .await
                .map_err(|failure| partly(failure, &told))
        })
        .await
    }

    /// Tells one, unless an earlier attempt did: one that the look before the check was too cheap to see.
    async fn tell_one(&self, part: &Part) -> Result<(), Failure> {
        let told = self.act(&part.asking, &part.reference, &part.command);
        match told.await {
            Err(failure) => self.recorded_before(&part.asking, failure).await.map(drop),
            Ok(_) => Ok(()),
        }
    }

    /// The last message on one that is to be told; `None` when an earlier attempt told it already.
    ///
    /// # Errors
    /// When it was not, and may not be.
    async fn untold(&self, part: &Part) -> Result<Option<Sequence>, Failure> {
        if self.log.seen(part.asking.id).await?.is_some() {
            return Ok(None);
        }
        match self.check(part).await {
            Ok(last) => Ok(Some(last)),
            Err(failure) => self
                .recorded_before(&part.asking, failure)
                .await
                .map(|_| None),
        }
    }

    /// Refuses, before anything is written, what would be refused: the last message on the action.
    pub(super) async fn check(&self, part: &Part) -> Result<Sequence, Failure> {
        let address = Address::action(&part.asking.area, &part.reference);
        self.look::<Option<Action>, Sequence>(
            &part.asking,
            &address,
            Freshness::Now,
            |seen, held| {
                unchanged_since(&part.asking, held, &address)?;
                let state = seen.state.as_ref();
                decided(
                    &part.asking,
                    &part.reference,
                    state,
                    &part.command,
                    seen.register,
                )
                .map(|_| held.last)
            },
        )
        .await
    }
}
