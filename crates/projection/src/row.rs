//! One action as a list shows it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{
    Action, Clock, Closing, Coverage, DelegationStatus, Ground, Kind, LinkKind, Outcome, PartId,
    Protocol, Rag, Remit, ResponseId, ResponseKind, Sensitivity, Status,
};
use domain::calendar::Quarter;
use domain::calendar::deadline;
use domain::reference::Reference;
use domain::register::Party;
use domain::text::Slug;
use event_log::Sequence;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The meeting at which an action was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingCell {
    /// Identifier in the register.
    pub id: Slug,
    /// The day it was held.
    #[serde(with = "crate::dense::day")]
    pub held_on: NaiveDate,
}

/// A part of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartCell {
    /// Its letter.
    pub id: PartId,
    /// What it asks; that of the whole action when that is but one question. Empty in a stub.
    pub text: String,
    /// How far it was answered.
    pub coverage: Coverage,
}

/// What the group or body said to a delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelegationAnswer {
    /// Nothing yet.
    Offered,
    /// They took it.
    Accepted,
    /// They did not.
    Declined,
}

impl DelegationAnswer {
    /// As it is stored and typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DelegationAnswer::Offered => "offered",
            DelegationAnswer::Accepted => "accepted",
            DelegationAnswer::Declined => "declined",
        }
    }
}

/// The latest delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationCell {
    /// To whom, declined or not.
    pub to: Party,
    /// Since when.
    #[serde(with = "crate::dense::day")]
    pub since: NaiveDate,
    /// When they are to be done.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub due: Option<NaiveDate>,
    /// What they said.
    pub answer: DelegationAnswer,
}

/// A response, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseCell {
    /// Identifier.
    pub id: ResponseId,
    /// Holding or substantive.
    pub kind: ResponseKind,
    /// The day it was sent.
    #[serde(with = "crate::dense::day")]
    pub on: NaiveDate,
    /// How often it was corrected.
    pub corrections: u32,
}

/// How an action ended, or how its owner proposes that it end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingCell {
    /// As what; an action that was taken back is [`Outcome::Withdrawn`].
    pub outcome: Outcome,
    /// The day.
    #[serde(with = "crate::dense::day")]
    pub on: NaiveDate,
}

/// Why an action is out of public view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictionCell {
    /// The ground; `None` in a stub.
    #[serde(default, with = "crate::dense::ground")]
    pub ground: Option<Ground>,
    /// Since when.
    #[serde(with = "crate::dense::day")]
    pub since: NaiveDate,
    /// When it is to be looked at again.
    #[serde(with = "crate::dense::day")]
    pub review_on: NaiveDate,
    /// What the public is told.
    pub explanation: String,
    /// A title that the public may see.
    pub public_title: Option<String>,
}

/// A tie to another action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCell {
    /// How they relate.
    pub kind: LinkKind,
    /// The other.
    pub other: Reference,
}

/// Since when an aggregate is not brought up to date, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedCell {
    /// The first message that could not be applied.
    pub sequence: Sequence,
    /// What is wrong with it.
    pub reason: String,
}

