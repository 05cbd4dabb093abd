//! Restricting an action together with all that holds words of it; corrections beside a restriction.
//!
//! What the restriction reaches is for the domain to say (`domain::action::Reach`). It is carried there
//! in the same request rather than refused with a list: two actions that share a response could not be
//! restricted one after the other, and between one and the next the words would be public. The others
//! come first, so that the action itself is restricted only when nothing else holds its words.
//!
//! Within one process no child is born and no response shared while this goes on. Among replicas both
//! sides look once more after their last message, which stands in the order of the action's subject: of
//! a restriction and a tie at the same moment the later one sees the other and carries the restriction
//! on. What is left is a child whose parent another replica closed before the two were tied: its caller
//! was told of it, and the clerk restricts it as well.

use super::several::Part;
use crate::asking::Asking;
use crate::journal::Entry;
use crate::service::Inner;
use crate::states::Freshness;
use api::failure::Failure;
use api::v1;
use domain::action::{Action, Command, Kin, Reach, ResponseId, may_correct};
use domain::aggregate::Address;
use domain::reference::Reference;
use domain::text::Text;

impl Inner {
    pub(super) async fn restrict(
        &self,
        asking: &Asking,
        reference: &Reference,
        command: &Command,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        let _family = self.families.write().await;
        let own = Part::own(asking, reference, command);
        self.check(&own).await?;
        let address = Address::action(&asking.area, reference);
        let held = self
            .load::<Option<Action>>(&address, Freshness::Kept)
            .await?;
        let Some(before) = held.state.as_ref().filter(|a| a.restriction.is_none()) else {
            return self.act(asking, reference, command).await;
        };
        let others = self.reached(asking, before, command).await?;
        let written = if others.is_empty() {
            self.act(asking, reference, command).await?
        } else {
            self.tell(&own, others, entry).await?
        };
        let held = self
            .load::<Option<Action>>(&address, Freshness::Kept)
            .await?;
        let kin: Vec<Kin> = held.state.iter().flat_map(Action::kin).collect();
        for newcomer in kin.iter().filter(|kin| !before.kin().any(|k| k == **kin)) {
            self.carry(asking, before.reference(), newcomer, command)
                .await?;
        }
        Ok(written)
    }

    /// Takes care of what another replica restricted between the check of a request and its last
    /// message: the others that the request spoke to are restricted as well.
    pub(super) async fn keep_in_one_view(
        &self,
        asking: &Asking,
        actions: &[&Reference],
    ) -> Result<(), Failure> {
        let (mut restricted, mut public) = (None, vec![]);
        for reference in actions {
            let address = Address::action(&asking.area, reference);
            // As it was when this request's message went to it.
            let held = self
                .load::<Option<Action>>(&address, Freshness::Kept)
                .await?;
            match held.state.as_ref().and_then(|a| a.restriction.clone()) {
                Some(restriction) => restricted = Some((*reference, restriction)),
                None => public.push(*reference),
            }
        }
        let Some((from, restriction)) = restricted else {
            return Ok(());
        };
        for reference in public {
            let command = Command::Restrict {
                ground: restriction.ground,
                reason: restriction.explanation.clone(),
                review_on: restriction.review_on,
                explanation: restriction.explanation.clone(),
                public_title: None,
            };
            let kin = Kin::Answered(reference.clone());
            self.carry(asking, from, &kin, &command).await?;
        }
        Ok(())
    }

    /// Restricts one more, unless it is by now.
    async fn carry(
        &self,
        asking: &Asking,
        from: &Reference,
        kin: &Kin,
        command: &Command,
    ) -> Result<(), Failure> {
        let address = Address::action(&asking.area, kin.reference());
        let held = self
            .load::<Option<Action>>(&address, Freshness::Now)
            .await?;
        let Some(there) = held.state.as_ref().filter(|a| a.restriction.is_none()) else {
            return Ok(());
        };
        let part = carried(asking, from, kin, there, command)?;
        self.act(&part.asking, &part.reference, &part.command)
            .await?;
        Ok(())
    }

    /// What each action is told that the restriction reaches and that is public: of those that are
    /// restricted, only the ones that an earlier attempt of this very request restricted.
    async fn reached(
        &self,
        asking: &Asking,
        action: &Action,
        command: &Command,
    ) -> Result<Vec<Part>, Failure> {
        let mut reach = Reach::of(action);
        let mut parts = vec![];
        while let Some(kin) = reach.nearest()? {
            let address = Address::action(&asking.area, kin.reference());
            let held = self
                .load::<Option<Action>>(&address, Freshness::Now)
                .await?;
            let Some(there) = &held.state else { continue };
            reach.take(&kin, there);
            let part = carried(asking, action.reference(), &kin, there, command)?;
            if there.restriction.is_none() || self.log.find(part.asking.id).await?.is_some() {
                parts.push(part);
            }
        }
        Ok(parts)
    }

    /// Corrects a response, unless the correction would say in public what is restricted elsewhere.
    pub(super) async fn correct(
        &self,
        asking: &Asking,
        reference: &Reference,
        command: &Command,
        response: ResponseId,
    ) -> Result<v1::Written, Failure> {
        let _family = self.families.read().await;
        self.check(&Part::own(asking, reference, command)).await?;
        let load = async |reference: &Reference| {
            let address = Address::action(&asking.area, reference);
            self.load::<Option<Action>>(&address, Freshness::Now).await
        };
        let held = load(reference).await?;
        if let Some(action) = &held.state {
            let mut others = vec![];
            let corrected = action.responses.iter().find(|there| there.id == response);
            for other in corrected.iter().flat_map(|there| &there.also_answers) {
                others.push(load(other).await?);
            }
            let others = others.iter().filter_map(|held| held.state.as_ref());
            may_correct(action, response, others)?;
        }
        self.act(asking, reference, command).await
    }
}

/// The restriction as it is carried on. A public title is about the action and what came out of it, not
/// about another that has a response in common with it.
fn carried(
    asking: &Asking,
    from: &Reference,
    kin: &Kin,
    there: &Action,
    command: &Command,
) -> Result<Part, Failure> {
    let mut asking = asking.secondary(&format!("restrict/{}", kin.reference()));
    // It cannot be restricted before it was raised.
    asking.on = asking.on.max(there.raised_on);
    let mut command = command.clone();
    if let Command::Restrict {
        reason,
        public_title,
        ..
    } = &mut command
    {
        let said = format!("Carried over from {from}, of which words stand here.");
        *reason = Text::new(&said).map_err(|problem| Failure::Fault {
            cause: format!("a reason {problem}"),
        })?;
        if matches!(kin, Kin::Answered(_)) {
            *public_title = None;
        }
    }
    Ok(Part {
        asking,
        reference: kin.reference().clone(),
        command,
    })
}
