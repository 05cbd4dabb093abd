//! Raising an action, and splitting one into several.

use super::{Context, Decided, still_open};
use crate::action::command::Raise;
use crate::action::event::{ActionEvent, DueSet, MeetingRef, Raised, SplitChild};
use crate::action::rejection::Rejection;
use crate::action::state::{Action, Closing};
use crate::action::terms::{Outcome, PartId};
use crate::calendar::deadline::{Deadline, DueRule};
use crate::text::{Line, Text};
use std::collections::BTreeSet;

pub(super) fn raise(state: Option<&Action>, raise: &Raise, context: Context<'_>) -> Decided {
    let taken = |action: &Action| Rejection::ReferenceTaken {
        reference: raise.reference.clone(),
        raised_on: action.raised_on,
    };
    // A number of a series was chosen by the program: whoever has it is somebody else. A
    // reference kept from elsewhere was chosen by a person: the same action again is a repeat.
    if let Some(action) = state.filter(|_| raise.numbered.is_some()) {
        return Err(taken(action));
    }
    if raise.parts.len() > PartId::LIMIT {
        return Err(Rejection::TooManyParts {
            count: raise.parts.len(),
            limit: PartId::LIMIT,
        });
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = raise.parts.iter().find(|part| !seen.insert(part.id)) {
        return Err(Rejection::PartTwice { part: twice.id });
    }
    let party = |name: &str| {
        context
            .register
            .party(name, context.on)
            .ok_or_else(|| Rejection::UnknownParty {
                name: name.to_owned(),
            })
    };
    let raised = Raised {
        reference: raise.reference.clone(),
        numbered: raise.numbered.clone(),
        kind: raise.kind,
        text: raise.text.clone(),
        topic: raise.topic.clone(),
        theme: raise.theme.clone(),
        meeting: meeting(raise, context)?,
        minute: raise.minute.clone(),
        asked_of: party(raise.asked_of.as_str())?,
        raised_by: party(raise.raised_by.as_str())?,
        parts: raise.parts.clone(),
        due: due(&raise.due, context)?,
        origin: raise.origin.clone(),
    };
    match state {
        None => Ok(vec![ActionEvent::Raised(Box::new(raised))]),
        Some(there) if (&there.raised, there.raised_on) == (&raised, context.on) => Ok(vec![]),
        Some(there) => Err(taken(there)),
    }
}

fn meeting(raise: &Raise, context: Context<'_>) -> Result<Option<MeetingRef>, Rejection> {
    let Some(id) = &raise.meeting else {
        return Ok(None);
    };
    let meeting = context
        .register
        .meeting(id)
        .ok_or_else(|| Rejection::UnknownMeeting {
            meeting: id.clone(),
        })?;
    if context.on < meeting.held_on {
        return Err(Rejection::BeforeMeeting {
            meeting: id.clone(),
            on: context.on,
            held_on: meeting.held_on,
        });
    }
    Ok(Some(MeetingRef {
        id: id.clone(),
        held_on: meeting.held_on,
    }))
}

fn due(rule: &DueRule, context: Context<'_>) -> Result<DueSet, Rejection> {
    if let DueRule::NoneAgreed { reason } = rule {
        let reason = Line::new(reason).map_err(Rejection::DueReason)?;
        return Ok(DueSet::NoneAgreed { reason });
    }
    deadline(rule, context).map(DueSet::By)
}

/// The deadline that a rule leads to from the day of the context.
pub(super) fn deadline(rule: &DueRule, context: Context<'_>) -> Result<Deadline, Rejection> {
    let deadline = rule
        .deadline(context.on)
        .map_err(Rejection::Due)?
        .ok_or(Rejection::NoNewDueDate)?;
    if deadline.due_on < context.on {
        return Err(Rejection::DueInPast {
            due: deadline.due_on,
            on: context.on,
        });
    }
    Ok(deadline)
}

pub(super) fn split(action: &Action, into: &[SplitChild], reason: &Text) -> Decided {
    let superseded = matches!(
        action.closing,
        Closing::Closed {
            outcome: Outcome::Superseded,
            ..
        }
    );
    let borne = |child: &SplitChild| action.children.contains(&child.reference);
    if superseded && into.len() > 1 && into.iter().all(borne) {
        return Ok(vec![]);
    }
    still_open(action)?;
    if into.len() < 2 {
        return Err(Rejection::SplitTooSmall {
            reference: action.reference().clone(),
            count: into.len(),
        });
    }
    let mut named = BTreeSet::new();
    for child in into {
        if child.reference == *action.reference() {
            return Err(Rejection::LinkToItself {
                reference: child.reference.clone(),
            });
        }
        if !named.insert(&child.reference) {
            return Err(Rejection::ChildTwice {
                child: child.reference.clone(),
            });
        }
    }
    let mut seen = BTreeSet::new();
    for part in into.iter().flat_map(|child| &child.parts) {
        known_part(action, *part)?;
        if !seen.insert(*part) {
            return Err(Rejection::PartTwice { part: *part });
        }
    }
    Ok(vec![
        ActionEvent::Split {
            into: into.to_vec(),
            reason: reason.clone(),
        },
        ActionEvent::Closed {
            outcome: Outcome::Superseded,
            reason: None,
            superseded_by: None,
        },
    ])
}

/// Refuses a part that the action does not have.
pub(super) fn known_part(action: &Action, part: PartId) -> Result<(), Rejection> {
    if action.parts.iter().any(|p| p.id == part) {
        return Ok(());
    }
    let parts: Vec<String> = action.parts.iter().map(|p| p.id.to_string()).collect();
    Err(Rejection::UnknownPart {
        reference: action.reference().clone(),
        part,
        parts: parts.join(", "),
    })
}