/// Everything a list shows of one action. Made in full; [`Row::seen_by`] leaves what a reader may
/// see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its reference.
    pub reference: Reference,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// What was asked, verbatim. Empty in a stub.
    pub text: String,
    /// The heading under which it was asked.
    pub topic: Option<String>,
    /// The theme of the Police and Crime Plan.
    pub theme: Option<String>,
    /// The meeting, when it was raised at one.
    pub meeting: Option<MeetingCell>,
    /// Minute or agenda item.
    pub minute: Option<String>,
    /// Of whom it is asked.
    pub asked_of: Party,
    /// Who raised it.
    pub raised_by: Party,
    /// The day it was raised.
    #[serde(with = "crate::dense::day")]
    pub raised_on: NaiveDate,
    /// The first due date that was set.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub first_due_on: Option<NaiveDate>,
    /// The due date now.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub due_on: Option<NaiveDate>,
    /// How often the Panel moved it.
    pub due_moves: u32,
    /// Why no date was agreed, when none was.
    pub none_agreed: Option<String>,
    /// Since when the clock is stopped.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub clock_paused_since: Option<NaiveDate>,
    /// The group or body that has it now; `None` when it declined.
    pub delegated_to: Option<Party>,
    /// The latest delegation, declined or not.
    pub delegation: Option<DelegationCell>,
    /// Whose matter it is, once triaged.
    pub remit: Option<Remit>,
    /// The Policing Protocol Order by which the remit was judged, once triaged.
    pub protocol: Option<Protocol>,
    /// Whether some of the answer is withheld, once triaged.
    pub sensitivity: Option<Sensitivity>,
    /// How far the whole was answered.
    pub coverage: Coverage,
    /// Its parts, at least one.
    pub parts: Vec<PartCell>,
    /// Delivery confidence.
    pub rag: Option<Rag>,
    /// The day of the latest word on progress.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub progress_on: Option<NaiveDate>,
    /// The quarter that the latest word reports on.
    pub progress_period: Option<Quarter>,
    /// When it is expected to be done.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub expected_on: Option<NaiveDate>,
    /// The responses, in the order they came.
    pub responses: Vec<ResponseCell>,
    /// The day of the first substantive response.
    #[serde(default, with = "crate::dense::maybe_day")]
    pub answered_on: Option<NaiveDate>,
    /// What its owner proposes.
    pub proposed: Option<ClosingCell>,
    /// How it ended.
    pub closed: Option<ClosingCell>,
    /// Why it is out of public view.
    pub restriction: Option<RestrictionCell>,
    /// Ties to other actions.
    pub links: Vec<LinkCell>,
    /// Actions that came out of it.
    pub children: Vec<Reference>,
    /// The day of the latest thing that happened to it.
    #[serde(with = "crate::dense::day")]
    pub last_change_on: NaiveDate,
    /// The instant at which the last message that touched it was recorded.
    #[serde(with = "crate::dense::instant")]
    pub last_change_at: DateTime<Utc>,
    /// The sequence of the last message that touched it: also its etag.
    pub position: Sequence,
    /// Set when a message about it could not be read: the row is as it was before.
    pub parked: Option<ParkedCell>,
    /// Whether this is a stub, of an action that the reader may not read.
    pub stub: bool,
}

impl Row {
    /// The row of an action as it stands after the message at `position`, recorded at an instant.
    #[must_use]
    pub fn from_action(action: &Action, position: Sequence, recorded_at: DateTime<Utc>) -> Self {
        let raised = &action.raised;
        let (proposed, closed) = ends(&action.closing);
        Self {
            reference: raised.reference.clone(),
            kind: raised.kind,
            status: action.status(),
            text: raised.text.to_string(),
            topic: raised.topic.as_ref().map(ToString::to_string),
            theme: raised.theme.as_ref().map(ToString::to_string),
            meeting: raised.meeting.as_ref().map(|meeting| MeetingCell {
                id: meeting.id.clone(),
                held_on: meeting.held_on,
            }),
            minute: raised.minute.as_ref().map(ToString::to_string),
            asked_of: raised.asked_of.clone(),
            raised_by: raised.raised_by.clone(),
            raised_on: action.raised_on,
            first_due_on: action.due.first,
            due_on: action.due.current,
            due_moves: action.due.moves,
            none_agreed: action.due.none_agreed.as_ref().map(ToString::to_string),
            clock_paused_since: match action.clock {
                Clock::Running => None,
                Clock::Paused(since) => Some(since),
            },
            delegated_to: action.holder().cloned(),
            delegation: action.delegation.as_ref().map(|d| DelegationCell {
                to: d.to.clone(),
                since: d.since,
                due: d.due,
                answer: match d.status {
                    DelegationStatus::Offered => DelegationAnswer::Offered,
                    DelegationStatus::Accepted => DelegationAnswer::Accepted,
                    DelegationStatus::Declined => DelegationAnswer::Declined,
                },
            }),
            remit: action.triage.as_ref().map(|t| t.remit),
            protocol: action.triage.as_ref().map(|t| t.protocol),
            sensitivity: action.triage.as_ref().map(|t| t.sensitivity),
            coverage: action.coverage(),
            parts: parts(action),
            rag: action.progress.as_ref().and_then(|p| p.rag),
            progress_on: action.progress.as_ref().map(|p| p.on),
            progress_period: action.progress.as_ref().and_then(|p| p.period),
            expected_on: action.progress.as_ref().and_then(|p| p.expected_on),
            responses: responses(action),
            answered_on: action.answered_on(),
            proposed,
            closed,
            restriction: action.restriction.as_ref().map(|r| RestrictionCell {
                ground: Some(r.ground),
                since: r.since,
                review_on: r.review_on,
                explanation: r.explanation.to_string(),
                public_title: r.public_title.as_ref().map(ToString::to_string),
            }),
            links: links(action),
            children: action.children.clone(),
            last_change_on: action.last_change_on,
            last_change_at: recorded_at,
            position,
            parked: None,
            stub: false,
        }
    }

