//! One action: raising it, and every step that touches no other.

use super::context;
use crate::asking::Asking;
use crate::series::Number;
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::{Decided, Done};
use api::failure::Failure;
use api::request::{Numbering, Raising};
use api::v1;
use domain::action::{Action, ActionEvent, Command, Outcome, Raise, decide};
use domain::aggregate::Address;
use domain::policy::{Operation, Rule};
use domain::reference::Reference;
use domain::register::{Party, PartyKind};

impl Inner {
    pub(super) async fn raise(
        &self,
        asking: &Asking,
        raising: &Raising,
    ) -> Result<v1::Written, Failure> {
        let rule = asking.may(Operation::Raise, None)?;
        let (reference, done) = match &raising.numbering {
            Numbering::Series(series) => {
                self.claim(asking, series, |number| {
                    raised(asking, number, raising.raise.clone(), rule)
                })
                .await?
            }
            Numbering::Kept(reference) => {
                let done = self.raise_kept(asking, reference, raising, rule).await?;
                (reference.clone(), done)
            }
        };
        let address = Address::action(&asking.area, &reference);
        self.told::<Option<Action>>(&address, &done).await
    }

    async fn raise_kept(
        &self,
        asking: &Asking,
        reference: &Reference,
        raising: &Raising,
        rule: Rule,
    ) -> Result<Done<ActionEvent>, Failure> {
        let address = Address::action(&asking.area, reference);
        let command = Command::Raise(Box::new(raising.raise.clone()));
        self.step::<Option<Action>>(asking, &address, |seen| {
            let context = context(asking, seen.register);
            let events = decide(reference, seen.state.as_ref(), &command, context)?;
            Ok(Decided { events, rule })
        })
        .await
    }

    pub(super) async fn act(
        &self,
        asking: &Asking,
        reference: &Reference,
        command: &Command,
    ) -> Result<v1::Written, Failure> {
        self.act_with(asking, reference, command, &[]).await
    }

    /// The same, with the other actions of the request, for a restriction that names them.
    pub(super) async fn act_with(
        &self,
        asking: &Asking,
        reference: &Reference,
        command: &Command,
        others: &[Reference],
    ) -> Result<v1::Written, Failure> {
        if let Some((other, field)) = other_action(command) {
            self.on_record(asking, other, field).await?;
        }
        let address = Address::action(&asking.area, reference);
        let done = self
            .step::<Option<Action>>(asking, &address, |seen| {
                decided(
                    asking,
                    reference,
                    seen.state.as_ref(),
                    command,
                    seen.register,
                )
                .map(|decided| naming(others, decided))
            })
            .await?;
        self.told::<Option<Action>>(&address, &done).await
    }

    /// Refuses the reference of an action that is not on record.
    async fn on_record(
        &self,
        asking: &Asking,
        reference: &Reference,
        field: &'static str,
    ) -> Result<(), Failure> {
        let address = Address::action(&asking.area, reference);
        self.look::<Option<Action>, ()>(asking, &address, Freshness::Kept, |seen, _| {
            match seen.state {
                Some(_) => Ok(()),
                None => Err(Failure::NotFound {
                    what: "action",
                    name: reference.to_string(),
                    field,
                }),
            }
        })
        .await
    }
}

/// Raising under a number that is about to be claimed.
pub(super) fn raised(
    asking: &Asking,
    number: &Number<'_>,
    mut raise: Raise,
    rule: Rule,
) -> Result<Decided<ActionEvent>, Failure> {
    raise.reference = number.reference.clone();
    raise.numbered = Some((number.series.clone(), number.number));
    let command = Command::Raise(Box::new(raise));
    let context = context(asking, number.register);
    let events = decide(&number.reference, None, &command, context)?;
    Ok(Decided { events, rule })
}

/// A restriction with the actions that it was carried to.
fn naming(others: &[Reference], mut decided: Decided<ActionEvent>) -> Decided<ActionEvent> {
    for event in &mut decided.events {
        if let ActionEvent::Restricted { also, .. } = event {
            *also = others.to_vec();
        }
    }
    decided
}

/// A step of an action: the policy first, then the rules.
pub(super) fn decided(
    asking: &Asking,
    reference: &Reference,
    state: Option<&Action>,
    command: &Command,
    register: &domain::register::Register,
) -> Result<Decided<ActionEvent>, Failure> {
    let operation = operation(command);
    let rule = asking.may(operation, group(operation, state))?;
    let events = decide(reference, state, command, context(asking, register))?;
    Ok(Decided { events, rule })
}

/// The delivery group that an action belongs to, when it belongs to one. To accept or decline, a group
/// need only have been asked: repeating its answer is no offence.
fn group(operation: Operation, state: Option<&Action>) -> Option<&str> {
    let state = state?;
    let answers = matches!(
        operation,
        Operation::AcceptDelegation | Operation::DeclineDelegation
    );
    let party: Option<&Party> = if answers {
        state.delegation.as_ref().map(|delegation| &delegation.to)
    } else {
        state.holder()
    };
    party
        .filter(|party| party.kind == PartyKind::Group)
        .map(|party| party.id.as_str())
}

/// Another action that a command names, and the field that does.
fn other_action(command: &Command) -> Option<(&Reference, &'static str)> {
    match command {
        Command::Link { other, .. } => Some((other, "other")),
        Command::Close {
            outcome: Outcome::Superseded,
            superseded_by: Some(other),
            ..
        } => Some((other, "superseded_by")),
        _ => None,
    }
}

/// What the policy is asked about.
pub(super) fn operation(command: &Command) -> Operation {
    match command {
        Command::Raise(_) => Operation::Raise,
        Command::Triage { .. } => Operation::Triage,
        Command::Delegate { .. } => Operation::Delegate,
        Command::AcceptDelegation => Operation::AcceptDelegation,
        Command::DeclineDelegation { .. } => Operation::DeclineDelegation,
        Command::Transfer { .. } => Operation::Transfer,
        Command::RecordUpdate { .. } => Operation::RecordUpdate,
        Command::Respond { .. } => Operation::Respond,
        Command::CorrectResponse { .. } => Operation::CorrectResponse,
        Command::MoveDueDate { .. } => Operation::MoveDueDate,
        Command::PauseClock { .. } => Operation::PauseClock,
        Command::ResumeClock => Operation::ResumeClock,
        Command::Restrict { .. } => Operation::Restrict,
        Command::LiftRestriction { .. } => Operation::LiftRestriction,
        Command::ProposeClosure { .. } => Operation::ProposeClosure,
        Command::Close { .. } => Operation::Close,
        Command::Reopen { .. } => Operation::Reopen,
        Command::Withdraw { .. } => Operation::Withdraw,
        Command::Link { .. } => Operation::Link,
        Command::Split { .. } => Operation::Split,
        Command::GiveUndertaking { .. } => Operation::RaiseUndertaking,
    }
}
