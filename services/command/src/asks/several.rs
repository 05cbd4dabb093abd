//! One request that speaks to several actions.
//!
//! Everything is checked before anything is written. The message of the request itself, on the action
//! that it names first, comes last: when it stands, the whole request is done.

use super::action::decided;
use super::{may_be_on_record, partly};
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
        for other in others {
            if self.is_told(&other).await? {
                told.push(other.reference);
            } else {
                unwritten.push(other);
            }
        }
        self.check(own).await?;
        self.journalled(&own.asking, entry, async {
            for other in &unwritten {
                self.act(&other.asking, &other.reference, &other.command)
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

    /// Whether an earlier attempt told this one already.
    ///
    /// # Errors
    /// When it was not, and may not be.
    async fn is_told(&self, part: &Part) -> Result<bool, Failure> {
        if self.log.seen(part.asking.id).await?.is_some() {
            return Ok(true);
        }
        match self.check(part).await {
            Ok(()) => Ok(false),
            Err(failure) if may_be_on_record(&failure) => {
                match self.log.find(part.asking.id).await? {
                    Some(_) => Ok(true),
                    None => Err(failure),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    /// Refuses, before anything is written, what would be refused.
    pub(super) async fn check(&self, part: &Part) -> Result<(), Failure> {
        let address = Address::action(&part.asking.area, &part.reference);
        self.look::<Option<Action>, ()>(&part.asking, &address, Freshness::Now, |seen, held| {
            unchanged_since(&part.asking, held, &address)?;
            let state = seen.state.as_ref();
            decided(
                &part.asking,
                &part.reference,
                state,
                &part.command,
                seen.register,
            )
            .map(drop)
        })
        .await
    }
}
