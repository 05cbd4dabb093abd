//! Taking an action out of public view, and putting it back.

use super::{Context, Decided};
use crate::action::command::Command;
use crate::action::event::ActionEvent;
use crate::action::rejection::Rejection;
use crate::action::state::Action;
use crate::action::terms::Ground;
use crate::text::Text;

pub(super) fn restrict(action: &Action, command: &Command, context: Context<'_>) -> Decided {
    let Command::Restrict {
        ground,
        reason,
        review_on,
        explanation,
        public_title,
    } = command
    else {
        return Ok(vec![]);
    };
    if let Ground::Schedule12a { paragraph } = ground
        && !(1..=7).contains(paragraph)
    {
        return Err(Rejection::UnknownParagraph {
            paragraph: *paragraph,
        });
    }
    if let Some(there) = &action.restriction {
        let same = (there.ground, there.review_on) == (*ground, *review_on)
            && there.explanation == *explanation
            && there.public_title == *public_title;
        if same {
            return Ok(vec![]);
        }
        return Err(Rejection::RestrictedAlready {
            reference: action.reference().clone(),
            since: there.since,
        });
    }
    if *review_on <= context.on {
        return Err(Rejection::ReviewNotAfter {
            review_on: *review_on,
            on: context.on,
        });
    }
    Ok(vec![ActionEvent::Restricted {
        ground: *ground,
        reason: reason.clone(),
        review_on: *review_on,
        explanation: explanation.clone(),
        public_title: public_title.clone(),
        also: vec![],
    }])
}

pub(super) fn lift(action: &Action, reason: &Text, context: Context<'_>) -> Decided {
    let Some(there) = &action.restriction else {
        if action.undone.lifted_on == Some(context.on) {
            return Ok(vec![]);
        }
        return Err(Rejection::NotRestricted {
            reference: action.reference().clone(),
        });
    };
    if context.on < there.since {
        return Err(Rejection::BeforeStep {
            reference: action.reference().clone(),
            on: context.on,
            step: "restricted",
            since: there.since,
        });
    }
    Ok(vec![ActionEvent::RestrictionLifted {
        reason: reason.clone(),
    }])
}
