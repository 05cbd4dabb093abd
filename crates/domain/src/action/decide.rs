//! What a command leads to.
//!
//! `Ok` with no events means that it stands already, exactly so: repeating a command is a
//! success that records nothing, and never the same as a refusal.

mod closing;
mod delegation;
mod raising;
mod responding;
mod restricting;
mod timing;

use super::command::Command;
use super::event::ActionEvent;
use super::rejection::Rejection;
use super::state::{Action, Closing, LinkState};
use super::terms::{Protocol, Rag};
use crate::reference::Reference;
use crate::register::Register;
use chrono::NaiveDate;

/// What a decision may look at besides the action.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The day on which the thing happened.
    pub on: NaiveDate,
    /// Today in London.
    pub today: NaiveDate,
    /// The register of the area.
    pub register: &'a Register,
}

type Decided = Result<Vec<ActionEvent>, Rejection>;

/// Decides what a command on the action of a reference leads to.
///
/// # Errors
/// A [`Rejection`] when the world as it stands does not allow it.
pub fn decide(
    reference: &Reference,
    state: Option<&Action>,
    command: &Command,
    context: Context<'_>,
) -> Decided {
    if context.on > context.today {
        return Err(Rejection::InFuture {
            on: context.on,
            today: context.today,
        });
    }
    if let Command::Raise(raise) = command {
        return raising::raise(state, raise, context);
    }
    let action = state.ok_or_else(|| Rejection::Unknown {
        reference: reference.clone(),
    })?;
    if context.on < action.raised_on {
        return Err(Rejection::BeforeRaised {
            reference: reference.clone(),
            on: context.on,
            raised_on: action.raised_on,
        });
    }
    on_record(action, command, context)
}

/// Commands on an action that exists.
fn on_record(action: &Action, command: &Command, context: Context<'_>) -> Decided {
    match command {
        // These speak to what is on record, closed or not.
        Command::CorrectResponse { .. } => responding::correct(action, command, context),
        Command::Restrict { .. } => restricting::restrict(action, command, context),
        Command::LiftRestriction { reason } => restricting::lift(action, reason, context),
        Command::Link { kind, other } => link(
            action,
            LinkState {
                kind: *kind,
                other: other.clone(),
            },
        ),
        Command::GiveUndertaking { response, child } => {
            responding::undertaking(action, *response, child)
        }
        Command::Split { into, reason } => raising::split(action, into, reason),
        Command::Close { .. } => closing::close(action, command, context),
        Command::Withdraw { reason } => closing::withdraw(action, reason, context),
        Command::Reopen { reason, due } => closing::reopen(action, reason, due.as_ref(), context),
        _ => {
            still_open(action)?;
            while_open(action, command, context)
        }
    }
}

/// Commands that need an open action.
fn while_open(action: &Action, command: &Command, context: Context<'_>) -> Decided {
    match command {
        Command::Triage {
            remit,
            sensitivity,
            note,
        } => {
            let protocol = Protocol::in_force_on(context.on);
            let (remit, sensitivity, note) = (*remit, *sensitivity, note.clone());
            if let Some(t) = &action.triage
                && (t.remit, t.sensitivity, t.protocol) == (remit, sensitivity, protocol)
                && note.is_none()
            {
                return Ok(vec![]);
            }
            Ok(vec![ActionEvent::Triaged {
                remit,
                protocol,
                sensitivity,
                note,
            }])
        }
        Command::Delegate { to, due, note } => {
            delegation::delegate(action, to, *due, note.as_ref(), context)
        }
        Command::AcceptDelegation => delegation::accept(action, context),
        Command::DeclineDelegation { reason } => delegation::decline(action, reason, context),
        Command::Transfer { to, due, reason } => {
            delegation::transfer(action, to, *due, reason, context)
        }
        Command::RecordUpdate { .. } => update(command),
        Command::Respond { .. } => responding::respond(action, command),
        Command::MoveDueDate { due, reason } => timing::move_due(action, due, reason, context),
        Command::PauseClock { reason } => timing::pause(action, reason, context),
        Command::ResumeClock => timing::resume(action, context),
        Command::ProposeClosure { outcome, reason } => closing::propose(action, *outcome, reason),
        // The rest never comes here: `decide` and `on_record` took it.
        _ => Ok(vec![]),
    }
}

fn still_open(action: &Action) -> Result<(), Rejection> {
    let reference = action.reference().clone();
    match action.closing {
        Closing::Closed { outcome, on } => Err(Rejection::Closed {
            reference,
            on,
            outcome,
        }),
        Closing::Withdrawn { on } => Err(Rejection::Withdrawn { reference, on }),
        Closing::Open | Closing::Proposed { .. } => Ok(()),
    }
}

fn update(command: &Command) -> Decided {
    let Command::RecordUpdate {
        period,
        rag,
        narrative,
        recovery,
        milestone,
        expected_on,
        evidence,
    } = command
    else {
        return Ok(vec![]);
    };
    needs_recovery(*rag, recovery.is_some())?;
    Ok(vec![ActionEvent::Updated {
        period: *period,
        rag: *rag,
        narrative: narrative.clone(),
        recovery: recovery.clone(),
        milestone: milestone.clone(),
        expected_on: *expected_on,
        evidence: evidence.clone(),
    }])
}

/// Amber and Red say what will get it back on track.
pub(crate) fn needs_recovery(rag: Option<Rag>, has_recovery: bool) -> Result<(), Rejection> {
    match rag {
        Some(rag @ (Rag::Amber | Rag::Red)) if !has_recovery => {
            Err(Rejection::NoRecovery { rag: rag.said() })
        }
        _ => Ok(()),
    }
}

fn link(action: &Action, link: LinkState) -> Decided {
    if link.other == *action.reference() {
        return Err(Rejection::LinkToItself {
            reference: link.other,
        });
    }
    if action.links.contains(&link) {
        return Ok(vec![]);
    }
    Ok(vec![ActionEvent::Linked {
        kind: link.kind,
        other: link.other,
    }])
}
