//! Responses, their corrections, and what they promise.

use super::raising::known_part;
use super::{Context, Decided};
use crate::action::command::Command;
use crate::action::event::ActionEvent;
use crate::action::rejection::Rejection;
use crate::action::state::{Action, PartState, ResponseState};
use crate::action::terms::{Coverage, PartId, ResponseId, ResponseKind};
use crate::reference::Reference;
use std::collections::BTreeMap;

pub(super) fn respond(action: &Action, command: &Command) -> Decided {
    let Command::Respond {
        response,
        kind,
        text,
        coverage,
        citations,
        also_answers,
        expected_on,
    } = command
    else {
        return Ok(vec![]);
    };
    if action.responses.iter().any(|there| there.id == *response) {
        return Ok(vec![]);
    }
    check_coverage(action, coverage)?;
    let coverage = match kind {
        ResponseKind::Holding if !coverage.is_empty() => return Err(Rejection::HoldingCovers),
        ResponseKind::Holding => BTreeMap::new(),
        ResponseKind::Substantive if coverage.is_empty() => unsettled(action),
        ResponseKind::Substantive => coverage.clone(),
    };
    if *kind == ResponseKind::Substantive && coverage.is_empty() {
        return Err(Rejection::NothingCovered {
            reference: action.reference().clone(),
        });
    }
    Ok(vec![ActionEvent::Responded {
        response: *response,
        kind: *kind,
        text: text.clone(),
        coverage,
        citations: citations.clone(),
        also_answers: also_answers.clone(),
        expected_on: *expected_on,
    }])
}

/// Every part that is not settled yet, as answered.
fn unsettled(action: &Action) -> BTreeMap<PartId, Coverage> {
    action
        .parts
        .iter()
        .filter(|p| !matches!(p.coverage, Coverage::Answered | Coverage::Withheld))
        .map(|p| (p.id, Coverage::Answered))
        .collect()
}

fn check_coverage(action: &Action, coverage: &BTreeMap<PartId, Coverage>) -> Result<(), Rejection> {
    for (part, coverage) in coverage {
        known_part(action, *part)?;
        if *coverage == Coverage::Pending {
            return Err(Rejection::CoversAsPending);
        }
    }
    Ok(())
}

fn known_response(action: &Action, id: ResponseId) -> Result<&ResponseState, Rejection> {
    action.responses.iter().find(|r| r.id == id).ok_or_else(|| {
        let known: Vec<String> = action.responses.iter().map(|r| r.id.to_string()).collect();
        Rejection::UnknownResponse {
            reference: action.reference().clone(),
            response: id,
            known: if known.is_empty() {
                "none".into()
            } else {
                known.join(", ")
            },
        }
    })
}

pub(super) fn correct(action: &Action, command: &Command, context: Context<'_>) -> Decided {
    let Command::CorrectResponse {
        response,
        text,
        coverage,
        citations,
        reason,
    } = command
    else {
        return Ok(vec![]);
    };
    let corrected = known_response(action, *response)?;
    if context.on < corrected.on {
        return Err(Rejection::CorrectionBeforeResponse {
            on: context.on,
            responded_on: corrected.on,
        });
    }
    if text.is_none() && coverage.is_empty() && citations.is_none() {
        return Err(Rejection::CorrectsNothing);
    }
    if corrected.kind == ResponseKind::Holding && !coverage.is_empty() {
        return Err(Rejection::HoldingCovers);
    }
    check_coverage(action, coverage)?;
    let stands = |part: &PartState| coverage.get(&part.id).is_none_or(|c| *c == part.coverage);
    if text.is_none() && citations.is_none() && action.parts.iter().all(stands) {
        return Ok(vec![]);
    }
    Ok(vec![ActionEvent::ResponseCorrected {
        response: *response,
        responded_on: corrected.on,
        text: text.clone(),
        coverage: coverage.clone(),
        citations: citations.clone(),
        reason: reason.clone(),
    }])
}

pub(super) fn undertaking(action: &Action, response: ResponseId, child: &Reference) -> Decided {
    known_response(action, response)?;
    if action.children.contains(child) {
        return Ok(vec![]);
    }
    if child == action.reference() {
        return Err(Rejection::LinkToItself {
            reference: child.clone(),
        });
    }
    Ok(vec![ActionEvent::UndertakingGiven {
        response,
        child: child.clone(),
    }])
}
