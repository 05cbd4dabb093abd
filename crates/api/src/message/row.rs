//! One action, as a list shows it.

use chrono::NaiveDate;
use domain::register::{BodyKind, Party, PartyKind, Register};
use domain::text::Slug;
use projection::{ResponseCell, RestrictionCell, Row};
use std::collections::BTreeSet;

use super::freshness::timestamp;
use crate::v1;
use crate::words::Word;

/// Whom the Panel can require to answer. A Commissioner's office it can; of anybody else, a chief
/// constable above all, it can only request (Police Reform and Social Responsibility Act 2011,
/// s.29).
#[derive(Debug, Clone, Default)]
pub struct Duties {
    required: BTreeSet<Slug>,
}

impl Duties {
    /// By the bodies of the register.
    #[must_use]
    pub fn of(register: &Register) -> Self {
        let offices = register
            .bodies
            .values()
            .filter(|body| body.kind == BodyKind::CommissionerOffice);
        Self {
            required: offices.map(|body| body.id.clone()).collect(),
        }
    }

    fn said(&self, party: &Party) -> &'static str {
        if party.kind == PartyKind::Body && self.required.contains(&party.id) {
            "required"
        } else {
            "requested"
        }
    }
}

/// The row as a message; `as_at` is the day on which overdue is judged.
#[must_use]
pub fn action_row(row: &Row, as_at: NaiveDate, duties: &Duties) -> v1::ActionRow {
    let mut message = progress_and_end(row);
    if let Some(told) = row.told() {
        message.kind = told.kind.number();
        message.raised_by = Some(party(told.raised_by));
        message.asked_of = Some(party(told.asked_of));
        message.duty = duties.said(told.asked_of).to_owned();
        message.coverage = told.coverage.number();
    }
    message.reference = row.reference.to_string();
    message.status = row.status.number();
    message.text = row.text.clone();
    message.topic = row.topic.clone().unwrap_or_default();
    message.theme = row.theme.clone().unwrap_or_default();
    if let Some(meeting) = &row.meeting {
        message.meeting = meeting.id.to_string();
        message.meeting_on = meeting.held_on.to_string();
    }
    message.minute = row.minute.clone().unwrap_or_default();
    message.raised_on = row.raised_on.to_string();
    message.delegated_to = row.delegated_to.as_ref().map(party);
    message.delegation_status = row.delegation.as_ref().map_or(0, |d| d.answer.number());
    message.first_due_on = said(row.first_due_on);
    message.due_on = said(row.due_on);
    message.due_moves = row.due_moves;
    message.none_agreed = row.none_agreed.clone().unwrap_or_default();
    message.clock_paused_since = said(row.clock_paused_since);
    message.overdue = row.overdue(as_at);
    message.days_overdue = row.days_overdue(as_at);
    message.last_change_on = row.last_change_on.to_string();
    message.last_change_at = Some(timestamp(row.last_change_at));
    message.position = row.position;
    message.etag = row.position.to_string();
    message.parked = row
        .parked
        .as_ref()
        .map(|parked| format!("from position {} on: {}", parked.sequence, parked.reason))
        .unwrap_or_default();
    message
}

fn progress_and_end(row: &Row) -> v1::ActionRow {
    v1::ActionRow {
        parts: row
            .parts
            .iter()
            .map(|part| v1::Part {
                part: part.id.to_string(),
                text: part.text.clone(),
                coverage: part.coverage.number(),
            })
            .collect(),
        rag: row.rag.map_or(0, Word::number),
        progress_on: said(row.progress_on),
        expected_on: said(row.expected_on),
        responses: row.responses.iter().map(response).collect(),
        answered_on: said(row.answered_on),
        outcome: row
            .closed
            .as_ref()
            .or(row.proposed.as_ref())
            .map_or(0, |end| end.outcome.number()),
        closed_on: said(row.closed.as_ref().map(|end| end.on)),
        restricted: row.restriction.is_some(),
        restriction: row.restriction.as_ref().map(restriction),
        stub: row.stub,
        links: row
            .links
            .iter()
            .map(|link| v1::Link {
                kind: link.kind.number(),
                reference: link.other.to_string(),
            })
            .collect(),
        children: row.children.iter().map(ToString::to_string).collect(),
        remit: row.remit.map_or(0, Word::number),
        protocol: row.protocol.map_or(0, Word::number),
        sensitivity: row.sensitivity.map_or(0, Word::number),
        ..v1::ActionRow::default()
    }
}

fn response(response: &ResponseCell) -> v1::ResponseRow {
    v1::ResponseRow {
        id: response.id.to_string(),
        kind: response.kind.number(),
        on: response.on.to_string(),
        corrections: response.corrections,
    }
}

fn restriction(restriction: &RestrictionCell) -> v1::Restriction {
    v1::Restriction {
        ground: restriction
            .ground
            .map(|g| g.to_string())
            .unwrap_or_default(),
        since: restriction.since.to_string(),
        review_on: restriction.review_on.to_string(),
        explanation: restriction.explanation.clone(),
        public_title: restriction.public_title.clone().unwrap_or_default(),
    }
}

pub(super) fn party(party: &Party) -> v1::Party {
    v1::Party {
        id: party.id.to_string(),
        name: party.name.to_string(),
        is_group: party.kind == PartyKind::Group,
    }
}

/// A day as it is written in messages; empty when there is none.
pub(super) fn said(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
