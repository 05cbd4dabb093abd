//! One action, as a list shows it.

use chrono::NaiveDate;
use domain::register::{BodyKind, Party, PartyKind, Register};
use domain::text::Slug;
use projection::{LinkCell, PartCell, ResponseCell, RestrictionCell, Row};
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
    into_action_row(row.clone(), as_at, duties)
}

/// The same of a row that is not needed any more: its texts are not copied.
#[must_use]
pub fn into_action_row(row: Row, as_at: NaiveDate, duties: &Duties) -> v1::ActionRow {
    let mut message = v1::ActionRow {
        overdue: row.overdue(as_at),
        days_overdue: row.days_overdue(as_at),
        ..state(&row)
    };
    if let Some(told) = row.told() {
        message.kind = told.kind.number();
        message.raised_by = Some(party(told.raised_by));
        message.asked_of = Some(party(told.asked_of));
        message.duty = duties.said(told.asked_of).to_owned();
        message.coverage = told.coverage.number();
    }
    if let Some(meeting) = row.meeting {
        message.meeting = meeting.id.as_str().to_owned();
        message.meeting_on = meeting.held_on.to_string();
    }
    message.reference = row.reference.as_str().to_owned();
    message.parts = row.parts.into_iter().map(part).collect();
    message.text = row.text;
    message.topic = row.topic.unwrap_or_default();
    message.theme = row.theme.unwrap_or_default();
    message.minute = row.minute.unwrap_or_default();
    message.none_agreed = row.none_agreed.unwrap_or_default();
    message.children = row
        .children
        .iter()
        .map(|child| child.as_str().to_owned())
        .collect();
    message.restriction = row.restriction.map(restriction);
    message.parked = row
        .parked
        .map(|parked| format!("from position {} on: {}", parked.sequence, parked.reason))
        .unwrap_or_default();
    message
}

/// All of a row that is no text.
fn state(row: &Row) -> v1::ActionRow {
    let end = row.closed.as_ref().or(row.proposed.as_ref());
    v1::ActionRow {
        status: row.status.number(),
        raised_on: row.raised_on.to_string(),
        delegated_to: row.delegated_to.as_ref().map(party),
        delegation_status: row.delegation.as_ref().map_or(0, |d| d.answer.number()),
        first_due_on: said(row.first_due_on),
        due_on: said(row.due_on),
        due_moves: row.due_moves,
        clock_paused_since: said(row.clock_paused_since),
        last_change_on: row.last_change_on.to_string(),
        last_change_at: Some(timestamp(row.last_change_at)),
        position: row.position,
        etag: row.position.to_string(),
        rag: row.rag.map_or(0, Word::number),
        progress_on: said(row.progress_on),
        expected_on: said(row.expected_on),
        responses: row.responses.iter().map(response).collect(),
        answered_on: said(row.answered_on),
        outcome: end.map_or(0, |end| end.outcome.number()),
        closed_on: said(row.closed.as_ref().map(|end| end.on)),
        restricted: row.restriction.is_some(),
        stub: row.stub,
        links: row.links.iter().map(link).collect(),
        remit: row.remit.map_or(0, Word::number),
        protocol: row.protocol.map_or(0, Word::number),
        sensitivity: row.sensitivity.map_or(0, Word::number),
        ..v1::ActionRow::default()
    }
}

fn part(part: PartCell) -> v1::Part {
    v1::Part {
        part: part.id.to_string(),
        text: part.text,
        coverage: part.coverage.number(),
    }
}

fn link(link: &LinkCell) -> v1::Link {
    v1::Link {
        kind: link.kind.number(),
        reference: link.other.as_str().to_owned(),
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

fn restriction(restriction: RestrictionCell) -> v1::Restriction {
    v1::Restriction {
        ground: restriction
            .ground
            .map(|g| g.to_string())
            .unwrap_or_default(),
        since: restriction.since.to_string(),
        review_on: restriction.review_on.to_string(),
        explanation: restriction.explanation,
        public_title: restriction.public_title.unwrap_or_default(),
    }
}

pub(super) fn party(party: &Party) -> v1::Party {
    v1::Party {
        id: party.id.as_str().to_owned(),
        name: party.name.as_str().to_owned(),
        is_group: party.kind == PartyKind::Group,
    }
}

/// A day as it is written in messages; empty when there is none.
pub(super) fn said(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
