//! What the history of an action amounts to.

use super::event::{ActionEvent, DueSet, Origin, Raised};
use super::terms::{
    Coverage, Ground, LinkKind, Outcome, PartId, Protocol, Rag, Remit, ResponseId, ResponseKind,
    Sensitivity, Status,
};
use crate::calendar::Quarter;
use crate::reference::Reference;
use crate::register::Party;
use crate::text::{Line, Text};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// A part and how far it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// Its letter.
    pub id: PartId,
    /// What it asks; the text of the whole action when that is but one question.
    pub text: Text,
    /// How far it was answered.
    pub coverage: Coverage,
}

/// The due date. The first one is kept, so that reports can measure against both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The first date that was set.
    pub first: Option<NaiveDate>,
    /// The date now.
    pub current: Option<NaiveDate>,
    /// How often the Panel moved it. Clock stops are not moves.
    pub moves: u32,
    /// Why no date was agreed, when none was.
    pub none_agreed: Option<Line>,
}

/// Whether time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It does.
    Running,
    /// It does not, since this day.
    Paused(NaiveDate),
}

/// What triage said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageState {
    /// Whose matter it is.
    pub remit: Remit,
    /// The Order in force on the day.
    pub protocol: Protocol,
    /// Whether some of the answer is withheld.
    pub sensitivity: Sensitivity,
}

/// Who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The group or body.
    pub to: Party,
    /// Since when.
    pub since: NaiveDate,
    /// When they are to be done.
    pub due: Option<NaiveDate>,
    /// What they said.
    pub status: DelegationStatus,
}

/// What the group or body said to a delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegationStatus {
    /// Nothing yet.
    Offered,
    /// They took it.
    Accepted,
    /// They did not.
    Declined,
}

/// The latest word on progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The day of the update.
    pub on: NaiveDate,
    /// The quarter it reports on.
    pub period: Option<Quarter>,
    /// Delivery confidence.
    pub rag: Option<Rag>,
    /// When it is expected to be done.
    pub expected_on: Option<NaiveDate>,
}

/// A response, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseState {
    /// Identifier.
    pub id: ResponseId,
    /// Holding or substantive.
    pub kind: ResponseKind,
    /// The day it was sent.
    pub on: NaiveDate,
    /// How often it was corrected.
    pub corrections: u32,
}

/// Why it is out of public view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestrictionState {
    /// The ground.
    pub ground: Ground,
    /// Since when.
    pub since: NaiveDate,
    /// When it is to be looked at again.
    pub review_on: NaiveDate,
    /// What the public is told.
    pub explanation: Text,
    /// A title that the public may see.
    pub public_title: Option<Line>,
}

/// How near its end it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// Nobody proposed to close it.
    Open,
    /// Its owner did.
    Proposed {
        /// As what.
        outcome: Outcome,
        /// When.
        on: NaiveDate,
    },
    /// The Panel agreed.
    Closed {
        /// As what.
        outcome: Outcome,
        /// When.
        on: NaiveDate,
    },
    /// Who raised it took it back.
    Withdrawn {
        /// When.
        on: NaiveDate,
    },
}

/// A tie to another action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkState {
    /// How they relate.
    pub kind: LinkKind,
    /// The other.
    pub other: Reference,
}

/// An action as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// How it began: reference, kind, text, topic, theme, meeting, who asks whom.
    pub raised: Raised,
    /// The day it was raised.
    pub raised_on: NaiveDate,
    /// Its parts, at least one.
    pub parts: Vec<PartState>,
    /// When it is due.
    pub due: Due,
    /// Whether time counts.
    pub clock: Clock,
    /// What triage said.
    pub triage: Option<TriageState>,
    /// Who has it.
    pub delegation: Option<Delegation>,
    /// The latest word on progress.
    pub progress: Option<Progress>,
    /// The responses, in the order they came.
    pub responses: Vec<ResponseState>,
    /// Why it is out of public view.
    pub restriction: Option<RestrictionState>,
    /// How near its end it is.
    pub closing: Closing,
    /// Ties to other actions.
    pub links: Vec<LinkState>,
    /// Actions that came out of it: undertakings, or the pieces of a split.
    pub children: Vec<Reference>,
    /// The day of the latest thing that happened to it.
    pub last_change_on: NaiveDate,
}

