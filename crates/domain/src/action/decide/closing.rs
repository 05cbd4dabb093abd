//! Proposing and agreeing closure, reopening, withdrawing.

use super::raising::deadline;
use super::{Context, Decided, still_open};
use crate::action::command::Command;
use crate::action::event::ActionEvent;
use crate::action::rejection::Rejection;
use crate::action::state::{Action, Closing};
use crate::action::terms::{Coverage, Outcome};
use crate::calendar::deadline::DueRule;
use crate::text::Text;

/// What an outcome asks of the action before it can be claimed.
fn earned(action: &Action, outcome: Outcome) -> Result<(), Rejection> {
    let reference = action.reference().clone();
    match outcome {
        Outcome::Withdrawn => return Err(Rejection::WithdrawInstead { reference }),
        Outcome::Answered => {}
        _ => return Ok(()),
    }
    if !action.has_substantive_response() {
        return Err(Rejection::NotAnswered { reference });
    }
    let open = |c: Coverage| matches!(c, Coverage::Pending | Coverage::NotAddressed);
    match action.parts.iter().find(|part| open(part.coverage)) {
        Some(part) => Err(Rejection::PartNotAnswered {
            reference,
            part: part.id,
            coverage: part.coverage.said(),
        }),
        None => Ok(()),
    }
}

pub(super) fn propose(action: &Action, outcome: Outcome, reason: &Text) -> Decided {
    if let Closing::Proposed { outcome: there, .. } = action.closing
        && there == outcome
    {
        return Ok(vec![]);
    }
    earned(action, outcome)?;
    Ok(vec![ActionEvent::ClosureProposed {
        outcome,
        reason: reason.clone(),
    }])
}

pub(super) fn close(action: &Action, command: &Command, context: Context<'_>) -> Decided {
    let Command::Close {
        outcome,
        reason,
        superseded_by,
    } = command
    else {
        return Ok(vec![]);
    };
    if let Closing::Closed { outcome: there, on } = action.closing
        && (there, on) == (*outcome, context.on)
        && action.superseded_by == *superseded_by
    {
        return Ok(vec![]);
    }
    still_open(action)?;
    match (outcome, superseded_by) {
        (Outcome::Superseded, None) => return Err(Rejection::SupersededByNothing),
        (Outcome::Superseded, Some(other)) if other == action.reference() => {
            return Err(Rejection::LinkToItself {
                reference: other.clone(),
            });
        }
        (Outcome::Superseded, Some(_)) | (_, None) => {}
        (_, Some(_)) => return Err(Rejection::NotSuperseded),
    }
    earned(action, *outcome)?;
    Ok(vec![ActionEvent::Closed {
        outcome: *outcome,
        reason: reason.clone(),
        superseded_by: superseded_by.clone(),
    }])
}

pub(super) fn withdraw(action: &Action, reason: &Text, context: Context<'_>) -> Decided {
    if (Closing::Withdrawn { on: context.on }) == action.closing {
        return Ok(vec![]);
    }
    still_open(action)?;
    Ok(vec![ActionEvent::Withdrawn {
        reason: reason.clone(),
    }])
}

pub(super) fn reopen(
    action: &Action,
    reason: &Text,
    due: Option<&DueRule>,
    context: Context<'_>,
) -> Decided {
    let reference = action.reference().clone();
    let due = due.map(|rule| deadline(rule, context)).transpose()?;
    let closed_on = match action.closing {
        Closing::Open
            if action.undone.reopened_on == Some(context.on)
                && due
                    .as_ref()
                    .is_none_or(|due| action.due.current == Some(due.due_on)) =>
        {
            return Ok(vec![]);
        }
        Closing::Open | Closing::Proposed { .. } => return Err(Rejection::NotClosed { reference }),
        Closing::Closed { on, .. } | Closing::Withdrawn { on } => on,
    };
    if context.on < closed_on {
        return Err(Rejection::ReopenedBeforeClosed {
            reference,
            on: context.on,
            closed_on,
        });
    }
    Ok(vec![ActionEvent::Reopened {
        reason: reason.clone(),
        due,
    }])
}
