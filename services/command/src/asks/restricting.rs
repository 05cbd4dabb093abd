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
use crate::states::{Freshness, decision};
use api::failure::Failure;
use api::request::Ask;
use api::v1;
use domain::action::{Action, ActionEvent, Command, Kin, Reach, ResponseId, may_correct};
use domain::aggregate::Address;
use domain::reference::Reference;
use domain::text::Text;
use event_log::Sequence;
use std::collections::BTreeSet;

/// When a request looks after the views of what it spoke to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Now {
    /// Just after its last message: each as it was when that went to it.
    Written,
    /// At any time after its last message, which is this one: what was lifted since stays so.
    Long(Sequence),
}

impl Now {
    fn freshness(self) -> Freshness {
        match self {
            Now::Written => Freshness::Kept,
            Now::Long(_) => Freshness::Now,
        }
    }
}

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
        let after = self.carry_on(asking, reference, command, Now::Written);
        self.tell(&own, others, entry, after).await
    }

    /// Carries the restriction of an action on to what was tied to it since it was checked, by another
    /// replica.
    async fn carry_on(
        &self,
        asking: &Asking,
        reference: &Reference,
        command: &Command,
        now: Now,
    ) -> Result<(), Failure> {
        let address = Address::action(&asking.area, reference);
        let held = self
            .load::<Option<Action>>(&address, now.freshness())
            .await?;
        let restricted = held.state.as_ref().filter(|a| a.restriction.is_some());
        let kin: Vec<Kin> = restricted.iter().flat_map(|action| action.kin()).collect();
        for kin in &kin {
            self.carry(asking, reference, kin, command, now).await?;
        }
        Ok(())
    }

    /// What is done after the last message of a request, for one whose last message stands: a process may
    /// have died between the two, or not have heard that it stands.
    pub(super) async fn see_to_views(
        &self,
        asking: &Asking,
        ask: &Ask,
        written: &v1::Written,
    ) -> Result<(), Failure> {
        let now = Now::Long(written.position);
        let children = written.children.iter().map(|child| Reference::new(child));
        let children: Vec<Reference> = children.filter_map(Result::ok).collect();
        match ask {
            Ask::Action(reference, command) if matches!(**command, Command::Restrict { .. }) => {
                self.carry_on(asking, reference, command, now).await
            }
            Ask::Respond(reference, responding) if !responding.also.is_empty() => {
                let named = responding.also.iter().map(|(other, _)| other);
                let all: Vec<&Reference> = named.chain([reference]).collect();
                self.keep_in_one_view(asking, &all, now).await
            }
            Ask::Split(reference, _) | Ask::Undertake(reference, _) => {
                let all: Vec<&Reference> = children.iter().chain([reference]).collect();
                self.keep_in_one_view(asking, &all, now).await
            }
            _ => Ok(()),
        }
    }

    /// Takes care of what another replica restricted between the check of a request and its last
    /// message: the others that the request spoke to are restricted as well.
    pub(super) async fn keep_in_one_view(
        &self,
        asking: &Asking,
        actions: &[&Reference],
        now: Now,
    ) -> Result<(), Failure> {
        let mut there = vec![];
        for reference in actions {
            let address = Address::action(&asking.area, reference);
            let held = self
                .load::<Option<Action>>(&address, now.freshness())
                .await?;
            there.extend(held.state.clone());
        }
        let named = |kin: &Kin| there.iter().any(|a| a.reference() == kin.reference());
        for action in &there {
            let Some(restriction) = &action.restriction else {
                continue;
            };
            let command = Command::Restrict {
                ground: restriction.ground,
                reason: restriction.explanation.clone(),
                review_on: restriction.review_on,
                explanation: restriction.explanation.clone(),
                public_title: None,
            };
            let kin: Vec<Kin> = action.kin().filter(|kin| named(kin)).collect();
            for kin in &kin {
                self.carry(asking, action.reference(), kin, &command, now)
                    .await?;
            }
        }
        Ok(())
    }

    /// Restricts one more with all its kin, unless another request did so by now.
    async fn carry(
        &self,
        asking: &Asking,
        from: &Reference,
        kin: &Kin,
        command: &Command,
        now: Now,
    ) -> Result<(), Failure> {
        let address = Address::action(&asking.area, kin.reference());
        let held = self
            .load::<Option<Action>>(&address, Freshness::Now)
            .await?;
        let Some(there) = &held.state else {
            return Ok(());
        };
        // What this request restricted may have got kin since it was asked for its kin.
        let restricted = there.restriction.is_some();
        if restricted && self.log.find(asking.for_kin(kin).id).await?.is_none() {
            return Ok(());
        }
        if !restricted && self.stays_public(asking, kin, now).await? {
            return Ok(());
        }
        let mut met = BTreeSet::new();
        loop {
            let held = self
                .load::<Option<Action>>(&address, Freshness::Now)
                .await?;
            let Some(there) = &held.state else {
                return Ok(());
            };
            let mut all = self.kin_of(asking, there).await?;
            all.push((kin.clone(), there.clone()));
            all.retain(|(next, _)| met.insert(next.reference().clone()));
            if all.is_empty() {
                return Ok(());
            }
            for (next, there) in all {
                if there.restriction.is_some() || self.stays_public(asking, &next, now).await? {
                    continue;
                }
                let next = match kin {
                    Kin::Answered(_) => Kin::Answered(next.reference().clone()),
                    Kin::Child(_) => next,
                };
                let part = carried(asking, from, &next, &there, command)?;
                self.tell_one(&part).await?;
            }
            // And once more: what was tied to any of them meanwhile was public.
        }
    }

    /// Whether somebody decided, after the last message of a request, that an action is public.
    async fn stays_public(&self, asking: &Asking, kin: &Kin, now: Now) -> Result<bool, Failure> {
        let Now::Long(since) = now else {
            return Ok(false);
        };
        let subject = Self::subject(&Address::action(&asking.area, kin.reference()))?;
        for record in self.log.read_subject(&subject, since).await? {
            let decision = decision::<Option<Action>>(&record)?;
            let mut events = decision.events.iter();
            if events.any(|event| matches!(event, ActionEvent::RestrictionLifted { .. })) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The ids under which a restriction may have been carried on.
    pub(super) async fn carrying(
        &self,
        asking: &Asking,
        reference: &Reference,
    ) -> Result<Vec<Asking>, Failure> {
        let address = Address::action(&asking.area, reference);
        let held = self
            .load::<Option<Action>>(&address, Freshness::Now)
            .await?;
        let Some(action) = &held.state else {
            return Ok(vec![]);
        };
        let reached = self.kin_of(asking, action).await?;
        let carrying = reached.iter().map(|(kin, _)| asking.for_kin(kin));
        Ok(carrying.collect())
    }

    /// All kin of an action, each as it stands now.
    async fn kin_of(
        &self,
        asking: &Asking,
        action: &Action,
    ) -> Result<Vec<(Kin, Action)>, Failure> {
        let mut reach = Reach::of(action);
        let mut reached = vec![];
        while let Some(kin) = reach.nearest()? {
            let address = Address::action(&asking.area, kin.reference());
            let held = self
                .load::<Option<Action>>(&address, Freshness::Now)
                .await?;
            let Some(there) = &held.state else { continue };
            reach.take(&kin, there);
            reached.push((kin, there.clone()));
        }
        Ok(reached)
    }

    /// What each action is told that the restriction reaches and that is public: of those that are
    /// restricted, only the ones that an earlier attempt of this very request restricted.
    async fn reached(
        &self,
        asking: &Asking,
        action: &Action,
        command: &Command,
    ) -> Result<Vec<Part>, Failure> {
        let mut parts = vec![];
        for (kin, there) in self.kin_of(asking, action).await? {
            let part = carried(asking, action.reference(), &kin, &there, command)?;
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
    let mut asking = asking.for_kin(kin);
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
