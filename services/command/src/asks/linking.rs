//! Tying an action to another.

use super::several::Part;
use crate::asking::Asking;
use crate::service::Inner;
use crate::states::Freshness;
use api::failure::Failure;
use api::v1;
use domain::action::{Action, Ancestry, Command, LinkKind};
use domain::aggregate::Address;
use domain::reference::Reference;

impl Inner {
    /// Links, unless a chain of links of that kind leads back. One link at a time in this process, so
    /// that two cannot close a circle between them; two replicas at the same moment can.
    pub(super) async fn link(
        &self,
        asking: &Asking,
        reference: &Reference,
        command: &Command,
        kind: LinkKind,
        other: &Reference,
    ) -> Result<v1::Written, Failure> {
        let _family = self.families.write().await;
        self.check(&Part::own(asking, reference, command)).await?;
        if !self.is_linked(asking, reference, kind, other).await? {
            let mut ancestry = Ancestry::of(reference, kind, other);
            while let Some(next) = ancestry.nearest()? {
                let address = Address::action(&asking.area, &next);
                let held = self
                    .load::<Option<Action>>(&address, Freshness::Now)
                    .await?;
                if let Some(action) = &held.state {
                    ancestry.take(action);
                }
            }
        }
        self.act(asking, reference, command).await
    }

    async fn is_linked(
        &self,
        asking: &Asking,
        reference: &Reference,
        kind: LinkKind,
        other: &Reference,
    ) -> Result<bool, Failure> {
        let address = Address::action(&asking.area, reference);
        let held = self
            .load::<Option<Action>>(&address, Freshness::Kept)
            .await?;
        let mut links = held.state.iter().flat_map(|action| &action.links);
        Ok(links.any(|link| link.kind == kind && link.other == *other))
    }
}
