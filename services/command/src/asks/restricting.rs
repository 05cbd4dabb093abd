//! Restricting an action together with all that holds words of it; corrections beside a restriction.
//!
//! What the restriction reaches is for the domain to say (`domain::action::Reach`). It is carried there
//! in the same request rather than refused with a list: two actions that share a response could not be
//! restricted one after the other, and between one and the next the words would be public. The others
//! come first, so that the action itself is restricted only when nothing else holds its words.
//!
//! Within one process no child is born and no response shared while this goes on. A replica that does
//! either at the very same moment is not seen, nor is a child whose parent another replica closed before
//! the two were tied (its caller was told of it): the clerk then restricts that action as well.

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
        let others = match &held.state {
            Some(action) if action.restriction.is_none() => {
                self.reached(asking, action, command).await?
            }
            _ => vec![],
        };
        if others.is_empty() {
            return self.act(asking, reference, command).await;
        }
        self.tell(&own, others, entry).await
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
            let mut asking = asking.secondary(&format!("restrict/{}", kin.reference()));
            if there.restriction.is_some() && self.log.find(asking.id).await?.is_none() {
                continue;
            }
            // It cannot be restricted before it was raised.
            asking.on = asking.on.max(there.raised_on);
            parts.push(Part {
                asking,
                reference: kin.reference().clone(),
                command: carried(action, &kin, command)?,
            });
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
fn carried(action: &Action, kin: &Kin, command: &Command) -> Result<Command, Failure> {
    let mut carried = command.clone();
    if let Command::Restrict {
        reason,
        public_title,
        ..
    } = &mut carried
    {
        let said = format!(
            "Carried over from {}, of which words stand here.",
            action.reference()
        );
        *reason = Text::new(&said).map_err(|problem| Failure::Fault {
            cause: format!("a reason {problem}"),
        })?;
        if matches!(kin, Kin::Answered(_)) {
            *public_title = None;
        }
    }
    Ok(carried)
}
