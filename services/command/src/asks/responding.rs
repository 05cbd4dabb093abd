//! One response to one action or to several.
//!
//! Everything is checked before anything is written. The message of the request itself, on the action
//! that it names first, comes last: when it stands, the whole request is done.
//!
//! Between the check and the last message another request may close an action that is still to be told.
//! The others then have a response that names it beside them, and it has none. The caller learns which
//! have theirs; once the action is reopened, the same request under the same id records the rest.

use super::action::decided;
use super::{may_be_on_record, partly};
use crate::asking::Asking;
use crate::journal::Entry;
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::unchanged_since;
use api::failure::Failure;
use api::request::Responding;
use api::v1;
use domain::action::{Action, Command, Coverage, PartId, ResponseId};
use domain::aggregate::Address;
use domain::reference::Reference;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one of the answered actions is told.
struct Part {
    asking: Asking,
    reference: Reference,
    command: Command,
}

impl Inner {
    pub(super) async fn respond(
        &self,
        asking: &Asking,
        reference: &Reference,
        responding: &Responding,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        let (own, others) = parts(asking, reference, responding);
        if others.is_empty() {
            return self.act(&own.asking, &own.reference, &own.command).await;
        }
        let mut told = Vec::with_capacity(others.len());
        let mut unwritten = Vec::with_capacity(others.len());
        for other in others {
            if self.is_told(&other).await? {
                told.push(other.reference);
            } else {
                unwritten.push(other);
            }
        }
        self.check(&own).await?;
        self.journalled(asking, entry, async {
            for other in &unwritten {
                self.act(&other.asking, &other.reference, &other.command)
                    .await
                    .map_err(|failure| partly(failure, &told))?;
                told.push(other.reference.clone());
            }
            self.act(&own.asking, &own.reference, &own.command)
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

    async fn check(&self, part: &Part) -> Result<(), Failure> {
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

fn parts(asking: &Asking, reference: &Reference, responding: &Responding) -> (Part, Vec<Part>) {
    let response = ResponseId(Uuid::new_v5(&asking.id, b"response"));
    let named = std::iter::once(reference).chain(responding.also.iter().map(|(other, _)| other));
    let all: Vec<Reference> = named.cloned().collect();
    let command = |to: &Reference, coverage: &BTreeMap<PartId, Coverage>| Command::Respond {
        response,
        kind: responding.kind,
        text: responding.text.clone(),
        coverage: coverage.clone(),
        citations: responding.citations.clone(),
        also_answers: all.iter().filter(|other| *other != to).cloned().collect(),
        expected_on: responding.expected_on,
    };
    let own = Part {
        asking: asking.clone(),
        reference: reference.clone(),
        command: command(reference, &responding.coverage),
    };
    let others = responding.also.iter().map(|(other, coverage)| Part {
        asking: asking.secondary(other.as_str()),
        reference: other.clone(),
        command: command(other, coverage),
    });
    (own, others.collect())
}
