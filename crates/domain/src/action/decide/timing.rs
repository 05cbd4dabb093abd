//! Due dates and the clock.

use super::raising::deadline;
use super::{Context, Decided};
use crate::action::event::ActionEvent;
use crate::action::rejection::Rejection;
use crate::action::state::{Action, Clock};
use crate::calendar::deadline::DueRule;
use crate::text::Text;
use chrono::Days;

pub(super) fn move_due(
    action: &Action,
    due: &DueRule,
    reason: &Text,
    context: Context<'_>,
) -> Decided {
    let reference = action.reference().clone();
    if let Clock::Paused(since) = action.clock {
        return Err(Rejection::ClockStopped { reference, since });
    }
    let to = deadline(due, context)?;
    if action.due.current == Some(to.due_on) {
        // Moved there before: this is the same move again, not a mistake about the date.
        if action.due.moves > 0 {
            return Ok(vec![]);
        }
        return Err(Rejection::DueUnchanged {
            reference,
            due: to.due_on,
        });
    }
    Ok(vec![ActionEvent::DueDateMoved {
        from: action.due.current,
        to,
        reason: reason.clone(),
    }])
}

pub(super) fn pause(action: &Action, reason: &Text, context: Context<'_>) -> Decided {
    match action.clock {
        Clock::Running => Ok(vec![ActionEvent::ClockPaused {
            reason: reason.clone(),
        }]),
        Clock::Paused(since) if since == context.on => Ok(vec![]),
        Clock::Paused(since) => Err(Rejection::ClockStopped {
            reference: action.reference().clone(),
            since,
        }),
    }
}

pub(super) fn resume(action: &Action, context: Context<'_>) -> Decided {
    let reference = action.reference().clone();
    let Clock::Paused(since) = action.clock else {
        if action.undone.resumed_on == Some(context.on) {
            return Ok(vec![]);
        }
        return Err(Rejection::ClockRunning { reference });
    };
    if context.on < since {
        return Err(Rejection::ResumedBeforePaused {
            reference,
            on: context.on,
            since,
        });
    }
    let days = u32::try_from((context.on - since).num_days()).unwrap_or(0);
    let due = action
        .due
        .current
        .and_then(|due| due.checked_add_days(Days::new(u64::from(days))));
    Ok(vec![ActionEvent::ClockResumed {
        paused_on: since,
        days,
        due,
    }])
}
