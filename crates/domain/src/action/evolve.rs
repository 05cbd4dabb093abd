//! How each event changes an action.

use super::event::{ActionEvent, DueSet, Origin, Raised};
use super::state::{
    Action, Clock, Closing, Delegation, DelegationStatus, Due, LinkState, PartState, Progress,
    ResponseState, RestrictionState, TriageState, Undone,
};
use super::terms::{Coverage, LinkKind, PartId, ResponseId};
use crate::reference::Reference;
use crate::text::Text;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// Applies one event that happened on a day. Total: before it is raised there is nothing, and an
/// event that does not fit changes nothing.
#[must_use]
pub fn evolve(mut state: Option<Action>, on: NaiveDate, event: &ActionEvent) -> Option<Action> {
    step(&mut state, on, event);
    state
}

/// The same as [`evolve`], where the state stands: it is large, and moving it costs more than most
/// events.
pub fn step(state: &mut Option<Action>, on: NaiveDate, event: &ActionEvent) {
    match (state, event) {
        (Some(action), event) => {
            apply(action, on, event);
            action.last_change_on = action.last_change_on.max(on);
        }
        (state @ None, ActionEvent::Raised(raised)) => *state = Some(begin(on, raised)),
        (None, _) => {}
    }
}

/// Folds a history, oldest first.
#[must_use]
pub fn fold<'a>(events: impl IntoIterator<Item = (NaiveDate, &'a ActionEvent)>) -> Option<Action> {
    events
        .into_iter()
        .fold(None, |state, (on, event)| evolve(state, on, event))
}

fn begin(on: NaiveDate, raised: &Raised) -> Action {
    let pending = |id, text: &Text| PartState {
        id,
        text: text.clone(),
        coverage: Coverage::Pending,
        covered_by: None,
    };
    let parts: Vec<PartState> = if raised.parts.is_empty() {
        PartId::at(0)
            .map(|id| pending(id, &raised.text))
            .into_iter()
            .collect()
    } else {
        raised
            .parts
            .iter()
            .map(|part| pending(part.id, &part.text))
            .collect()
    };
    let date = raised.due.date();
    Action {
        raised: raised.clone(),
        raised_on: on,
        parts,
        due: Due {
            first: date,
            current: date,
            moves: 0,
            none_agreed: match &raised.due {
                DueSet::NoneAgreed { reason } => Some(reason.clone()),
                DueSet::By(_) => None,
            },
        },
        clock: Clock::Running,
        triage: None,
        delegation: None,
        progress: None,
        responses: Vec::new(),
        restriction: None,
        closing: Closing::Open,
        superseded_by: None,
        undone: Undone::default(),
        links: match &raised.origin {
            Some(Origin::Undertaking { parent, .. }) => {
                vec![LinkState {
                    kind: LinkKind::FollowsFrom,
                    other: parent.clone(),
                }]
            }
            Some(Origin::Split { parent }) => {
                vec![LinkState {
                    kind: LinkKind::Parent,
                    other: parent.clone(),
                }]
            }
            None => Vec::new(),
        },
        children: Vec::new(),
        last_change_on: on,
    }
}

