//! Giving an action to a group or a body, and what they say to it.

use super::{Context, Decided};
use crate::action::command::Lookup;
use crate::action::event::ActionEvent;
use crate::action::rejection::Rejection;
use crate::action::state::{Action, Delegation, DelegationStatus};
use crate::register::{Party, PartyKind};
use crate::text::Text;
use chrono::NaiveDate;

fn party(name: &Lookup, context: Context<'_>) -> Result<Party, Rejection> {
    let party = context
        .register
        .party(name.as_str(), context.on)
        .ok_or_else(|| Rejection::UnknownParty {
            name: name.as_str().to_owned(),
        })?;
    let active = match party.kind {
        PartyKind::Group => context
            .register
            .groups
            .get(&party.id)
            .is_some_and(|g| g.active_on(context.on)),
        PartyKind::Body => context
            .register
            .bodies
            .get(&party.id)
            .is_some_and(|b| b.active_on(context.on)),
    };
    if active {
        Ok(party)
    } else {
        Err(Rejection::PartyNotActive {
            name: party.name.to_string(),
            on: context.on,
        })
    }
}

fn not_before(due: Option<NaiveDate>, on: NaiveDate) -> Result<(), Rejection> {
    match due {
        Some(due) if due < on => Err(Rejection::DueInPast { due, on }),
        _ => Ok(()),
    }
}

pub(super) fn delegate(
    action: &Action,
    to: &Lookup,
    due: Option<NaiveDate>,
    note: Option<&Text>,
    context: Context<'_>,
) -> Decided {
    let to = party(to, context)?;
    if let Some(there) = held(action) {
        let again = note.is_none() || there.since == context.on;
        if there.to.id == to.id && there.due == due && again {
            return Ok(vec![]);
        }
        // To the same holder by another day: that is how their own date moves.
        if there.to.id == to.id && there.due != due {
            not_before(due, context.on)?;
            since(action, there, context)?;
            return Ok(vec![ActionEvent::Delegated {
                to,
                due,
                note: note.cloned(),
            }]);
        }
        return Err(Rejection::DelegatedElsewhere {
            reference: action.reference().clone(),
            holder: there.to.name.to_string(),
            since: there.since,
        });
    }
    not_before(due, context.on)?;
    Ok(vec![ActionEvent::Delegated {
        to,
        due,
        note: note.cloned(),
    }])
}

/// The delegation that holds: made, and not declined.
fn held(action: &Action) -> Option<&Delegation> {
    action
        .delegation
        .as_ref()
        .filter(|d| d.status != DelegationStatus::Declined)
}

fn delegation(action: &Action) -> Result<&Delegation, Rejection> {
    action
        .delegation
        .as_ref()
        .ok_or_else(|| Rejection::NotDelegated {
            reference: action.reference().clone(),
        })
}

/// Nothing is said to a delegation before it was made.
fn since(action: &Action, there: &Delegation, context: Context<'_>) -> Result<(), Rejection> {
    if context.on < there.since {
        return Err(Rejection::BeforeStep {
            reference: action.reference().clone(),
            on: context.on,
            step: "delegated",
            since: there.since,
        });
    }
    Ok(())
}

pub(super) fn accept(action: &Action, context: Context<'_>) -> Decided {
    let there = delegation(action)?;
    since(action, there, context)?;
    match there.status {
        DelegationStatus::Accepted => Ok(vec![]),
        DelegationStatus::Offered => Ok(vec![ActionEvent::DelegationAccepted {
            by: there.to.clone(),
        }]),
        DelegationStatus::Declined => Err(Rejection::DeclinedAlready {
            reference: action.reference().clone(),
            holder: there.to.name.to_string(),
        }),
    }
}

pub(super) fn decline(action: &Action, reason: &Text, context: Context<'_>) -> Decided {
    let there = delegation(action)?;
    since(action, there, context)?;
    match there.status {
        DelegationStatus::Declined => Ok(vec![]),
        DelegationStatus::Offered => Ok(vec![ActionEvent::DelegationDeclined {
            by: there.to.clone(),
            reason: reason.clone(),
        }]),
        DelegationStatus::Accepted => Err(Rejection::AcceptedAlready {
            reference: action.reference().clone(),
            holder: there.to.name.to_string(),
        }),
    }
}

pub(super) fn transfer(
    action: &Action,
    to: &Lookup,
    due: Option<NaiveDate>,
    reason: &Text,
    context: Context<'_>,
) -> Decided {
    let to = party(to, context)?;
    let there = delegation(action)?;
    if there.status == DelegationStatus::Declined {
        return Err(Rejection::DeclinedAlready {
            reference: action.reference().clone(),
            holder: there.to.name.to_string(),
        });
    }
    if there.to.id == to.id {
        if (there.due, there.since) == (due, context.on) {
            return Ok(vec![]);
        }
        return Err(Rejection::TransferToItself {
            reference: action.reference().clone(),
            holder: there.to.name.to_string(),
            since: there.since,
        });
    }
    not_before(due, context.on)?;
    since(action, there, context)?;
    Ok(vec![ActionEvent::Transferred {
        from: there.to.clone(),
        to,
        due,
        reason: reason.clone(),
    }])
}
