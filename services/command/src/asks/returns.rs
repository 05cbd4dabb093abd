//! The steps of a quarterly return.

use crate::asking::Asking;
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::Decided;
use api::failure::Failure;
use api::request::Returning;
use api::v1;
use domain::action::Action;
use domain::aggregate::Address;
use domain::policy::Operation;
use domain::register::{PartyKind, Register};
use domain::returns::{Command, Context, Named, Return, decide};
use domain::text::Slug;

impl Inner {
    pub(super) async fn step_of_return(
        &self,
        asking: &Asking,
        returning: &Returning,
    ) -> Result<v1::Written, Failure> {
        let group = self.group(asking, returning.group.as_str()).await?;
        let operation = operation(&returning.command);
        let rule = asking.may(operation, Some(group.as_str()))?;
        let address = Address::quarterly_return(&asking.area, &group, returning.quarter);
        let mut freshness = Freshness::Kept;
        loop {
            let named = self.named(asking, &returning.command, freshness).await?;
            let done = self
                .step::<Option<Return>>(asking, &address, |seen| {
                    let due_on = seen
                        .register
                        .groups
                        .get(&group)
                        .map(|group| seen.register.return_due_on(group, returning.quarter))
                        .ok_or_else(|| unknown(group.as_str()))?;
                    let context = Context {
                        group: &group,
                        quarter: returning.quarter,
                        due_on,
                        on: asking.on,
                        today: asking.today,
                        named: &named,
                    };
                    let events = decide(seen.state.as_ref(), &returning.command, context)?;
                    Ok(Decided { events, rule })
                })
                .await;
            match done {
                Err(Failure::Return(_)) if freshness == Freshness::Kept => {
                    freshness = Freshness::Now;
                }
                done => return self.told::<Option<Return>>(&address, &done?).await,
            }
        }
    }

    /// The identifier of a delivery group that is named somehow. The register is read now: the due
    /// date that goes into the record is the board's latest.
    async fn group(&self, asking: &Asking, name: &str) -> Result<Slug, Failure> {
        let address = Address::register(&asking.area);
        self.look::<Register, Slug>(asking, &address, Freshness::Now, |seen, _| {
            let group = seen.register.group(name);
            group
                .map(|group| group.id.clone())
                .ok_or_else(|| unknown(name))
        })
        .await
    }

    /// Who holds each action that the return speaks of. Their number is limited with the request.
    async fn named(
        &self,
        asking: &Asking,
        command: &Command,
        freshness: Freshness,
    ) -> Result<Vec<Named>, Failure> {
        let mut named = Vec::with_capacity(command.content().updates.len());
        for update in &command.content().updates {
            let address = Address::action(&asking.area, &update.reference);
            let held = self.load::<Option<Action>>(&address, freshness).await?;
            let holder = held.state.as_ref().and_then(Action::holder);
            named.push(Named {
                reference: update.reference.clone(),
                held_by: holder
                    .filter(|party| party.kind == PartyKind::Group)
                    .map(|party| party.id.clone()),
            });
        }
        Ok(named)
    }
}

fn unknown(name: &str) -> Failure {
    Failure::NotFound {
        what: "delivery group",
        name: name.to_owned(),
        field: "group",
    }
}

fn operation(command: &Command) -> Operation {
    match command {
        Command::SaveDraft { .. } => Operation::SaveReturnDraft,
        Command::Submit { .. } => Operation::SubmitReturn,
        Command::Correct { .. } => Operation::CorrectReturn,
    }
}