    /// Its fields that say something, by name, as JSON: what is shown where rows are compared.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self).map(said) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }

    /// Whether an answer is owed and late on a day: the same rule as [`Action::overdue`].
    #[must_use]
    pub fn overdue(&self, as_at: NaiveDate) -> bool {
        owed(self.status)
            && self.clock_paused_since.is_none()
            && self.due_on.is_some_and(|due| deadline::overdue(due, as_at))
    }

    /// Calendar days since the due day when it is overdue on a day, else 0.
    #[must_use]
    pub fn days_overdue(&self, as_at: NaiveDate) -> u32 {
        match self.due_on {
            Some(due) if self.overdue(as_at) => deadline::days_overdue(due, as_at),
            _ => 0,
        }
    }

    /// The delivery group that has it: the group of the policy's facts.
    #[must_use]
    pub fn holding_group(&self) -> Option<&Slug> {
        self.delegated_to
            .as_ref()
            .filter(|party| party.kind == domain::register::PartyKind::Group)
            .map(|party| &party.id)
    }
}

/// A value without the fields that say nothing.
fn said(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            .map(|(name, value)| (name, said(value)))
            .filter(|(_, value)| !says_nothing(value))
            .collect(),
        Value::Array(values) => values.into_iter().map(said).collect(),
        value => value,
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(values) => values.is_empty(),
        Value::String(_) | Value::Bool(true) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// Whether an answer is owed in this status.
pub(crate) fn owed(status: Status) -> bool {
    matches!(
        status,
        Status::Open | Status::PartAnswered | Status::HoldingResponse
    )
}

fn parts(action: &Action) -> Vec<PartCell> {
    let cell = |part: &domain::action::PartState| PartCell {
        id: part.id,
        text: part.text.to_string(),
        coverage: part.coverage,
    };
    action.parts.iter().map(cell).collect()
}

fn responses(action: &Action) -> Vec<ResponseCell> {
    let cell = |response: &domain::action::ResponseState| ResponseCell {
        id: response.id,
        kind: response.kind,
        on: response.on,
        corrections: response.corrections,
    };
    action.responses.iter().map(cell).collect()
}

fn links(action: &Action) -> Vec<LinkCell> {
    let cell = |link: &domain::action::LinkState| LinkCell {
        kind: link.kind,
        other: link.other.clone(),
    };
    action.links.iter().map(cell).collect()
}

fn ends(closing: &Closing) -> (Option<ClosingCell>, Option<ClosingCell>) {
    let cell = |outcome, on| Some(ClosingCell { outcome, on });
    match *closing {
        Closing::Open => (None, None),
        Closing::Proposed { outcome, on } => (cell(outcome, on), None),
        Closing::Closed { outcome, on } => (None, cell(outcome, on)),
        Closing::Withdrawn { on } => (None, cell(Outcome::Withdrawn, on)),
    }
}