fn apply(action: &mut Action, on: NaiveDate, event: &ActionEvent) {
    match event {
        ActionEvent::Triaged {
            remit,
            protocol,
            sensitivity,
            ..
        } => {
            action.triage = Some(TriageState {
                remit: *remit,
                protocol: *protocol,
                sensitivity: *sensitivity,
            });
        }
        ActionEvent::Delegated { to, due, .. } | ActionEvent::Transferred { to, due, .. } => {
            action.delegation = Some(Delegation {
                to: to.clone(),
                since: on,
                due: *due,
                status: DelegationStatus::Offered,
            });
        }
        ActionEvent::DelegationAccepted { .. } => {
            answer_delegation(action, DelegationStatus::Accepted)
        }
        ActionEvent::DelegationDeclined { .. } => {
            answer_delegation(action, DelegationStatus::Declined)
        }
        ActionEvent::Updated {
            period,
            rag,
            expected_on,
            ..
        } => {
            // An update recorded late, of a day before the one on record, is not the latest word.
            if action.progress.as_ref().is_some_and(|p| on < p.on) {
                return;
            }
            action.progress = Some(Progress {
                on,
                period: *period,
                rag: rag.or(action.progress.as_ref().and_then(|p| p.rag)),
                expected_on: *expected_on,
            });
        }
        ActionEvent::Responded {
            response,
            kind,
            coverage,
            also_answers,
            ..
        } => {
            let id = *response;
            action.responses.push(ResponseState {
                id,
                kind: *kind,
                on,
                corrections: 0,
                also_answers: also_answers.clone(),
            });
            cover(action, id, coverage, |_| true);
        }
        ActionEvent::ResponseCorrected {
            response, coverage, ..
        } => {
            if let Some(corrected) = action.responses.iter_mut().find(|r| r.id == *response) {
                corrected.corrections += 1;
            }
            // A correction is true from the day of its response, so what a later response said of
            // a part stands, in whichever order the two are folded.
            cover(action, *response, coverage, |by| {
                by.is_none_or(|by| by == *response)
            });
        }
        ActionEvent::Restricted {
            ground,
            review_on,
            explanation,
            public_title,
            ..
        } => {
            action.restriction = Some(RestrictionState {
                ground: *ground,
                since: on,
                review_on: *review_on,
                explanation: explanation.clone(),
                public_title: public_title.clone(),
            });
        }
        ActionEvent::RestrictionLifted { .. } => {
            action.restriction = None;
            action.undone.lifted_on = Some(on);
        }
        ActionEvent::Linked { kind, other } => {
            let link = LinkState {
                kind: *kind,
                other: other.clone(),
            };
            if !action.links.contains(&link) {
                action.links.push(link);
            }
        }
        ActionEvent::Split { into, .. } => {
            for child in into {
                bear(action, &child.reference);
            }
        }
        ActionEvent::UndertakingGiven { child, .. } => bear(action, child),
        ActionEvent::DueDateMoved { .. }
        | ActionEvent::ClockPaused { .. }
        | ActionEvent::ClockResumed { .. } => apply_time(action, on, event),
        ActionEvent::ClosureProposed { .. }
        | ActionEvent::Closed { .. }
        | ActionEvent::Reopened { .. }
        | ActionEvent::Withdrawn { .. } => apply_closing(action, on, event),
        ActionEvent::Raised(_) => {}
    }
}

fn answer_delegation(action: &mut Action, status: DelegationStatus) {
    if let Some(delegation) = &mut action.delegation {
        delegation.status = status;
    }
}

fn bear(action: &mut Action, child: &Reference) {
    if !action.children.contains(child) {
        action.children.push(child.clone());
    }
}

fn cover(
    action: &mut Action,
    response: ResponseId,
    coverage: &BTreeMap<PartId, Coverage>,
    may: impl Fn(Option<ResponseId>) -> bool,
) {
    for part in &mut action.parts {
        if let Some(coverage) = coverage.get(&part.id)
            && may(part.covered_by)
        {
            part.coverage = *coverage;
            part.covered_by = Some(response);
        }
    }
}

fn apply_time(action: &mut Action, on: NaiveDate, event: &ActionEvent) {
    match event {
        ActionEvent::DueDateMoved { to, .. } => {
            action.due.first.get_or_insert(to.due_on);
            action.due.current = Some(to.due_on);
            action.due.moves += 1;
            action.due.none_agreed = None;
        }
        ActionEvent::ClockPaused { .. } => action.clock = Clock::Paused(on),
        ActionEvent::ClockResumed { days, due, .. } => {
            action.clock = Clock::Running;
            action.undone.resumed_on = Some(on);
            let later = |date: NaiveDate| date.checked_add_days(Days::new(u64::from(*days)));
            action.due.current = due.or_else(|| action.due.current.and_then(later));
        }
        _ => {}
    }
}

fn apply_closing(action: &mut Action, on: NaiveDate, event: &ActionEvent) {
    match event {
        ActionEvent::ClosureProposed { outcome, .. } => {
            action.closing = Closing::Proposed {
                outcome: *outcome,
                on,
            };
        }
        ActionEvent::Closed {
            outcome,
            superseded_by,
            ..
        } => {
            action.superseded_by.clone_from(superseded_by);
            action.closing = Closing::Closed {
                outcome: *outcome,
                on,
            };
        }
        ActionEvent::Withdrawn { .. } => action.closing = Closing::Withdrawn { on },
        ActionEvent::Reopened { due, .. } => {
            action.closing = Closing::Open;
            action.superseded_by = None;
            action.undone.reopened_on = Some(on);
            if let Some(deadline) = due {
                action.due.first.get_or_insert(deadline.due_on);
                action.due.current = Some(deadline.due_on);
                action.due.none_agreed = None;
            }
        }
        _ => {}
    }
}
