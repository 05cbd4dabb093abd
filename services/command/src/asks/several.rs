//! One request that speaks to several actions.
//!
//! Everything is checked before anything is written. The message of the request itself, on the action
//! that it names first, comes last: when it stands, the whole request is done.

use super::action::decided;
use super::partly;
use crate::asking::Asking;
use crate::journal::{Begins, Entry};
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::unchanged_since;
use api::failure::{Failure, Reason};
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
    /// Tells the others, then the one that the request is about; then does what is to be done `after`, which
    /// is finished like the rest when the process dies before.
    pub(super) async fn tell(
        &self,
        own: &Part,
        others: Vec<Part>,
        entry: &Entry,
        after: impl Future<Output = Result<(), Failure>> + Send,
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
        let begins = match named.is_empty() {
            true => Begins::WithItsOwn,
            false => Begins::Now,
        };
        self.journalled(&own.asking, entry, checked, begins, async {
            for other in &unwritten {
                self.tell_one(other)
                    .await
                    .map_err(|failure| partly(failure, &told))?;
                told.push(other.reference.clone());
            }
            let written = self
                .act_with(&own.asking, &own.reference, &own.command, &named)
                .await
                .map_err(|failure| partly(failure, &told))?;
            own.asking.caller.begun(written.position);
            after.await?;
            Ok(written)
        })
        .await
    }

    /// Tells one, unless an earlier attempt did: one that the look before the check was too cheap to see.
    pub(super) async fn tell_one(&self, part: &Part) -> Result<(), Failure> {
        let told = self.act(&part.asking, &part.reference, &part.command);
        match told.await {
            Err(failure) if restricted_by_another(part, &failure) => Ok(()),
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
            Err(failure) if restricted_by_another(part, &failure) => Ok(None),
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

/// Whether an action to which a restriction is carried on was restricted by another request meanwhile, in
/// whatever words: it is out of public view, which is all that is asked for.
fn restricted_by_another(part: &Part, failure: &Failure) -> bool {
    matches!(part.command, Command::Restrict { .. })
        && failure.reason() == Reason::RestrictionDiffers
}
