//! One response to one action or to several.
//!
//! Between the check and the last message another replica may close an action that is still to be told.
//! The others then have a response that names it beside them, and it has none. The caller learns which
//! have theirs; once the action is reopened, the same request under the same id records the rest.

use super::restricting::Now;
use super::several::Part;
use crate::asking::Asking;
use crate::journal::Entry;
use crate::service::Inner;
use crate::states::Freshness;
use api::failure::Failure;
use api::request::Responding;
use api::v1;
use domain::action::{Action, Command, Coverage, PartId, ResponseId, same_view};
use domain::aggregate::Address;
use domain::reference::Reference;
use event_log::Sequence;
use std::collections::BTreeMap;
use uuid::Uuid;

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
        let _family = self.families.write().await;
        let named = responding.also.iter().map(|(other, _)| other);
        let all: Vec<&Reference> = named.chain([reference]).collect();
        if let Err(refused) = self.in_one_view(&own, &others).await {
            // What has begun is finished, in one view: on the way to its end a refusal would not stop it.
            let first = self.first_told(&others).await?.ok_or(refused)?;
            self.keep_in_one_view(asking, &all, Now::Long(first))
                .await?;
        }
        let after = self.keep_in_one_view(asking, &all, Now::Written);
        self.tell(&own, others, entry, after).await
    }

    /// The first message that an earlier attempt told.
    async fn first_told(&self, others: &[Part]) -> Result<Option<Sequence>, Failure> {
        let mut first = None;
        for other in others {
            let found = self.log.find(other.asking.id).await?;
            first = first.into_iter().chain(found.map(|r| r.sequence)).min();
        }
        Ok(first)
    }

    /// Refuses one response to restricted and public actions at once.
    async fn in_one_view(&self, own: &Part, others: &[Part]) -> Result<(), Failure> {
        let mut actions = Vec::with_capacity(others.len() + 1);
        for part in std::iter::once(own).chain(others) {
            let address = Address::action(&part.asking.area, &part.reference);
            actions.push(
                self.load::<Option<Action>>(&address, Freshness::Now)
                    .await?,
            );
        }
        // One that is not on record is refused where it is told.
        same_view(actions.iter().filter_map(|held| held.state.as_ref()))?;
        Ok(())
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
    let told = command(reference, &responding.coverage);
    let mut own = Part::own(asking, reference, &told);
    own.asking.together = responding.also.iter().map(|(o, _)| o.clone()).collect();
    let others = responding.also.iter().map(|(other, coverage)| Part {
        asking: asking.for_other(other),
        reference: other.clone(),
        command: command(other, coverage),
    });
    (own, others.collect())
}