impl Action {
    /// Its reference.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.raised.reference
    }

    /// Where it stands, in the words of the pages.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.closing {
            Closing::Closed { .. } => return Status::Closed,
            Closing::Withdrawn { .. } => return Status::Withdrawn,
            Closing::Proposed { .. } => return Status::ProposedToClose,
            Closing::Open => {}
        }
        let settled =
            |p: &PartState| !matches!(p.coverage, Coverage::Pending | Coverage::NotAddressed);
        match self.responses.last() {
            None => Status::Open,
            Some(_) if self.parts.iter().all(settled) => Status::Answered,
            Some(_) if self.has_substantive_response() => Status::PartAnswered,
            Some(_) => Status::HoldingResponse,
        }
    }

    /// Whether a substantive response was sent.
    #[must_use]
    pub fn has_substantive_response(&self) -> bool {
        self.responses
            .iter()
            .any(|r| r.kind == ResponseKind::Substantive)
    }

    /// The day of the first substantive response.
    #[must_use]
    pub fn answered_on(&self) -> Option<NaiveDate> {
        self.responses
            .iter()
            .filter(|r| r.kind == ResponseKind::Substantive)
            .map(|r| r.on)
            .min()
    }

    /// The coverage of the whole: that of its parts when they agree, else answered in part.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let first = self.parts.first().map_or(Coverage::Pending, |p| p.coverage);
        if self.parts.iter().all(|p| p.coverage == first) {
            first
        } else {
            Coverage::AnsweredInPart
        }
    }

    /// Whether an answer is owed and late on a day: due until the end of the due day, not while
    /// the clock is stopped, and no longer once every part is settled or it is closed.
    #[must_use]
    pub fn overdue(&self, as_at: NaiveDate) -> bool {
        let owed = matches!(
            self.status(),
            Status::Open | Status::PartAnswered | Status::HoldingResponse
        );
        owed && self.clock == Clock::Running && self.due.current.is_some_and(|due| due < as_at)
    }

    /// The delivery group that has it now: one that declined has it no longer.
    #[must_use]
    pub fn holder(&self) -> Option<&Party> {
        self.delegation
            .as_ref()
            .filter(|d| d.status != DelegationStatus::Declined)
            .map(|d| &d.to)
    }
}

/// Applies one event that happened on a day. Total: before it is raised there is nothing, and an
/// event that does not fit changes nothing.
#[must_use]
pub fn evolve(state: Option<Action>, on: NaiveDate, event: &ActionEvent) -> Option<Action> {
    let Some(mut action) = state else {
        return match event {
            ActionEvent::Raised(raised) => Some(begin(on, raised)),
            _ => None,
        };
    };
    apply(&mut action, on, event);
    action.last_change_on = action.last_change_on.max(on);
    Some(action)
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
            ..
        } => {
            let id = *response;
            action.responses.push(ResponseState {
                id,
                kind: *kind,
                on,
                corrections: 0,
            });
            cover(action, coverage);
        }
        ActionEvent::ResponseCorrected {
            response, coverage, ..
        } => {
            if let Some(corrected) = action.responses.iter_mut().find(|r| r.id == *response) {
                corrected.corrections += 1;
            }
            cover(action, coverage);
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
        ActionEvent::RestrictionLifted { .. } => action.restriction = None,
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
            action
                .children
                .extend(into.iter().map(|child| child.reference.clone()));
        }
        ActionEvent::UndertakingGiven { child, .. } => action.children.push(child.clone()),
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

fn cover(action: &mut Action, coverage: &BTreeMap<PartId, Coverage>) {
    for part in &mut action.parts {
        if let Some(coverage) = coverage.get(&part.id) {
            part.coverage = *coverage;
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
        ActionEvent::Closed { outcome, .. } => {
            action.closing = Closing::Closed {
                outcome: *outcome,
                on,
            };
        }
        ActionEvent::Withdrawn { .. } => action.closing = Closing::Withdrawn { on },
        ActionEvent::Reopened { due, .. } => {
            action.closing = Closing::Open;
            if let Some(deadline) = due {
                action.due.first.get_or_insert(deadline.due_on);
                action.due.current = Some(deadline.due_on);
                action.due.none_agreed = None;
            }
        }
        _ => {}
    }
}
